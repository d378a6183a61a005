"""Looks after the segments: joins small ones, removes what has expired, and takes out those that are damaged.

A file is read from beginning to end before anything else is made of it, so that damage is found while it can still be
told what was lost. A file that cannot be read now (the disk, permissions, too many open files) is not a damaged one:
it stays where it is and counts.
"""

from __future__ import annotations

import logging
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import duckdb

from wacket.errors import Unavailable
from wacket.history import compactor, manifest, plausible, retention, segments, verify
from wacket.history.files import Files
from wacket.history.journal import Journal
from wacket.history.plausible import Known
from wacket.history.shapes import KINDS, Damage, RetentionRule, Segment
from wacket.history.space import Space
from wacket.settings import History as Settings

_PIECE = 4 << 20  # bytes that are read at a time when everything is
_HOUR = 3_600_000_000

log = logging.getLogger(__name__)


class Care:
    """`damages` is what was lost and is added to; `unreadable` says why files cannot be read now. `stop` ends work
    between two steps; who holds `lock` knows that none is under way."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        files: Files,
        journal: Journal,
        space: Space,
        turn: threading.RLock,
        damages: list[Damage],
        clock: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._settings, self._files, self._journal = folder, settings, files, journal
        self._space, self._turn, self._clock, self._monotonic = space, turn, clock, monotonic
        self.damages, self.unreadable = damages, dict[str, str]()
        self.lock, self.stopping = threading.Lock(), threading.Event()
        with journal.transaction() as connection:
            self._written = Known(*(manifest.state(connection, key) for key in ("clock", "clock_waited")))
        self._known, self._looked = self._written, monotonic()

    def compact(self) -> int:
        """Join small segments until none are left to join; how many were joined. Raises as `History.seal` does."""
        joined, failed = 0, None
        with self.lock:
            for kind in KINDS:
                try:
                    joined += self._compact(kind)
                except (duckdb.Error, OSError) as error:  # one kind that fails must not stop the others
                    failed = error
        if failed is not None:
            raise failed
        return joined

    def _compact(self, kind: str) -> int:
        joined = 0
        while group := compactor.plan(kind, self._files.of(kind), self._files.missing(kind)):
            if self.stopping.is_set() or not self._space.has_room(2 * sum(segment.bytes for segment in group)):
                break
            if not self._replace(group, partial(compactor.join, group, self._folder, self._files.number)):
                break
            joined += len(group)
        return joined

    def expire(self, rules: Sequence[RetentionRule]) -> int:
        """Remove what has expired by now, unless the clock cannot be believed."""
        now = self._clock()
        self._look_at_clock(now)
        return 0 if self._known.waited else self.retain(rules, now)

    @property
    def doubt(self) -> str:
        """Why nothing is deleted for its age; empty when all is well."""
        return plausible.doubt(self._known, self._clock())

    def _look_at_clock(self, now: int) -> None:
        looked, before = self._monotonic(), self._known
        self._known = known = plausible.judged(before, now, int((looked - self._looked) * 1_000_000))
        self._looked = looked
        if bool(known.waited) != bool(before.waited):
            log.warning(self.doubt or "the clock is believed again")
        elif abs(known.at - self._written.at) < _HOUR:
            return
        with self._turn, self._journal.transaction() as connection:
            manifest.put_state(connection, "clock", known.at)
            manifest.put_state(connection, "clock_waited", known.waited)
        self._written = known

    def retain(self, rules: Sequence[RetentionRule], now: int) -> int:
        """Remove what has expired at `now`; how many segments were removed or rewritten. Raises as `compact` does."""
        with self.lock:
            self._space.tend()
            return sum(self._retain(kind, retention.cutoffs(kind, rules, self._settings, now)) for kind in KINDS)

    def _retain(self, kind: str, limits: retention.Cutoffs) -> int:
        changed = 0
        if expired := [one for one in self._files.missing(kind) if retention.expired(one, limits)]:
            with self._turn:
                self._files.forget_missing(expired)
        for segment in self._files.of(kind):
            if self.stopping.is_set():
                break
            if retention.expired(segment, limits):
                with self._turn:
                    changed += self._files.commit([], [segment])
            elif retention.touched(segment, limits) and self._space.has_room(segment.bytes):
                make = partial(retention.rewrite, segment, limits, self._folder, self._files.number)
                changed += self._replace([segment], make)
        return changed

    def _replace(self, group: Sequence[Segment], make: Callable[[], Segment | None]) -> bool:
        """Let what `make` writes count instead of `group`. False when nothing changed."""
        damaged = [segment for segment in group if self.take_out(segment, "found before it was written anew")]
        if damaged:
            return False
        made = make()
        if made is not None and made.id == group[0].id:
            return False
        with self._turn:
            return self._files.commit([made] if made else [], group)

    def report(self, path: str, error: str) -> None:
        """A question failed on this file. Raises Unavailable when the machine cannot read any more now."""
        segment = self._files.find(path)
        try:
            if segment is not None:
                self.take_out(segment, error)
        except OSError as fault:
            if segments.is_shortage(fault):
                raise Unavailable(f"{path} cannot be read now: {fault}; try again", 1) from fault
            self._cannot_read(path, fault)

    def take_out(self, segment: Segment, found: str) -> bool:
        """If its file is damaged or gone, let it count no more, move it aside and remember what was lost.

        False when it is as it was written. Raises OSError when it cannot be read now.
        """
        reason = segments.fault(segment, whole=True)
        self.unreadable.pop(segment.path, None)
        if not reason:
            return False
        with self._turn:
            told = verify.damage_to(segment, f"{reason} ({found})", self._clock())
            if self._files.miss(segment, told):
                verify.quarantine(segment, self._folder)
                self.damages.append(told)
        return True

    def scrub(self) -> Iterator[None]:
        """Read every byte of every segment, a piece at each step, and take out what is damaged."""
        for segment in self._files.all():
            try:
                yield from self._scrub(segment)
            except OSError as error:
                self._cannot_read(segment.path, error)

    def _scrub(self, segment: Segment) -> Iterator[None]:
        if self._files.find(segment.path) is None:
            return  # it was replaced since
        crc = 0
        try:
            with Path(segment.path).open("rb") as file:
                while piece := file.read(_PIECE):
                    crc = zlib.crc32(piece, crc)
                    yield
        except FileNotFoundError:
            crc = -1
        if crc == segment.crc:
            self.unreadable.pop(segment.path, None)
        elif self._files.find(segment.path) is not None:
            self.take_out(segment, "found by reading everything")

    def _cannot_read(self, path: str, error: OSError) -> None:
        if path not in self.unreadable:
            log.error("%s cannot be read now: %s", path, error)
        self.unreadable[path] = str(error)

    def troubles(self) -> list[str]:
        """One sentence for each thing that was lost or cannot be read now."""
        known = {segment.path for segment in self._files.all()}
        unreadable = [
            f"{path} cannot be read now: {error}; what is in it is left out of answers"
            for path, error in list(self.unreadable.items())
            if path in known
        ]
        return [verify.describe(told) for told in self.damages] + unreadable
