"""Remembers what senders have numbered or keyed, so that nothing is stored twice.

Frames are claimed before decoding, and confirmed when the transaction with them and the number or key is on disk; the
claims of a group that failed are taken back. Three threads ask: decoding claims, the journal's confirms, the loop looks
up and lets go of what is old. The durable copy is the journal's.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from wacket.errors import KeyReused, Unavailable
from wacket.history.shapes import Mark, StoredReceipt
from wacket.intake import marks
from wacket.records import Envelope, Receipt, Reject

Source = tuple[str, str]
MOST_EPOCHS = 20_000


SAME = "same:"  # begins the keys that are made of the body itself; those need no digest beside them


class Kept(NamedTuple):
    """What a key was first answered, and the digest of what it came with (empty where older versions stored it)."""

    receipt: Receipt
    digest: str


class _Written(NamedTuple):
    """How both are written down: the fields of the receipt, then the digest."""

    stored: int
    rejected: int
    rejects: tuple[Reject, ...] = ()
    duplicates: int = 0
    sequence: int | None = None
    digest: str = ""


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
        self._receipts = {(stored.source, stored.key): _read(stored.body) for stored in receipts}
        self._kept_at = {(stored.source, stored.key): stored.at for stored in receipts}
        self._claimed_keys: dict[Source, str] = {}  # and the digest of what each came with

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
        """True for the first envelope with its key. The others are answered with `receipt` after it.

        Raises KeyReused if this one comes with something else than the first.
        """
        source, digest = _key(envelope), _digest(envelope)
        with self._lock:
            kept = self._receipts.get(source)
            first = kept.digest if kept else self._claimed_keys.get(source)
            if first is None:
                self._claimed_keys[source] = digest
                return True
        if first and first != digest:
            raise KeyReused("this Idempotency-Key came before with another body; use a new key", "Idempotency-Key")
        return False

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
                self._receipts[source] = Kept(receipt, self._claimed_keys.pop(source, ""))
                self._kept_at[source] = stored.at

    def receipt(self, envelope: Envelope) -> Receipt | None:
        """What the first envelope with this key was answered, if it is on disk."""
        kept = self._receipts.get(_key(envelope))
        return kept.receipt if kept else None

    def stored_receipt(self, envelope: Envelope, receipt: Receipt, now: int) -> StoredReceipt:
        """The receipt of the first envelope with its key, as the journal is to hold it."""
        source = _key(envelope)
        written = _Written(*receipt, self._claimed_keys.get(source, ""))
        return StoredReceipt(*source, msgspec.json.encode(written), now)

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


def _key(envelope: Envelope) -> Source:
    return str(envelope.node), envelope.key or ""


def _digest(envelope: Envelope) -> str:
    if envelope.key and envelope.key.startswith(SAME):
        return ""
    return hashlib.blake2b(envelope.body, digest_size=16).hexdigest()


def _read(body: bytes) -> Kept:
    *receipt, digest = msgspec.json.decode(body, type=_Written)
    return Kept(Receipt._make(receipt), str(digest))
