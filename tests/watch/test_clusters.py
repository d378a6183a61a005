"""When clusters are computed, what is kept, and how a worker that misbehaves is ended."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from tests.support.clustering import BROKEN, STUCK, Kept, alive, becomes, going, made, pid_of, subscribed, told
from tests.support.journal import until

from wacket.bus.memory import Bus
from wacket.errors import Unavailable
from wacket.ledger import results
from wacket.ledger.store import Ledger
from wacket.watch import clusters


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
    assert again[:6] == first[:6]
    assert again.centres.tolist() == [[0.5] * 8]
    assert again.points.tolist() == [[float(n)] * 8 for n in range(3)]
    assert again.labels.tolist() == [0, 0, -1]
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
