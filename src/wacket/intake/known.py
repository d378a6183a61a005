"""Remembers what senders have numbered or keyed, so that nothing is stored twice.

Frames are claimed before decoding, and confirmed when the transaction with them and the number or key is on disk; the
claims of a group that failed are taken back. Three threads ask: decoding claims, the journal's confirms, the loop looks
up and lets go of what is old. The durable copy is the journal's.
"""

from __future__ import annotations

import threading
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
    """Ranges by (source, epoch) and receipts by (source, key): what is on disk, and what is claimed beyond that.

    Claims run ahead of the disk by the groups under way; `generation` grows when they are taken back.
    """

    def __init__(self, stored_marks: Iterable[Mark], receipts: Sequence[StoredReceipt]) -> None:
        self.generation = 0
        self._lock = threading.Lock()
        self._durable: dict[Source, marks.Ranges] = {(m.source, m.epoch): m.ranges for m in stored_marks}
        self._claimed: dict[Source, marks.Ranges] = {}  # where more is claimed than is on disk
        self._epochs = dict(Counter(source for source, _ in self._durable))
        self._receipts: dict[Source, Receipt] = {
            (stored.source, stored.key): msgspec.json.decode(stored.body, type=Receipt) for stored in receipts
        }
        self._kept_at = {(stored.source, stored.key): stored.at for stored in receipts}
        self._claimed_keys: set[Source] = set()

    def have(self, node: int, epoch: str, first: int = 0) -> int:
        """The number up to which this sender's frames from `first` on are on disk; `first` - 1 for none."""
        return marks.contiguous(self._durable.get((str(node), epoch), ()), first)

    def claim(self, envelope: Envelope) -> Claim:
        """Claim the frames of a numbered envelope. Raises Unavailable when the sequence has too many holes."""
        frames = [frame for frame in envelope.body.split(b"\n") if frame.strip()]
        source, first = (str(envelope.node), envelope.epoch or ""), envelope.sequence or 0
        last = first + len(frames) - 1
        with self._lock:
            ranges = self._claimed.get(source) or self._durable.get(source, ())
            if not ranges:
                self._count_epoch(source[0])
            fresh = [n - first for low, high in marks.unknown(ranges, first, last) for n in range(low, high + 1)]
            if fresh:
                ranges = self._claimed[source] = marks.add(ranges, first, last)
        body = b"\n".join([frames[index] for index in fresh])
        return Claim(body, fresh, last, Mark(*source, ranges))

    def _count_epoch(self, source: str) -> None:
        """Every restart of a board is an epoch, and each is kept for ever: a sender that makes them up is stopped."""
        self._epochs[source] = self._epochs.get(source, 0) + 1
        if self._epochs[source] > MOST_EPOCHS:
            raise Unavailable(f"this node has used {MOST_EPOCHS} epochs; use one for each start of the board")

    def claim_key(self, envelope: Envelope) -> bool:
        """True for the first envelope with its key. The others are answered with `receipt` after it."""
        source = _key(envelope)
        with self._lock:
            if source in self._receipts or source in self._claimed_keys:
                return False
            self._claimed_keys.add(source)
            return True

    def take_back(self) -> None:
        """Let go of every claim that is not on disk. Call it between two groups, while none is being committed."""
        with self._lock:
            self._claimed.clear()
            self._claimed_keys.clear()
            self.generation += 1

    def confirm(self, stored_marks: Iterable[Mark], receipts: Iterable[tuple[StoredReceipt, Receipt]]) -> None:
        """These are on disk now."""
        with self._lock:
            for mark in stored_marks:
                source = mark.source, mark.epoch
                self._durable[source] = mark.ranges
                if self._claimed.get(source) == mark.ranges:
                    del self._claimed[source]
            for stored, receipt in receipts:
                source = stored.source, stored.key
                self._receipts[source], self._kept_at[source] = receipt, stored.at
                self._claimed_keys.discard(source)

    def receipt(self, envelope: Envelope) -> Receipt | None:
        """What the first envelope with this key was answered, if it is on disk."""
        return self._receipts.get(_key(envelope))

    def surplus_before(self, most: int) -> int:
        """The time before which receipts must go so that about `most` are left; 0 while there are no more."""
        with self._lock:
            surplus = len(self._kept_at) - most
            return next(islice(self._kept_at.values(), surplus, None)) if surplus > 0 else 0

    def forget_before(self, moment: int) -> None:
        """Let go of receipts that were first given before; the order of the table is that of time."""
        with self._lock:
            for source, at in list(self._kept_at.items()):
                if at >= moment:
                    break
                del self._kept_at[source]
                self._receipts.pop(source, None)


def stored_receipt(envelope: Envelope, receipt: Receipt, now: int) -> StoredReceipt:
    """The receipt of the first envelope with its key, as the journal is to hold it."""
    return StoredReceipt(*_key(envelope), msgspec.json.encode(receipt), now)


def _key(envelope: Envelope) -> Source:
    return str(envelope.node), envelope.key or ""
