"""Remembers what senders have numbered or keyed, so that nothing is stored twice.

Frames are claimed before decoding, and confirmed when the transaction with them and the number or key is on disk; the
claims of a group that failed are taken back. Three threads ask: decoding claims, the journal's confirms, the loop looks
up and lets go of what is old. The durable copy is the journal's.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from wacket.errors import KeyReused
from wacket.framing import lines
from wacket.history.shapes import Mark, StoredReceipt
from wacket.intake import marks
from wacket.intake.aliases import Aliases
from wacket.records import Envelope, Receipt, Reject

Source = tuple[str, str]
MOST_EPOCHS = (
    1000  # of one sender: a board that sleeps deeply starts anew for each line, and cannot wait for older ones
)
MOST_REJECTS = 20  # that are told again to who sends a key again

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
    numbers: Sequence[int]
    last: int  # sequence number of the envelope's last frame
    mark: Mark  # everything claimed of this sender up to now


class Known:
    """Ranges by (source, epoch) and receipts by (source, key): what is on disk, and what is claimed beyond that.

    Claims run ahead of the disk by the groups under way; `generation` grows when they are taken back. What a node that
    was merged has numbered, the one that it was merged into has.
    """

    def __init__(
        self, stored_marks: Iterable[Mark], receipts: Sequence[StoredReceipt], aliases: Aliases | None = None
    ) -> None:
        self.generation = 0
        self._aliases = Aliases() if aliases is None else aliases
        self._lock = threading.Lock()
        self._durable: dict[str, dict[str, marks.Ranges]] = {}  # by source and epoch, those stored last at the end
        for mark in stored_marks:
            self._durable.setdefault(mark.source, {})[mark.epoch] = mark.ranges
        self._claimed: dict[Source, marks.Ranges] = {}  # where more is claimed than is on disk
        self._receipts = {(stored.source, stored.key): _read(stored.body) for stored in receipts}
        self._kept_at = {(stored.source, stored.key): stored.at for stored in receipts}
        self._claimed_keys: dict[Source, str] = {}  # and the digest of what each came with

    def have(self, node: int, epoch: str, first: int = 0) -> int:
        """The number up to which this sender's frames from `first` on are on disk; `first` - 1 for none."""
        return marks.contiguous(self._stored(self._sources(node), epoch), first)

    def claim(self, envelope: Envelope) -> Claim:
        """Claim the frames of a numbered envelope. Raises BadRequest when the sequence has too many holes."""
        refused, body = envelope.refusal is not None, envelope.body
        sources, epoch, first = self._sources(envelope.node), envelope.epoch or "", envelope.sequence or 0
        last = first + (1 if refused else lines.count(body)) - 1 if envelope.never is None else envelope.never
        with self._lock:
            claimed = (self._claimed.get((source, epoch)) for source in sources)
            ranges = next(filter(None, claimed), ()) or self._stored(sources, epoch)
            missing = marks.unknown(ranges, first, last)
            if missing:
                ranges = self._claimed[sources[0], epoch] = marks.add(ranges, first, last)
        mark = Mark(sources[0], epoch, ranges)
        if missing == [(first, last)] or (missing and envelope.never is not None):
            return Claim(body, range(last + 1 - first), last, mark)
        numbers = [number - first for low, high in missing for number in range(low, high + 1)]
        frames = lines.frames(body) if numbers else []
        return Claim(b"\n".join([frames[number] for number in numbers]), numbers, last, mark)

    def claim_key(self, envelope: Envelope) -> bool:
        """True for the first envelope with its key. The others are answered with `receipt` after it.

        Raises KeyReused if this one comes with something else than the first.
        """
        digest = _digest(envelope)
        with self._lock:
            source, kept = self._kept(envelope)
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

    def outdated(self, stored_marks: Collection[Mark]) -> list[Mark]:
        """Marks without ranges for the epochs that are to be forgotten once these are stored: the oldest of many."""
        newer: dict[str, set[str]] = {}
        for mark in stored_marks:
            newer.setdefault(mark.source, set()).add(mark.epoch)
        old: list[Mark] = []
        for source, epochs in newer.items():
            known = self._durable.get(source, {})
            older = [epoch for epoch in known if epoch not in epochs] if len(known) + len(epochs) > MOST_EPOCHS else []
            old += [Mark(source, epoch, ()) for epoch in older[: max(0, len(older) + len(epochs) - MOST_EPOCHS)]]
        return old

    def confirm(self, stored_marks: Iterable[Mark], receipts: Iterable[StoredReceipt]) -> None:
        """These are on disk now."""
        with self._lock:
            for mark in stored_marks:
                epochs = self._durable.setdefault(mark.source, {})
                epochs.pop(mark.epoch, None)
                if mark.ranges:
                    epochs[mark.epoch] = mark.ranges
                if self._claimed.get((mark.source, mark.epoch)) == mark.ranges:
                    del self._claimed[mark.source, mark.epoch]
            for stored in receipts:
                source = stored.source, stored.key
                self._receipts[source], self._kept_at[source] = _read(stored.body), stored.at
                self._claimed_keys.pop(source, None)

    def receipt(self, envelope: Envelope) -> Receipt | None:
        """What the first envelope with this key was answered, if it is on disk."""
        _, kept = self._kept(envelope)
        return kept.receipt if kept else None

    def stored_receipt(self, envelope: Envelope, receipt: Receipt, now: int) -> StoredReceipt:
        """The receipt of the first envelope with its key, as the journal is to hold it."""
        (source, _), told = self._kept(envelope), receipt._replace(rejects=receipt.rejects[:MOST_REJECTS])
        written = _Written(*told, self._claimed_keys.get(source, ""))
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

    def _sources(self, node: int) -> list[str]:
        """What a node counts as, and what those that were merged into it counted as."""
        return [str(one) for one in self._aliases.of([self._aliases.now(node)])]

    def _stored(self, sources: Iterable[str], epoch: str) -> marks.Ranges:
        known = (self._durable.get(source, {}).get(epoch, ()) for source in sources)
        return next(filter(None, known), ())

    def _kept(self, envelope: Envelope) -> tuple[Source, Kept | None]:
        """Under what the key of an envelope is kept, and what it was answered."""
        keys = [(source, envelope.key or "") for source in self._sources(envelope.node)]
        return keys[0], next(filter(None, map(self._receipts.get, keys)), None)


def _digest(envelope: Envelope) -> str:
    if envelope.key and envelope.key.startswith(SAME):
        return ""
    return hashlib.blake2b(envelope.body, digest_size=16).hexdigest()


def _read(body: bytes) -> Kept:
    *receipt, digest = msgspec.json.decode(body, type=_Written)
    return Kept(Receipt._make(receipt), str(digest))
