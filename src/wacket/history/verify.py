"""Finds what is damaged, takes it out of the way and says what was in it. Never deletes a damaged file."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wacket.history import segments
from wacket.history.journal import Journal
from wacket.history.shapes import Damage, Segment

log = logging.getLogger(__name__)


def quarantine(segment: Segment, folder: Path, reason: str, now: int) -> Damage:
    """Move the file of a damaged segment aside (if it is still there); what is to be told of it."""
    path = Path(segment.path)
    target = folder / "quarantine" / f"{segment.kind}-{path.name}"
    target.parent.mkdir(exist_ok=True)
    if path.exists():
        path.rename(target)
    told = Damage(str(path), segment.kind, segment.t_min, segment.t_max, segment.rows, reason, now)
    log.error(describe(told))
    return told


def describe(damage: Damage) -> str:
    """One sentence for people."""
    span = f" from {_date(damage.t_min)} to {_date(damage.t_max)}" if damage.t_max else ""
    lost = f"; lost: {damage.rows} rows of {damage.kind}{span}" if damage.rows else ""
    return f"{damage.path}: {damage.reason}{lost}"


def faults(existing: Iterable[Segment]) -> list[tuple[Segment, str]]:
    """Every segment whose file is not byte for byte as it was written, and why. Reads all of them."""
    checked = ((segment, segments.fault(segment, whole=True)) for segment in existing)
    return [(segment, reason) for segment, reason in checked if reason]


def journal_faults(journal: Journal, through: int) -> list[str]:
    """Journal rows that are not as they were written. Reads all of them."""
    return [describe(row) for row in journal.batches(0, through) if isinstance(row, Damage)]


def _date(at: int) -> str:
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    except OverflowError:
        return str(at)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
