"""What streams lack, as it is written down: in groups, kept while the disk fails, bounded."""

import asyncio

import pytest

from wacket.errors import Unavailable
from wacket.fleet import completeness as module
from wacket.fleet.completeness import SHORTEST, Absence
from wacket.fleet.messages import Skip, Stream
from wacket.ledger import gaps
from wacket.ledger.gaps import TOGETHER, Gap

HOUR = 3_600_000_000


def have(**numbers):
    """What the hub has of each numbering."""
    return lambda epoch: numbers.get(epoch, -1)


def kinds(world, node):
    return [(gap.stream, gap.kind, gap.lines, gap.came is not None) for gap in world.fleet.completeness.of_node(node)]


def hour_before(world):
    return Absence(world.now - HOUR, world.now)


def now(world):
    return Absence(world.now, world.now)


async def test_what_is_awaited_is_known_after_a_restart_too(world):
    node = world.machine("pi-11").id
    world.fleet.completeness.announced(node, "logs", Stream("e", 0, 9), have(), hour_before(world))
    await world.fleet.flush()
    world.open()
    world.fleet.completeness.announced(node, "logs", Stream("e", 5, 9), have(e=4), now(world))
    world.fleet.completeness.acknowledged(node, "logs", "e", 8)
    await world.fleet.flush()
    assert kinds(world, node) == [("logs", "away", 10, False)]
    world.fleet.completeness.acknowledged(node, "logs", "e", 9)
    await world.fleet.flush()
    assert kinds(world, node) == [("logs", "away", 10, True)]


async def test_nothing_is_lost_because_the_hub_was_killed_before_the_first_line_came(world):
    node = world.machine("pi-11").id
    world.fleet.completeness.announced(node, "logs", Stream("e", 0, 9), have(), hour_before(world))
    await world.fleet.flush()
    world.open()
    world.fleet.completeness.announced(node, "logs", Stream("e", 0, 9), have(), now(world))
    world.fleet.completeness.acknowledged(node, "logs", "e", 9)
    await world.fleet.flush()
    assert kinds(world, node) == [("logs", "away", 10, True)]


async def test_a_new_numbering_after_a_restart_means_that_the_awaited_is_lost(world):
    node = world.machine("pi-11").id
    world.fleet.completeness.announced(node, "logs", Stream("e", 0, 9), have(), hour_before(world))
    await world.fleet.flush()
    world.open()
    world.fleet.completeness.announced(node, "logs", Stream("new", 0, -1), have(e=3), now(world))
    await world.fleet.flush()
    assert kinds(world, node) == [("logs", "lost", 6, False), ("logs", "away", 4, True)]
    lost = world.fleet.completeness.of_node(node)[0]
    assert (lost.since, lost.until) == (world.now - HOUR, world.now)


async def test_a_line_is_awaited_after_one_absence_only(world):
    node = world.machine("pi-11").id
    told = world.fleet.completeness
    told.announced(node, "logs", Stream("e", 0, 9), have(), hour_before(world))
    told.acknowledged(node, "logs", "e", 4)
    world.now += HOUR
    told.announced(node, "logs", Stream("e", 5, 19), have(e=4), Absence(world.now - 2 * SHORTEST, world.now))
    told.acknowledged(node, "logs", "e", 12)
    await world.fleet.flush()
    assert kinds(world, node) == [("logs", "away", 10, False), ("logs", "away", 10, True)]


async def test_an_absence_is_one_however_often_the_agent_says_what_it_keeps(world):
    node, absence = world.machine("pi-11").id, hour_before(world)
    for _ in range(2):
        world.fleet.completeness.announced(node, "logs", Stream("e", 0, 9), have(), absence)
    await world.fleet.flush()
    assert kinds(world, node) == [("logs", "away", 10, False)]


async def test_a_line_that_was_left_out_is_awaited_no_more_and_counts_once(world):
    node = world.machine("pi-11").id
    told = world.fleet.completeness
    told.announced(node, "metrics", Stream("e", 0, 99), have(), hour_before(world))
    for _ in range(2):  # the hub is killed before it knows the numbers, and told again
        told.skipped(node, "metrics", Skip("e", 10, 29, "thinned", 1, 2), 9)
        told.skipped(node, "metrics", Skip("e", 40, 49, "dropped", 1, 2), 9)
        await world.fleet.flush()
        world.open()
        told = world.fleet.completeness
    told.skipped(node, "metrics", Skip("e", 40, 54, "dropped", 1, 2), 39)  # it had to go on meanwhile
    told.acknowledged(node, "metrics", "e", 99)
    await world.fleet.flush()
    assert kinds(world, node) == [
        ("metrics", "lost", 15, False),
        ("metrics", "thinned", 20, False),
        ("metrics", "away", 65, True),
    ]


@pytest.mark.slow
async def test_no_number_that_a_node_says_is_too_large_to_be_written_down(world):
    node = world.machine("pi-11").id
    told = world.fleet.completeness
    for number in range(2100):  # as if it had two numberings, and began each again and again
        kind, epoch = (("thinned", "a"), ("lost", "b"))[number % 2]
        told._never(Gap(node, "metrics", kind, 1, 2, 0, epoch=epoch, last=2**53 - 1), 0)
    await world.fleet.flush()
    assert [lines for _, _, lines, _ in kinds(world, node)] == [2**53, 2**53]


@pytest.mark.parametrize(("seconds", "seen", "gaps"), [(14, True, 0), (16, True, 1), (90, False, 0), (130, False, 1)])
async def test_a_hub_that_starts_anew_is_no_gap_of_its_nodes(world, seconds, seen, gaps):
    node = world.machine("pi-11").id
    absence = Absence(world.now - seconds * 1_000_000, world.now, seen)
    world.fleet.completeness.announced(node, "logs", Stream("e", 0, 9), have(), absence)
    await world.fleet.flush()
    assert len(kinds(world, node)) == gaps


@pytest.mark.slow
async def test_many_skips_at_once_share_a_transaction(world, monkeypatch):
    nodes = [world.machine(f"pi-{number}", f"{number:064x}").id for number in range(20)]
    write, transactions = world.ledger.write, []

    async def counted(work):
        transactions.append(work)
        return await write(work)

    monkeypatch.setattr(world.ledger, "write", counted)
    told = world.fleet.completeness

    async def skipped(node):
        told.skipped(node, "metrics", Skip("e", 0, 9, "thinned", 1, 2), -1)
        await told.flush()

    await asyncio.gather(*map(skipped, nodes))
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
            told.skipped(node, "metrics", Skip("e", number, number, "thinned", at, at), -1)
            with pytest.raises(Unavailable):
                await told.flush()
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
