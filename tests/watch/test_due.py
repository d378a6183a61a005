"""When clusters are computed next, and what is kept of those that were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.support.clustering import STUCK, Kept, becomes, going, made, pid_of, subscribed, told
from tests.support.journal import until

from wacket.bus.memory import Bus
from wacket.errors import Unavailable
from wacket.ledger import results
from wacket.ledger.store import Ledger
from wacket.watch import clusters


@pytest.mark.slow
async def test_it_is_told_when_the_next_computation_is_due(ledger: Ledger, kept: Kept, worker: Path) -> None:
    bus, kept.rows = Bus(), 12
    watch = made(ledger, bus, kept)
    assert watch.next() == clusters.Due(10, 0, None, False, "")
    async with going(watch):
        await subscribed(bus)
        bus.publish_nowait("batches", told(*["energy"] * 4))
        await until(lambda: watch.next().pending == 4)
        assert watch.next().about is None  # nobody knows since when they came
        await watch.compute_now()
        bus.publish_nowait("batches", told(*["energy"] * 2))
        await until(lambda: watch.next().pending == 2)
        watch._clock = lambda: 1100  # two came in 100 µs, eight are missing
        assert watch.next() == clusters.Due(10, 2, 1500, False, "")
        kept.failing = "the question took too long"
        with pytest.raises(Unavailable):
            await watch.compute_now()
        assert watch.next().trouble == "the question took too long"


@pytest.mark.slow
async def test_it_is_told_that_a_computation_is_going_on(ledger: Ledger, kept: Kept, worker: Path) -> None:
    becomes(worker, STUCK)
    kept.rows = kept.earlier = 10
    watch = made(ledger, Bus(), kept)
    async with going(watch):
        await until(lambda: pid_of(worker))
        assert watch.next().computing


@pytest.mark.slow
async def test_a_new_result_is_told(ledger: Ledger, kept: Kept, worker: Path) -> None:
    bus, kept.rows = Bus(), 12
    with bus.subscribe("changed", limit=10) as changes:
        await made(ledger, bus, kept).compute_now()
        assert await anext(aiter(changes)) == {"clusters": True}


async def test_only_the_newest_result_keeps_its_points(ledger: Ledger) -> None:
    for number in range(3):
        drawn = np.full((2, 8), float(number)), np.array([0, -1])
        found = [{"label": label, "count": 3} for label in range(-1, number)]
        one = results.Result(number, 5, 5, 1.0, 0.1, found, np.zeros((1, 8)), *drawn)
        await ledger.write(lambda c, one=one: results.save(c, one))
    newest = ledger.read(lambda c: results.latest(c, 8))
    assert newest is not None
    assert newest.points.tolist() == [[2.0] * 8] * 2
    assert ledger.read(lambda c: c.exec_driver_sql("select count(*) from cluster_points").scalar()) == 1
    earlier = ledger.read(lambda c: results.history(c, 2))
    assert [(one.at, one.clusters) for one in earlier] == [(2, 2), (1, 1)]


async def test_the_ledger_keeps_the_newest_results(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "KEPT", 2)
    for number in range(4):
        one = results.Result(number, 5, 5, 1.0, 0.1, [{"label": 0, "count": 3}], np.zeros((1, 8)))
        await ledger.write(lambda c, one=one: results.save(c, one))
    found = ledger.read(lambda c: results.latest(c, 8))
    assert found is not None
    assert (found.at, found.skipped) == (3, 2)
    assert ledger.read(lambda c: c.exec_driver_sql("select count(*) from cluster_results").scalar()) == 2
