"""When clusters are computed, what is kept, and how a worker that misbehaves is ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.support.journal import until

from wacket.bus.memory import Bus, Told
from wacket.errors import Unavailable
from wacket.ledger import results
from wacket.ledger.store import Ledger
from wacket.records import Batch, Logs
from wacket.settings import Clusters
from wacket.watch import clusters
from wacket.watch.clusters import ClusterWatch
from wacket.watch.features import Features, energy_nodes

FINE = """
import json, sys
asked = json.loads(sys.argv[1])
got = len(sys.stdin.buffer.read())
found = [{"label": 0, "count": got // 64}]
json.dump({"sample": 1, "bandwidth": 2.5, "clusters": found, "centres": [[0.5] * 8]}, sys.stdout)
"""
# Tells who it is, then never ends by itself.
STUCK = "import os, sys, signal; open(sys.argv[0] + '.pid', 'w').write(str(os.getpid())); signal.pause()"
BROKEN = "import sys; sys.exit('some lines\\nit is the wrong kind of day')"


class Kept:
    """The events that a history would hold."""

    def __init__(self) -> None:
        self.rows, self.skipped, self.earlier, self.asked = 0, 0, 0, 0
        self.failing = ""

    def features(self) -> Features:
        self.asked += 1
        self._fail_if_so_told()
        return Features(np.zeros((self.rows, 8)), self.skipped)

    def count_since(self, at: int) -> int:
        self._fail_if_so_told()
        return self.earlier

    def _fail_if_so_told(self) -> None:
        if self.failing:
            raise Unavailable(self.failing)

    def count_in(self, logs: Logs) -> int:
        return len(energy_nodes(logs))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db")
    yield opened
    opened.close()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module in the worker's place; write its text to be what it does."""
    path = tmp_path / "stand_in_worker.py"
    path.write_text(FINE)
    monkeypatch.setattr(clusters, "WORKER", path.stem)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    return path


def made(ledger: Ledger, bus: Bus, kept: Kept, at: int = 1000, patience: float = 20, every: int = 10) -> ClusterWatch:
    return ClusterWatch(Clusters(every=every), ledger, bus, kept, lambda: at, patience, retry=0)


@contextlib.asynccontextmanager
async def going(watch: ClusterWatch) -> AsyncIterator[None]:
    task = asyncio.create_task(watch.run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def told(*sources: str) -> Told:
    return Told(Batch(logs=Logs.of([(1, 1, 2, source, 9, "b", "") for source in sources])), 1)


async def subscribed(bus: Bus) -> None:
    await until(lambda: bus._topics.get("batches"))


def becomes(worker: Path, text: str) -> None:
    worker.write_text(text)


def pid_of(worker: Path) -> int:
    """The process that a stuck worker said it is; 0 if it said nothing yet."""
    told = Path(f"{worker}.pid")
    return int(told.read_text() or 0) if told.exists() else 0


def alive(pid: int) -> bool:
    assert pid
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
async def test_computed_when_enough_events_came(ledger: Ledger, kept: Kept, worker: Path) -> None:
    bus = Bus()
    watch = made(ledger, bus, kept)
    async with going(watch):
        await subscribed(bus)
        kept.rows = 12
        bus.publish_nowait("batches", told(*["energy"] * 9, "text"))
        await until(lambda: watch.statistics()["pending_events"] == 9)
        assert kept.asked == 0
        bus.publish_nowait("batches", told("energy"))
        await until(lambda: watch.latest() is not None)
    found = watch.latest()
    assert found is not None
    assert (found.at, found.events, found.sample, found.bandwidth) == (1000, 12, 1, 2.5)
    assert found.clusters == [{"label": 0, "count": 12}]
    assert watch.statistics()["pending_events"] == 0


@pytest.mark.slow
async def test_a_worker_imports_nothing_from_the_folder_where_the_hub_was_started(
    ledger: Ledger, kept: Kept, worker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "json.py").write_text("raise SystemExit('not this one')\n")
    monkeypatch.chdir(elsewhere)
    kept.rows = 10
    assert await made(ledger, Bus(), kept).compute_now()


@pytest.mark.slow
async def test_a_result_is_kept_and_found_again(ledger: Ledger, kept: Kept, worker: Path) -> None:
    kept.rows, kept.skipped = 30, 2
    first = await made(ledger, Bus(), kept).compute_now()
    again = made(ledger, Bus(), Kept()).latest()
    assert first is not None
    assert again is not None
    assert again[:-1] == first[:-1]
    assert again.centres.tolist() == [[0.5] * 8]
    assert (again.events, again.skipped) == (32, 2)


@pytest.mark.slow
async def test_what_came_before_the_start_is_caught_up(ledger: Ledger, kept: Kept, worker: Path) -> None:
    kept.rows = kept.earlier = 10
    watch = made(ledger, Bus(), kept)
    async with going(watch):
        await until(lambda: watch.latest() is not None)
    kept.earlier = 9  # since that result
    bus = Bus()
    later = made(ledger, bus, kept)
    async with going(later):
        await subscribed(bus)
        await until(lambda: later.statistics()["pending_events"] == 9)
        assert later.statistics()["computed"] == 0
        bus.publish_nowait("batches", told("energy"))
        await until(lambda: later.statistics()["computed"] == 1)


async def test_without_events_there_is_no_result(ledger: Ledger, kept: Kept) -> None:
    watch = made(ledger, Bus(), kept)
    assert await watch.compute_now() is None
    assert watch.latest() is None
    assert ledger.read(lambda c: results.latest(c, 8)) is None


@pytest.mark.slow
async def test_a_failing_worker_is_told_once_and_the_old_result_stays(
    ledger: Ledger, kept: Kept, worker: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept.rows = 10
    bus = Bus()
    watch = made(ledger, bus, kept)
    before = await watch.compute_now()
    becomes(worker, BROKEN)
    with caplog.at_level(logging.WARNING):
        async with going(watch):
            await subscribed(bus)
            for failures in (1, 2):
                bus.publish_nowait("batches", told(*["energy"] * 10))
                await until(lambda wanted=failures: watch.statistics()["failed"] >= wanted)
    assert [record.message for record in caplog.records] == [
        "clusters could not be computed: the clustering worker ended with 1: it is the wrong kind of day"
    ]
    assert watch.latest() is before
    assert "wrong kind of day" in watch.statistics()["last_error"]


@pytest.mark.slow
async def test_what_failed_is_tried_again_though_no_more_events_come(
    ledger: Ledger, kept: Kept, worker: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept.failing, kept.rows, bus = "the question took too long", 10, Bus()
    watch = made(ledger, bus, kept)
    async with going(watch):
        await until(lambda: watch.statistics()["failed"] > 1)  # not even those that came earlier can be counted
        bus.publish_nowait("batches", told(*["energy"] * 10))
        await until(lambda: watch.statistics()["pending_events"] == 10)
        kept.failing = ""
        await until(lambda: watch.latest() is not None)
    assert watch.statistics()["pending_events"] == 0
    assert [record.message for record in caplog.records] == [
        "clusters could not be computed: the question took too long"
    ]


async def test_a_failure_leaves_pending_what_was_pending(ledger: Ledger, kept: Kept) -> None:
    bus = Bus()
    watch = made(ledger, bus, kept, every=100)
    async with going(watch):
        await subscribed(bus)
        bus.publish_nowait("batches", told(*["energy"] * 7))
        await until(lambda: watch.statistics()["pending_events"] == 7)
        kept.failing = "the question took too long"
        with pytest.raises(Unavailable):
            await watch.compute_now()
        assert watch.statistics()["pending_events"] == 7
        assert kept.asked == 1


async def test_a_system_that_lets_no_process_begin_is_told(
    ledger: Ledger, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.rows = 10
    monkeypatch.setattr(clusters.sys, "executable", "/nowhere/python")
    with pytest.raises(Unavailable, match="could not be started: No such file"):
        await made(ledger, Bus(), kept).compute_now()


@pytest.mark.slow
async def test_a_worker_that_takes_too_long_is_killed(ledger: Ledger, kept: Kept, worker: Path) -> None:
    becomes(worker, STUCK)
    kept.rows = 100_000  # more than a pipe holds: it is killed while it is being fed
    watch = made(ledger, Bus(), kept, patience=1)
    with pytest.raises(Unavailable, match="more than 1 s"):
        await watch.compute_now()
    assert not alive(pid_of(worker))


@pytest.mark.slow
async def test_a_worker_does_not_outlive_the_watch(ledger: Ledger, kept: Kept, worker: Path) -> None:
    becomes(worker, STUCK)
    kept.rows = kept.earlier = 10
    async with going(made(ledger, Bus(), kept)):
        await until(lambda: pid_of(worker))
    assert not alive(pid_of(worker))


@pytest.mark.slow
async def test_lost_messages_lead_to_counting_again(ledger: Ledger, kept: Kept, worker: Path) -> None:
    kept.rows = 3
    await made(ledger, Bus(), kept).compute_now()
    bus = Bus()
    watch = made(ledger, bus, kept, every=50)
    async with going(watch):
        await subscribed(bus)
        await until(lambda: watch.statistics()["pending_events"] == 0)
        kept.earlier = 40
        for _ in range(10_001):  # one more than the mailbox holds, before anybody looks into it
            bus.publish_nowait("batches", told("text"))
        await until(lambda: watch.statistics()["pending_events"] == 40)


async def test_the_ledger_keeps_the_newest_results(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "KEPT", 2)
    for number in range(4):
        one = results.Result(number, 5, 5, 1.0, 0.1, [{"label": 0, "count": 3}], np.zeros((1, 8)))
        await ledger.write(lambda c, one=one: results.save(c, one))
    found = ledger.read(lambda c: results.latest(c, 8))
    assert found is not None
    assert (found.at, found.skipped) == (3, 2)
    assert ledger.read(lambda c: c.exec_driver_sql("select count(*) from cluster_results").scalar()) == 2
