"""Streams when journal or hub are damaged, come from an old copy, or cannot answer."""

from __future__ import annotations

import asyncio

from tests.support.streams import numbers


async def test_a_hub_that_cannot_say_what_it_has_is_asked_again(stage):
    stage.store.add("logs", numbers(0, 10), 1)
    stage.hub.connected = True
    stage.streams._on_welcome()
    stage.hub.handlers["wait"]({"t": "wait", "epoch": stage.epoch(), "retry": 5}, b"")
    stage.now = asyncio.get_running_loop().time()
    await stage.tick(4)
    assert len(stage.hub.announced) == 1
    await stage.tick(2)
    assert len(stage.hub.announced) == 2
    stage.hub.answer()
    await stage.deliver()
    assert stage.hub.lines(stage.epoch()) == numbers(0, 10).splitlines()


async def test_a_spot_on_the_disk_costs_its_lines_and_nothing_else(stage):
    for number in range(3):
        stage.store.add("logs", numbers(number * 10, number * 10 + 10), number)
        stage.store.flush()
    stage.store._do(lambda c: c.execute("UPDATE logs SET lines = substr(lines, 1, 4) WHERE first = 10"))
    stage.hub.welcome()
    await stage.deliver()
    came = numbers(0, 30).splitlines()
    assert stage.hub.lines(stage.epoch()) == [*came[:10], *["damaged"] * 10, *came[20:]]
    stage.store.flush()
    assert stage.store.stream("logs").first == 30


async def test_a_journal_from_an_old_copy_gets_another_epoch(stage):
    stage.store.add("logs", b"new\n", 1)
    stage.store.flush()
    old = stage.epoch()
    stage.hub.kept[old] = dict.fromkeys(range(50), b"known")
    stage.hub.welcome()
    assert stage.epoch() != old
    stage.hub.answer()
    await stage.deliver()
    assert stage.hub.lines(stage.epoch()) == [b"new"]


async def test_a_hub_from_an_old_copy_gets_what_is_still_here(stage):
    stage.store.add("logs", numbers(0, 10), 1)
    stage.hub.welcome()
    await stage.deliver()
    await stage.tick(20)
    stage.store.add("logs", b"10\n", 1)
    stage.hub.close()
    epoch = stage.epoch()
    stage.hub.kept[epoch] = {number: b"%d" % number for number in range(3)}
    stage.hub.connected = True
    stage.hub.on_welcome[0]()
    stage.hub.ack(epoch, 2)
    head, payload = stage.hub.arrived[0]
    assert (head["seq"], payload) == (10, b"10\n")


async def test_a_damaged_journal_is_announced_anew(stage):
    stage.hub.welcome()
    stage.store._database._begin_anew()
    stage.store._begin(damaged=True)
    await stage.tick()
    stage.hub.answer()
    await stage.deliver()
    assert b"damaged" in stage.hub.lines(stage.epoch())[0]
