"""Brings manifest and files together when the hub starts, and says which segments count.

Normally they agree but for a file or two that a crash left between rename and commit. Where the manifest lost its
rows (the journal's file damaged or gone) it is made again from what the files say of themselves. A file that nobody
knows is moved to `lost+found`; only a copy of what is safely elsewhere is deleted.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

import duckdb

from wacket.errors import StoreDamaged
from wacket.history import manifest, segments, verify
from wacket.history.journal import Journal
from wacket.history.shapes import Damage, Segment

log = logging.getLogger(__name__)


def settle(folder: Path, journal: Journal, now: int) -> tuple[list[Segment], bool]:
    """(the segments that count, whether the journal or its manifest had to be recovered). Deals with every other file
    in the folder; what is damaged or lost is written down in the manifest."""
    _sweep(folder, journal)
    with journal.transaction() as connection:
        known, unreadable = manifest.load(connection, folder)
        last = manifest.state(connection, "segment")
        rebuild = not manifest.state(connection, "made") or bool(journal.found) or bool(unreadable)
    faulty = {segment: reason for segment in known if (reason := segments.fault(segment))}
    missing = [segment for segment in faulty if not Path(segment.path).exists()]
    kept = {segment for segment in known if segment not in missing}
    told = list(journal.found)
    strays = sorted(set(_files(folder)) - {segment.path for segment in known}, reverse=True)
    adopted, recovered = 0, bool(journal.found)
    for stray in _described(strays, folder, told if rebuild else []):
        fate = _fate(stray, kept, missing, journal, rebuild, last)
        if fate == "adopt":
            kept = {segment for segment in kept if not _covers(stray, segment)} | {stray}
            missing = [segment for segment in missing if not _covers(stray, segment)]
            adopted += 1
        elif fate == "delete":
            Path(stray.path).unlink()
        else:
            _lose(Path(stray.path), folder)
    if adopted and not known:
        recovered = True
        reason = f"the manifest was made again from {adopted} segment files"
        told.append(Damage(str(folder / "journal.db"), "manifest", 0, 0, 0, reason, now))
    for segment, reason in faulty.items():
        if segment in kept or segment in missing:
            kept.discard(segment)
            told.append(verify.quarantine(segment, folder, reason, now))
    ordered = sorted(kept, key=lambda segment: (segment.first, segment.id))
    with journal.transaction() as connection:
        if rebuild or set(known) != kept:
            manifest.replace_all(connection, ordered)
        manifest.add_damage(connection, told)
        manifest.set_state(connection, "made", 1)
    journal.found.clear()
    return ordered, recovered


def next_row(journal: Journal, existing: list[Segment], recovered: bool) -> int:
    """A journal row number that was never used, nor given to anybody as part of an id."""
    with journal.transaction() as connection:
        used = [manifest.state(connection, "row"), *(segment.last for segment in existing)]
        for query in ("max(id) from batches", "max(row) from marks", "max(row) from receipts"):
            used.append(connection.execute(f"select {query}").fetchone()[0] or 0)
    return max(used) + 1 + (1_000_000 if recovered else 0)  # what was lost had numbers too


def _fate(
    stray: Segment, kept: set[Segment], missing: list[Segment], journal: Journal, rebuild: bool, last: int
) -> str:
    """What becomes of a sound file that the manifest does not name: adopt, delete or lose."""
    covered = [segment for segment in kept if _covers(stray, segment)]
    if stray.level == 0 and not covered and _in_journal(journal, stray):
        return "delete"  # the crash came between rename and commit: its rows are still in the journal
    if any(_covers(stray, segment) for segment in missing):
        return "adopt"  # its inputs are gone, so it was the one that counted
    if any(_covers(segment, stray) and segment.id > stray.id for segment in kept):
        return "lose"
    if rebuild:
        return "adopt"
    return "delete" if covered and stray.id > last else "lose"


def _covers(outer: Segment, inner: Segment) -> bool:
    return outer.kind == inner.kind and outer.first <= inner.first and inner.last <= outer.last


def _in_journal(journal: Journal, stray: Segment) -> bool:
    query = "select 1 from batches where id between ? and ? limit 1"
    with journal.transaction() as connection:
        return connection.execute(query, (stray.first, stray.last)).fetchone() is not None


def _described(paths: list[str], folder: Path, told: list[Damage]) -> Iterator[Segment]:
    """The strays that can be read, newest first; the others are moved away and told of."""
    if not paths:
        return
    found = []
    with segments.engine(folder) as connection:
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                try:
                    found.append(segments.describe(connection, Path(path)))
                except (StoreDamaged, duckdb.Error) as error:
                    told.append(Damage(path, Path(path).parent.name, 0, 0, 0, str(error), 0))
                    _lose(Path(path), folder)
    yield from sorted(found, key=lambda segment: segment.id, reverse=True)


def _sweep(folder: Path, journal: Journal) -> None:
    """Delete what is known to be waste: unfinished files, and files that were replaced."""
    for name in segments.FOLDERS.values():
        for unfinished in (folder / name).glob("*.tmp"):
            unfinished.unlink()
    for spilled in (folder / "tmp").glob("*"):
        spilled.unlink()
    with journal.transaction() as connection:
        for name in manifest.obsolete(connection):
            (folder / name).unlink(missing_ok=True)
            manifest.forget_file(connection, name)


def _files(folder: Path) -> Iterator[str]:
    for name in segments.FOLDERS.values():
        yield from map(str, (folder / name).glob("*.parquet"))


def _lose(path: Path, folder: Path) -> None:
    target = folder / "lost+found" / f"{path.parent.name}-{path.name}"
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    log.warning("%s belongs to nothing that is known; moved to %s", path, target)
