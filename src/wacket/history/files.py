"""The segments that count right now, the views that show them, and the files that nobody needs any more.

A change is first committed to the manifest on disk, then swapped in for the next view, both or neither as far as
anybody can see. The file of a segment that was replaced is deleted when no view that may name it is alive; the file
of one that is missing is never deleted here, since a sound copy may be put back in its place.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from wacket.history import manifest, segments
from wacket.history.journal import Journal
from wacket.history.shapes import KINDS, LOGS, READINGS, ROLLUPS, Damage, Segment, View
from wacket.history.tail import Part, Tail


class Files:
    """All methods may be called from any thread; those that change the manifest only by who holds the turn to write
    to the journal."""

    def __init__(
        self, folder: Path, journal: Journal, tail: Tail, existing: Sequence[Segment], missing: Sequence[Segment]
    ) -> None:
        self._folder, self._journal, self._tail = folder, journal, tail
        self._lock = threading.Lock()
        self._segments = {segment.id: segment for segment in existing}
        self._missing = {segment.id: segment for segment in missing}
        self._kinds: dict[str, tuple[Segment, ...]] = {}
        self._arrange()
        with journal.transaction() as connection:
            self._number = max([manifest.state(connection, "segment"), *self._segments, *self._missing])
        self._serial = 0
        self._views: set[int] = set()
        self._doomed: list[tuple[int, str]] = []  # (the last view that may name it, file name)
        self._deleted: set[str] = set()
        self._unsure: tuple[Sequence[Segment], Sequence[Segment], Part | None] | None = None

    def number(self) -> int:
        """An id for a new segment."""
        with self._lock:
            self._number += 1
            return self._number

    def of(self, kind: str) -> tuple[Segment, ...]:
        """In order of arrival."""
        return self._kinds.get(kind, ())

    def missing(self, kind: str) -> list[Segment]:
        """Those whose files are damaged or gone."""
        with self._lock:
            return [segment for segment in self._missing.values() if segment.kind == kind]

    def all(self) -> list[Segment]:
        with self._lock:
            return list(self._segments.values())

    def find(self, path: str) -> Segment | None:
        return next((segment for segment in self.all() if segment.path == path), None)

    @contextlib.contextmanager
    def view(self) -> Iterator[View]:
        """Everything at this moment. Its files stay until the block is left."""
        with self._lock:
            self._serial += 1
            serial = self._serial
            self._views.add(serial)
            kinds = self._kinds
            readings, logs = self._tail.tables()
        try:
            rollups = {kind: kinds.get(kind, ()) for kind in ROLLUPS}
            yield View(kinds.get(READINGS, ()), rollups, kinds.get(LOGS, ()), readings, logs)
        finally:
            with self._lock:
                self._views.discard(serial)
            self.sweep()

    def commit(self, added: Sequence[Segment], removed: Sequence[Segment], part: Part | None = None) -> bool:
        """Let `added` count instead of `removed` and, if given, of the journal rows of `part`.

        False, and the files of `added` deleted, when one of `removed` does not count any more. Raises Unavailable
        when the journal fails; whether it was done is found out before the next change.
        """
        self.settle()
        if any(segment.id not in self._segments for segment in removed):
            self._delete([segments.file_name(segment) for segment in added])
            return False
        self._unsure = (added, removed, part)
        with self._journal.transaction() as connection:
            manifest.change(connection, added, removed)
            if part is not None:
                connection.execute("delete from batches where id between ? and ?", (part.first, part.last))
                manifest.set_state(connection, "row", part.last)
            deleted = list(self._deleted)
            for name in deleted:
                manifest.forget_file(connection, name)
        self._swap(added, removed, part)
        self._deleted.difference_update(deleted)
        return True

    def miss(self, segment: Segment, told: Damage) -> bool:
        """Let a segment count no more whose file is damaged or gone. False when it did not count anyway."""
        self.settle()
        if segment.id not in self._segments:
            return False
        with self._journal.transaction() as connection:
            manifest.miss(connection, [segment])
            manifest.forget_damage(connection, told.path)
            manifest.add_damage(connection, [told])
        with self._lock:
            del self._segments[segment.id]
            self._missing[segment.id] = segment
            self._arrange()
        return True

    def forget_missing(self, expired: Sequence[Segment]) -> None:
        """These would not be kept any more even if they were put back."""
        with self._journal.transaction() as connection:
            for segment in expired:
                manifest.forget(connection, segment)
        with self._lock:
            for segment in expired:
                del self._missing[segment.id]

    def restore(self, told: Sequence[Damage]) -> None:
        """Write the manifest anew, from memory: the file it was in had to be set aside."""
        self.settle()
        with self._journal.transaction() as connection:
            manifest.replace_all(connection, self.all(), [lost for kind in KINDS for lost in self.missing(kind)])
            manifest.set_state(connection, "made", 1)
            manifest.add_damage(connection, told)

    def settle(self) -> None:
        """Find out whether a change in which the journal failed is on disk. Raises Unavailable if it still fails."""
        if self._unsure is None:
            return
        added, removed, part = self._unsure
        with self._journal.transaction() as connection:
            known = {segment.id for segment in manifest.load(connection, self._folder)[0]}
        if all(segment.id in known for segment in added) and not any(s.id in known for s in removed):
            self._swap(added, removed, part)
            return
        self._unsure = None
        self._delete([segments.file_name(segment) for segment in added])

    def sweep(self) -> None:
        """Delete the files that no view names any more."""
        with self._lock:
            if not self._doomed:
                return
            oldest = min(self._views, default=self._serial + 1)
            free = [name for last, name in self._doomed if last < oldest]
            self._doomed = [doomed for doomed in self._doomed if doomed[0] >= oldest]
        self._deleted |= self._delete(free)

    def _delete(self, names: Sequence[str]) -> set[str]:
        """Those that are really gone; for the others it is tried again when the hub starts."""
        gone = set()
        for name in names:
            with contextlib.suppress(OSError):
                (self._folder / name).unlink(missing_ok=True)
                gone.add(name)
        return gone

    def _swap(self, added: Sequence[Segment], removed: Sequence[Segment], part: Part | None) -> None:
        with self._lock:
            for segment in removed:
                del self._segments[segment.id]
                self._doomed.append((self._serial, segments.file_name(segment)))
            self._segments |= {segment.id: segment for segment in added}
            self._arrange()
            if part is not None:
                self._tail.drop()
            self._unsure = None
        self.sweep()

    def _arrange(self) -> None:
        kinds: dict[str, list[Segment]] = {}
        for segment in sorted(self._segments.values(), key=lambda segment: (segment.first, segment.id)):
            kinds.setdefault(segment.kind, []).append(segment)
        self._kinds = {kind: tuple(found) for kind, found in kinds.items()}
