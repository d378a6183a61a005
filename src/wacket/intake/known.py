"""Remembers what senders have numbered or keyed, so that nothing is stored twice.

Frames are claimed before decoding and confirmed when the batch is on disk, in the same transaction; a claim whose
batch failed is taken back. Used by one thread at a time; the durable copy is the journal's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from wacket.errors import Unavailable
from wacket.history.shapes import Mark, StoredReceipt
from wacket.intake import marks
from wacket.records import Envelope, Receipt

Source = tuple[str, str]
MOST_EPOCHS = 20_000


class Claim(NamedTuple):
    """What is new in a numbered envelope. `numbers[i]` is the place in the envelope of frame i of `body`."""

    body: bytes
    numbers: list[int]
    last: int  # sequence number of the envelope's last frame
    mark: Mark  # everything claimed of this sender up to now


class Known:
    """Ranges by (source, epoch) and receipts by (source, key).

    Claims run ahead of what is on disk by the groups under way; `generation` grows when claims are taken back.
    """

    def __init__(self, stored_marks: Iterable[Mark], receipts: Sequence[StoredReceipt]) -> None:
        self.generation = 0
        self.reset(stored_marks, receipts)

    def reset(self, stored_marks: Iterable[Mark], receipts: Sequence[StoredReceipt]) -> None:
        """Start again from what the journal holds: after a failed commit, and to drop what has expired."""
        self._durable: dict[Source, marks.Ranges] = {(m.source, m.epoch): m.ranges for m in stored_marks}
        self._claimed = dict(self._durable)
        self._epochs = dict(Counter(source for source, _ in self._durable))
        self._receipts: dict[Source, Receipt | None] = {
            (stored.source, stored.key): msgspec.json.decode(stored.body, type=Receipt) for stored in receipts
        }
        self._kept_at = {(stored.source, stored.key): stored.at for stored in receipts}
        self.generation += 1

    def have(self, node: int, epoch: str, first: int = 0) -> int:
        """The number up to which this sender's frames from `first` on are on disk; `first` - 1 for none."""
        return marks.contiguous(self._durable.get((str(node), epoch), ()), first)

    def claim(self, envelope: Envelope) -> Claim:
        """Claim the frames of a numbered envelope. Raises Unavailable when the sequence has too many holes."""
        frames = [frame for frame in envelope.body.split(b"\n") if frame.strip()]
        source, first = (str(envelope.node), envelope.epoch or ""), envelope.sequence or 0
        ranges, last = self._claimed.get(source, ()), first + len(frames) - 1
        if not ranges:
            self._count_epoch(source[0])
        fresh = [number - first for low, high in marks.unknown(ranges, first, last) for number in range(low, high + 1)]
        if fresh:
            self._claimed[source] = marks.add(ranges, first, last)
        body = b"\n".join([frames[index] for index in fresh])
        return Claim(body, fresh, last, Mark(*source, self._claimed.get(source, ())))

    def _count_epoch(self, source: str) -> None:
        """Every restart of a board is an epoch, and each is kept for ever: a sender that makes them up is stopped."""
        self._epochs[source] = self._epochs.get(source, 0) + 1
        if self._epochs[source] > MOST_EPOCHS:
            raise Unavailable(f"this node has used {MOST_EPOCHS} epochs; use one for each start of the board")

    def confirm(self, mark: Mark) -> None:
        self._durable[mark.source, mark.epoch] = mark.ranges

    def claim_key(self, envelope: Envelope) -> bool:
        """True for the first envelope with its key. The others are answered with `receipt` after it."""
        source = str(envelope.node), envelope.key or ""
        if source in self._receipts:
            return False
        self._receipts[source] = None
        return True

    def receipt(self, envelope: Envelope) -> Receipt | None:
        return self._receipts.get((str(envelope.node), envelope.key or ""))

    def keep_receipt(self, envelope: Envelope, receipt: Receipt, now: int) -> StoredReceipt:
        """The receipt of the first envelope with this key, as the journal is to hold it."""
        source = str(envelope.node), envelope.key or ""
        self._receipts[source] = receipt
        self._kept_at[source] = now
        return StoredReceipt(*source, msgspec.json.encode(receipt), now)

    def surplus_before(self, most: int) -> int:
        """The time before which receipts must go so that about `most` are left; 0 while there are no more."""
        surplus = len(self._kept_at) - most
        return next(islice(self._kept_at.values(), surplus, None)) if surplus > 0 else 0

    def forget_before(self, moment: int) -> None:
        """Let go of receipts that were first given before; the order of the table is that of time."""
        for source, at in list(self._kept_at.items()):
            if at >= moment:
                break
            del self._kept_at[source]
            self._receipts.pop(source, None)
