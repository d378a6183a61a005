"""What streams lack, as it is written down: in groups, kept while the disk fails, bounded."""

import asyncio

import pytest

from wacket.errors import Unavailable
from wacket.fleet import completeness as module
from wacket.fleet.completeness import Absence
from wacket.fleet.messages import Skip, Stream
from wacket.ledger import gaps
from wacket.ledger.gaps import TOGETHER, Gap

HOUR = 3_600_000_000


def kinds(world, node):
    return [(gap.stream, gap.kind, gap.lines, gap.came is not None) for gap in world.fleet.completeness.of_node(node)]


def hour_before(world):
    return Absence(world.now - HOUR, world.now)


async def test_what_is_awaited_is_known_after_a_restart_too(world):
    node = world.machine("pi-11").id
    world.fleet.completeness.announced(node, "logs", Stream("e", 0, 9), -1, hour_before(world))
    await world.fleet.flush()
    world.open()
    world.fleet.completeness.announced(node, "logs", Stream("e", 5, 9), 4, Absence(world.now, world.now))
    world.fleet.completeness.acknowledged(node, "logs", "e", 8)
    await world.fleet.flush()
    assert kinds(world, node) == [("logs", "away", 10, False)]
    world.fleet.completeness.acknowledged(node, "logs", "e", 9)
    await world.fleet.flush()
    assert kinds(world, node) == [("logs", "away", 10, True)]


async def test_a_new_numbering_after_a_restart_means_that_the_awaited_is_lost(world):
    node = world.machine("pi-11").id
    world.fleet.completeness.announced(node, "logs", Stream("e", 0, 9), -1, hour_before(world))
    await world.fleet.flush()
    world.open()
    world.fleet.completeness.announced(node, "logs", Stream("new", 0, -1), -1, Absence(world.now, world.now))
    await world.fleet.flush()
    assert kinds(world, node) == [("logs", "lost", 10, False)]


@pytest.mark.slow
async def test_many_skips_at_once_share_a_transaction(world, monkeypatch):
    nodes = [world.machine(f"pi-{number}", f"{number:064x}").id for number in range(20)]
    write, transactions = world.ledger.write, []

    async def counted(work):
        transactions.append(work)
        return await write(work)

    monkeypatch.setattr(world.ledger, "write", counted)
    told = world.fleet.completeness
    await asyncio.gather(*(told.skipped(node, "metrics", Skip("e", 0, 9, 1, 2)) for node in nodes))
    assert len(transactions) <= 2
    assert all(kinds(world, node) == [("metrics", "thinned", 10, False)] for node in nodes)


async def test_what_cannot_be_written_is_kept_and_bounded(world, monkeypatch):
    node, told = world.machine("pi-11").id, world.fleet.completeness
    monkeypatch.setattr(module, "MOST_CHANGES", 3)

    async def full(_):
        raise Unavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(world.ledger, "write", full)
        for number in range(5):
            at = number * 10 * TOGETHER
            with pytest.raises(Unavailable):
                await told.skipped(node, "metrics", Skip("e", 0, 0, at, at))
    await world.fleet.flush()
    assert len(kinds(world, node)) == 3
    assert told.statistics()["not_written"] == 2


def test_gaps_that_touch_are_one_and_the_oldest_are_forgotten(world, monkeypatch):
    node = world.machine("pi-11").id
    monkeypatch.setattr(gaps, "MOST", 3)

    def work(connection):
        for since in (0, TOGETHER, 10 * TOGETHER, 20 * TOGETHER, 30 * TOGETHER):
            gaps.add(connection, Gap(node, "metrics", "thinned", since, since + 5, 1))

    world.ledger.write_sync(work)
    found = world.ledger.read(lambda c: gaps.of_node(c, node))
    assert [(gap.since // TOGETHER, gap.lines) for gap in found] == [(30, 1), (20, 1), (10, 1)]
