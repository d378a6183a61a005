"""Says what is damaged, and moves damaged files out of the way. Never deletes or overwrites one."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wacket.history import segments
from wacket.history.journal import Journal
from wacket.history.shapes import Damage, Segment
from wacket.writing import sync

log = logging.getLogger(__name__)


def damage_to(segment: Segment, reason: str, now: int) -> Damage:
    """What is to be told of a segment whose file is damaged or gone."""
    told = Damage(segment.path, segment.kind, segment.t_min, segment.t_max, segment.rows, reason, now)
    log.error(describe(told))
    return told


def quarantine(segment: Segment, folder: Path) -> None:
    """Move the damaged file aside, if it is still there. If that fails the next start does it."""
    path = Path(segment.path)
    try:
        move_aside(path, folder / "quarantine", f"{segment.kind}-{path.name}")
    except FileNotFoundError:
        return
    except OSError as error:
        log.error("%s cannot be moved to quarantine: %s", path, error)


def move_aside(path: Path, shelter: Path, name: str) -> Path:
    """Move a file to another folder, under a name that is free there; the new path."""
    segments.make_folder(shelter)
    target, number = shelter / name, 1
    while target.exists():
        target, number = shelter / f"{number}-{name}", number + 1
    path.rename(target)
    for changed in (shelter, path.parent):
        sync(changed)
    return target


def describe(damage: Damage) -> str:
    """One sentence for people."""
    span = f" from {_date(damage.t_min)} to {_date(damage.t_max)}" if damage.t_max else ""
    lost = f"; lost: {damage.rows} rows of {damage.kind}{span}" if damage.rows else ""
    return f"{damage.path}: {damage.reason}{lost}"


def journal_faults(journal: Journal, through: int) -> list[str]:
    """Journal rows that are not as they were written. Reads all of them."""
    return [describe(row) for row in journal.batches(0, through) if isinstance(row, Damage)]


def _date(at: int) -> str:
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    except OverflowError:
        return str(at)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
