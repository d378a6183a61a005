"""The background work of history: seals when it is due, compacts and expires every now and then, and reads everything
once a week to find damage while there may still be a backup.

Failures of the world (disk, DuckDB) are logged when they begin and when they end, and tried again; anything else is
our own bug and rises. Does no work itself; every step runs in a thread of low priority, so that senders go first.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING

import duckdb

from wacket.errors import Unavailable
from wacket.history.shapes import RetentionRule

if TYPE_CHECKING:
    from wacket.history.store import History

_LOOK_SECONDS = 0.25
_RETRY_SECONDS = 5.0
_NICENESS = 10
_SCRUB_AFTER_SECONDS = 60.0  # of start, which has enough to do
_SCRUB_PAUSE_SECONDS = 1.0  # between two pieces: 4 MB a second at most
_SCRUB_EVERY_SECONDS = 7 * 86_400.0

log = logging.getLogger(__name__)


class _Task:
    """One kind of work that is repeated for ever, and whether it went well the last time."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self._name, self._work = name, work
        self._failing = ""

    async def attempt(self, workers: Executor) -> bool:
        try:
            await asyncio.get_running_loop().run_in_executor(workers, self._work)
        except (Unavailable, OSError, duckdb.Error, sqlite3.Error) as error:
            if not self._failing:
                log.error("%s fails and is tried again: %s", self._name, error)
            self._failing = str(error)
            return False
        if self._failing:
            log.info("%s works again", self._name)
        self._failing = ""
        return True


async def run(history: History, rules: Callable[[], Sequence[RetentionRule]]) -> None:
    """Until cancelled. `rules` is asked each time, on a worker thread; where it raises Unavailable, nothing expires."""
    workers = ThreadPoolExecutor(2, thread_name_prefix="upkeep", initializer=_give_way)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_seal(history, workers), name="seal")
            tasks.create_task(_tidy(history, rules, workers), name="compact and expire")
            tasks.create_task(_scrub(history, workers), name="read everything")
    finally:
        workers.shutdown(wait=False)  # a step under way is waited for by History.close


def _give_way() -> None:
    """On Linux a thread has a niceness of its own; elsewhere this is left alone."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


async def _seal(history: History, workers: Executor) -> None:
    seal = _Task("sealing", history.seal)
    while True:
        if history.due() and not await seal.attempt(workers):
            await asyncio.sleep(_RETRY_SECONDS)
        await asyncio.sleep(_LOOK_SECONDS)


async def _tidy(history: History, rules: Callable[[], Sequence[RetentionRule]], workers: Executor) -> None:
    compact = _Task("compaction", history.compact)
    retain = _Task("retention", lambda: history.care.expire(rules()))
    while True:
        await asyncio.sleep(max(history.settings.compact_seconds, _LOOK_SECONDS))
        await retain.attempt(workers)
        await compact.attempt(workers)


async def _scrub(history: History, workers: Executor) -> None:
    await asyncio.sleep(_SCRUB_AFTER_SECONDS)
    while True:
        began = time.monotonic()
        await _read_everything(history, workers)
        await asyncio.sleep(max(_SCRUB_PAUSE_SECONDS, began + _SCRUB_EVERY_SECONDS - time.monotonic()))


async def _read_everything(history: History, workers: Executor) -> None:
    """A piece at a time; from the beginning again when that fails."""
    reading, over = history.care.scrub(), False

    def step() -> None:
        nonlocal over
        over = next(reading, True) is True

    task = _Task("reading everything", step)
    while not over:
        if not await task.attempt(workers):
            reading = history.care.scrub()
            await asyncio.sleep(_RETRY_SECONDS)
        await asyncio.sleep(_SCRUB_PAUSE_SECONDS)
