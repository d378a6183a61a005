"""Recomputes the clusters of the energy events each time enough new ones came, and keeps what was found.

Reads the stored events, hands their numbers to a worker process of low priority, stores the result.
Senders never wait for it. It knows nothing of HTTP, and who asks for a result gets the last one: nothing is computed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any, NamedTuple, Protocol

import numpy as np

from wacket.bus.memory import Bus, Subscription
from wacket.errors import Unavailable, WacketError
from wacket.ledger import results
from wacket.ledger.results import Result
from wacket.ledger.store import Ledger
from wacket.records import F64, Logs, Statistics
from wacket.settings import Clusters
from wacket.watch.features import COLUMNS, Features

log = logging.getLogger(__name__)

WORKER = "wacket.watch.meanshift_worker"
PATIENCE = 300.0  # seconds that a worker may take
RETRY = 60.0  # seconds until a computation that failed is tried again
PIECE = 1 << 20  # bytes handed to the worker at a time


class Events(Protocol):
    """Where the events are. `features` and `count_since` are called from a thread and may raise Unavailable."""

    def features(self) -> Features: ...

    def count_since(self, at: int) -> int: ...

    def count_in(self, logs: Logs) -> int:
        """How many of these rows are events. Quick: called on the loop."""
        ...


class Due(NamedTuple):
    """Clusters are computed after `every` new events; `pending` have come. `about` (µs since 1970) is when it will be
    so if they go on coming as until now; `trouble` says why the last computation failed."""

    every: int
    pending: int
    about: int | None
    computing: bool
    trouble: str


class ClusterWatch:
    """`run` must be going for results to come by themselves; `clock` gives microseconds since 1970 UTC."""

    def __init__(
        self,
        settings: Clusters,
        ledger: Ledger,
        bus: Bus,
        events: Events,
        clock: Callable[[], int],
        patience: float = PATIENCE,
        retry: float = RETRY,
    ) -> None:
        self._settings, self._ledger, self._bus = settings, ledger, bus
        self._events, self._clock, self._patience, self._retry = events, clock, patience, retry
        self._latest = ledger.read(lambda connection: results.latest(connection, len(COLUMNS)))
        self._covered = self._latest.at if self._latest else 0
        self._pending = 0
        self._due = asyncio.Event()
        self._one = asyncio.Lock()
        self._computed = self._failed = 0
        self._last_error = self._told = ""

    def latest(self) -> Result | None:
        """The last result, from memory."""
        return self._latest

    async def run(self) -> None:
        """Count what comes and compute when it is time, until cancelled."""
        with self._bus.subscribe("batches", limit=10_000) as told:
            await self._recount()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._count(told), name="clusters: count")
                tasks.create_task(self._compute_for_ever(), name="clusters: compute")

    async def compute_now(self) -> Result | None:
        """Compute from all stored events; None if there are none. One computation runs at a time.

        Raises Unavailable when the worker fails or takes too long; the last result then stays.
        """
        async with self._one:
            began, at = perf_counter(), self._clock()
            with self._covering(at):
                found = await self._compute(at, began)
                if found is not None:
                    await self._ledger.write(lambda connection: results.save(connection, found))
                    self._latest = found
                    self._computed += 1
                    self._bus.publish_nowait("changed", {"clusters": True})
            return found

    @contextlib.contextmanager
    def _covering(self, at: int) -> Iterator[None]:
        """What is done here covers all events up to `at`; if it fails they are pending as before, and it is due."""
        pending, covered, due = self._pending, self._covered, self._due.is_set()
        self._pending, self._covered = 0, at
        self._due.clear()
        done = False
        try:
            yield
            done, self._last_error = True, ""
        except WacketError as error:
            self._failed += 1
            self._last_error = str(error)
            raise
        finally:
            if not done:
                self._covered = covered
                self._add(pending)
                if due:
                    self._due.set()

    def next(self) -> Due:
        """When clusters are computed again, as far as anybody can know."""
        now, every = self._clock(), self._settings.every
        elapsed, missing = now - self._covered, max(0, every - self._pending)
        known = self._covered and self._pending and elapsed > 0
        about = now + missing * elapsed // self._pending if known else None
        return Due(every, self._pending, about, self._one.locked(), self._last_error)

    def statistics(self) -> Statistics:
        last = self._latest
        return {
            "pending_events": self._pending,
            "computed": self._computed,
            "failed": self._failed,
            "last_error": self._last_error,
            "last_at": last.at if last else 0,
            "last_events": last.events if last else 0,
            "last_skipped": last.skipped if last else 0,
            "last_seconds": last.seconds if last else 0.0,
        }

    async def _compute(self, at: int, began: float) -> Result | None:
        features = await asyncio.to_thread(self._events.features)
        total = len(features.values) + features.skipped
        if not len(features.values):
            return None
        found = await self._ask_worker(features.values)
        seconds = round(perf_counter() - began, 3)
        centres, points = (
            np.array(found[name], np.float64).reshape(-1, len(COLUMNS)) for name in ("centres", "points")
        )
        labels = np.array(found["labels"], np.int64)
        summary = found["sample"], found["bandwidth"], seconds, found["clusters"]
        return Result(at, total, *summary, centres, points, labels)

    async def _ask_worker(self, values: F64) -> dict[str, Any]:
        asked = {
            "events": len(values),
            "sample": self._settings.sample,
            "quantile": self._settings.bandwidth_quantile,
            "samples": self._settings.bandwidth_samples,
            "seconds": self._patience,
        }
        process = await _start(json.dumps(asked))
        try:
            async with asyncio.timeout(self._patience):
                out, err = await _exchange(process, values)
        except TimeoutError as error:
            raise Unavailable(f"clustering {len(values)} events took more than {self._patience:g} s") from error
        finally:
            await _end(process)
        if process.returncode:
            said = err.decode("utf-8", "replace").strip().rpartition("\n")[2][:500]
            raise Unavailable(f"the clustering worker ended with {process.returncode}: {said}")
        found: dict[str, Any] = json.loads(out)
        return found

    async def _count(self, told: Subscription) -> None:
        lost = 0
        async for message in told:
            logs = message.batch.logs
            if logs is not None:
                self._add(self._events.count_in(logs))
            if told.lost != lost:
                lost = told.lost
                await self._recount()

    async def _recount(self) -> None:
        """What came while nobody counted. If it cannot be counted now, there may be enough."""
        self._pending = 0
        try:
            self._add(await asyncio.to_thread(self._events.count_since, self._covered))
        except WacketError as error:
            self._tell(error)
            self._due.set()

    def _add(self, events: int) -> None:
        self._pending += events
        if self._pending >= self._settings.every:
            self._due.set()

    async def _compute_for_ever(self) -> None:
        while True:
            await self._due.wait()
            began, pause = perf_counter(), 0.0
            try:
                await self.compute_now()
                self._told = ""
            except WacketError as error:
                self._tell(error)
                pause = self._retry
            # At most half of the time goes into this, however fast events come.
            await asyncio.sleep(max(pause, perf_counter() - began))

    def _tell(self, error: WacketError) -> None:
        """Once, until it is another error or all is well again."""
        if str(error) != self._told:
            log.warning("clusters could not be computed: %s", error)
        self._told = str(error)


async def _start(asked: str) -> asyncio.subprocess.Process:
    """The worker, with one core: that is enough. Raises Unavailable where the system lets no process begin."""
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", WORKER, asked),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
    except OSError as error:
        raise Unavailable(f"the clustering worker could not be started: {error.strerror}") from error


async def _exchange(process: asyncio.subprocess.Process, values: F64) -> tuple[bytes, bytes]:
    """Feed the worker piece by piece (the whole would be copied) and read what it says."""
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise AssertionError("the worker was started with pipes")
    reading = asyncio.gather(process.stdout.read(), process.stderr.read())
    try:
        raw = memoryview(np.ascontiguousarray(values).data).cast("B")
        # A worker that fails early closes its end; what it says on standard error is the better story.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for start in range(0, len(raw), PIECE):
                process.stdin.write(raw[start : start + PIECE])
                await process.stdin.drain()
            process.stdin.close()
        out, err = await reading
        await process.wait()
    finally:
        reading.cancel()
    return out, err


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        if process.returncode is None:
            process.kill()
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()
