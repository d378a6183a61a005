"""Brings manifest and files together when the hub starts, and says which segments count.

Normally they agree but for a file or two that a crash left between rename and commit. Where the manifest lost its
rows (the journal's file damaged or gone) it is made again from what the files say of themselves. A file that was
missing and is back counts again. One that nobody knows is moved to `lost+found`; only a copy of what is safely
elsewhere is deleted.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from wacket.errors import StoreDamaged, Unavailable
from wacket.history import manifest, segments, verify
from wacket.history.journal import Journal
from wacket.history.shapes import KINDS, LOGS, READINGS, ROLLUPS, Damage, Segment

GO_ON = "go-on-without"  # an empty file of this name in a folder says: what was here is lost

log = logging.getLogger(__name__)


class Settled(NamedTuple):
    """`existing` segments count; `recovered`: the journal or its manifest had to be made again."""

    existing: list[Segment]
    missing: list[Segment]
    recovered: bool


def settle(folder: Path, journal: Journal, now: int) -> Settled:
    """Deals with every file in the folder; what is damaged or lost is written down in the manifest. Raises
    Unavailable when the files cannot be read now, or are all gone; then nothing is changed."""
    try:
        return _Opening(folder, journal, now).settle()
    except OSError as error:
        raise Unavailable(f"{folder} cannot be read: {error}; mend that and start again", 5) from error


def next_row(journal: Journal, settled: Settled) -> int:
    """A journal row number that was never used, nor given to anybody as part of an id."""
    with journal.transaction() as connection:
        known = (*settled.existing, *settled.missing)
        used = [manifest.state(connection, key) for key in ("row", "spare")]
        used += [segment.last for segment in known]
        for query in ("max(id) from batches", "max(row) from marks", "max(row) from receipts"):
            used.append(connection.execute(f"select {query}").fetchone()[0] or 0)
    return max(used) + 1 + (1_000_000 if settled.recovered else 0)  # what was lost had numbers too


class _Opening:
    """`kept` segments are to count; `gone` are those that should, but whose files are not there."""

    def __init__(self, folder: Path, journal: Journal, now: int) -> None:
        self.folder, self.journal, self.now = folder, journal, now
        self.told = list(journal.found)
        with journal.transaction() as connection:
            self.known, unreadable = manifest.load(connection, folder)
            self.missing, unreadable_too = manifest.load(connection, folder, "missing")
            self.waste = manifest.obsolete(connection)
            self.last = manifest.state(connection, "segment")
            made = manifest.state(connection, "made")
        self.rebuild = bool(not made or journal.found or unreadable or unreadable_too)
        self.faulty = {segment: reason for segment in self.known if (reason := _fault(segment))}
        self.gone = [segment for segment in self.faulty if not Path(segment.path).exists()]
        self.kept = {segment for segment in self.known if segment not in self.gone}
        self.strays: list[Segment] = []
        self.adopted: list[Segment] = []

    def settle(self) -> Settled:
        self._sweep()
        self.strays = self._described(self._unknown())
        for stray in self.strays:
            self._place(stray)
        self._refuse_if_all_gone()
        if self.adopted and not self.known:
            reason = f"the manifest was made again from {len(self.adopted)} segment files"
            self.told.append(Damage(str(self.folder / "journal.db"), "manifest", 0, 0, 0, reason, self.now))
        lost = [segment for segment in self.faulty if segment in self.kept or segment in self.gone]
        self.told += [verify.damage_to(segment, self.faulty[segment], self.now) for segment in lost]
        returned = {segment: _is_sound(segment) for segment in self.missing if Path(segment.path).exists()}
        back = [segment for segment, sound in returned.items() if sound]
        damaged = [*lost, *(segment for segment, sound in returned.items() if sound is False)]
        self.kept = self.kept.difference(lost).union(back)
        self.missing = [*lost, *(segment for segment in self.missing if segment not in back)]
        existing = sorted(self.kept, key=lambda segment: (segment.first, segment.id))
        self._commit(existing, back)
        for segment in damaged:
            verify.quarantine(segment, self.folder)
        for confirmed in self.folder.glob(f"*/{GO_ON}"):
            confirmed.unlink()
        recovered = bool(self.journal.found) or (bool(self.adopted) and not self.known)
        self.journal.found.clear()
        return Settled(existing, self.missing, recovered)

    def _commit(self, existing: list[Segment], back: list[Segment]) -> None:
        with self.journal.transaction() as connection:
            if self.rebuild or set(self.known) != self.kept:
                manifest.replace_all(connection, existing, self.missing)
            for segment in self.adopted:
                _drop_rows(connection, segment)
            for segment in back:
                log.info("%s is back and counts again", segment.path)
                manifest.forget_damage(connection, segment.path)
            manifest.add_damage(connection, self.told)
            manifest.set_state(connection, "made", 1)

    def _place(self, stray: Segment) -> None:
        """Deal with a sound file that the manifest does not name."""
        fate = self._fate(stray)
        if fate == "adopt":
            self.kept = {segment for segment in self.kept if not _covers(stray, segment)} | {stray}
            self.gone = [segment for segment in self.gone if not _covers(stray, segment)]
            self.adopted.append(stray)
        elif fate == "delete":
            Path(stray.path).unlink()
        else:
            _lose(Path(stray.path), self.folder)

    def _fate(self, stray: Segment) -> str:
        covered = any(_covers(stray, segment) for segment in self.kept)
        if stray.level == 0 and not covered and self._still_in_journal(stray):
            return "delete"  # the crash came between rename and commit
        if any(_covers(stray, segment) for segment in self.gone):
            return "adopt"  # its inputs are gone, so it was the one that counted
        if any(_covers(segment, stray) and segment.id > stray.id for segment in self.kept):
            return "lose"
        newer = stray.id > self.last
        if self.rebuild or (newer and not covered):
            return "adopt"
        return "delete" if covered and newer else "lose"

    def _still_in_journal(self, stray: Segment) -> bool:
        """The journal has all rows of a file as it was sealed, and no larger file has been made of it since."""
        if stray.kind in ROLLUPS:  # these follow their readings, which come before them
            readings = any(one.kind == READINGS and _spans(one, stray) for one in self.kept)
            return not readings and self._rows_in_journal(READINGS, stray) > 0
        of_logs = stray.kind == LOGS
        if any(one.level and (one.kind == LOGS) == of_logs and _spans(one, stray) for one in self.strays):
            return False
        return self._rows_in_journal(stray.kind, stray) == stray.rows

    def _rows_in_journal(self, kind: str, stray: Segment) -> int:
        query = "select total(rows) from batches where kind = ? and id between ? and ? and crc_of(blob) = crc"
        with self.journal.transaction() as connection:
            connection.create_function("crc_of", 1, _crc_of, deterministic=True)
            return int(connection.execute(query, (kind, stray.first, stray.last)).fetchone()[0])

    def _refuse_if_all_gone(self) -> None:
        """One file may be lost; all of a kind rather means that a disk is not there."""
        for kind in KINDS:
            gone = [segment for segment in self.gone if segment.kind == kind]
            place = self.folder / segments.FOLDERS[kind]
            if gone and not any(segment.kind == kind for segment in self.kept) and not (place / GO_ON).exists():
                raise Unavailable(
                    f"all files of {place} are gone (it had {len(gone)}): put them back (is its disk there?), or, if "
                    f"they are lost, make an empty file {place / GO_ON}"
                )

    def _unknown(self) -> list[str]:
        found = {str(path) for name in segments.FOLDERS.values() for path in (self.folder / name).glob("*.parquet")}
        expected = {segment.path for segment in (*self.known, *self.missing)}
        return sorted(found - expected - {str(self.folder / name) for name in self.waste}, reverse=True)

    def _described(self, paths: Iterable[str]) -> list[Segment]:
        """Those that can be read, readings before their roll-ups, newest first; the others are moved away."""
        found = []
        with segments.engine(self.folder) as connection:
            for path in paths:
                with contextlib.suppress(FileNotFoundError):
                    try:
                        found.append(segments.describe(connection, Path(path)))
                    except StoreDamaged as error:
                        if self.rebuild:
                            self.told.append(Damage(path, Path(path).parent.name, 0, 0, 0, str(error), 0))
                        _lose(Path(path), self.folder)
        return sorted(found, key=lambda segment: (segment.kind in ROLLUPS, -segment.id))

    def _sweep(self) -> None:
        """Delete what is known to be waste: unfinished files, and files that were replaced."""
        for name in segments.FOLDERS.values():
            for unfinished in (self.folder / name).glob("*.tmp"):
                unfinished.unlink()
        for spilled in (self.folder / "tmp").glob("*"):
            spilled.unlink()
        needed = {segments.file_name(segment) for segment in (*self.known, *self.missing)}
        with self.journal.transaction() as connection:
            for name in self.waste:
                with contextlib.suppress(OSError):  # it is tried again at the next start
                    if name not in needed:
                        (self.folder / name).unlink(missing_ok=True)
                    manifest.forget_file(connection, name)


def _fault(segment: Segment) -> str:
    """A file that cannot be read now counts: that says nothing about what is in it. Questions leave it out."""
    try:
        return segments.fault(segment)
    except OSError as error:
        if segments.is_shortage(error):
            raise
        log.error("%s cannot be read now: %s", segment.path, error)
        return ""


def _is_sound(segment: Segment) -> bool | None:
    """Whether every byte is as it was written. None: it cannot be read now."""
    try:
        return not segments.fault(segment, whole=True)
    except OSError as error:
        log.error("%s cannot be read now: %s", segment.path, error)
        return None


def _covers(outer: Segment, inner: Segment) -> bool:
    return outer.kind == inner.kind and _spans(outer, inner)


def _spans(outer: Segment, inner: Segment) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def _drop_rows(connection: sqlite3.Connection, adopted: Segment) -> None:
    """The journal may have got back rows of a file that counts, when it lost the end of its write-ahead log."""
    if adopted.kind in (READINGS, LOGS):
        place = (adopted.kind, adopted.first, adopted.last)
        connection.execute("delete from batches where kind = ? and id between ? and ?", place)


def _crc_of(blob: object) -> int:
    return zlib.crc32(blob) if isinstance(blob, bytes) else -1


def _lose(path: Path, folder: Path) -> None:
    target = verify.move_aside(path, folder / "lost+found", f"{path.parent.name}-{path.name}")
    log.warning("%s belongs to nothing that is known; moved to %s", path, target)
