"""Keeps what commands leave behind within bounds: outputs by age and size, blobs that nothing names.

The record of a job stays whatever goes here. Blocking, for a thread; says which it removed to nobody but the log.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

log = logging.getLogger(__name__)

DAY = 86_400_000_000  # µs
HOUR = 3_600_000_000  # µs


class Due:
    """Whether to look through all that is kept, which takes a while: when `enough` bytes are new, and once an hour."""

    def __init__(self, enough: int) -> None:
        self._enough = enough
        self._written = 0
        self._next = 0

    def is_now(self, written: int, now: int) -> bool:
        """`written` counts all bytes so far, `now` is in µs. Starts counting anew where it says yes."""
        if written - self._written < self._enough and now < self._next:
            return False
        self._written, self._next = written, now + HOUR
        return True


def trim(
    folder: Path,
    spared: Collection[int],
    asked: Callable[[int], Mapping[int, int]],
    before: int,
    most: int,
) -> list[int]:
    """Remove what jobs said that were asked before `before` (µs), and of the oldest until it is `most` bytes. Open
    jobs are `spared`. `asked` tells when jobs were asked, from a number on. The numbers of those that were removed.
    """
    jobs = sorted(int(path.name) for path in folder.glob("[0-9]*") if path.name.isdecimal())
    ages = asked(jobs[0]) if jobs else {}
    sizes = {job: _size(folder / str(job)) for job in jobs}
    total, removed = sum(sizes.values()), []
    for job in jobs:
        if job not in spared and (ages.get(job, 0) < before or total > most):
            shutil.rmtree(folder / str(job), ignore_errors=True)
            total -= sizes[job]
            removed.append(job)
    if removed:
        log.info("the output of %d old jobs was removed", len(removed))
    return removed


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
