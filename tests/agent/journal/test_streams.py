"""Lines reach the hub once and in order, whatever happens to the connection, the hub and the journal."""

from __future__ import annotations

import asyncio
import contextlib
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.streams import NOW, Stage, numbers

from wacket_agent.journal.streams import MOST_BYTES, MOST_REPORTS
from wacket_agent.journal.thinning import DAY, Limits


async def test_lines_arrive_and_leave_the_journal(stage):
    stage.store.add("metrics", b"a x=1 1\nb x=1 1\n", 5)
    stage.store.add("logs", b"{}\n", 6)
    stage.hub.welcome()
    await stage.deliver()
    assert stage.hub.lines(stage.epoch("metrics")) == [b"a x=1 1", b"b x=1 1"]
    assert stage.hub.lines(stage.epoch("logs")) == [b"{}"]
    assert {head["format"] for head in stage.hub.said if head["t"] == "report"} == {"influx", "ndjson"}
    await stage.tick(20)
    assert stage.store.stream("metrics").first == 2
    assert stage.streams.statistics()["metrics_bytes_on_the_way"] == 0


async def test_after_welcome_it_says_what_there_is(stage):
    stage.store.add("metrics", b"a x=1 1\nb x=1 1\n", 5)
    stage.hub.connected = True
    stage.hub.on_welcome[0]()
    metrics, logs = stage.epoch("metrics"), stage.epoch("logs")
    assert stage.hub.said == [
        {
            "t": "streams",
            "streams": {
                "metrics": {"epoch": metrics, "first": 0, "last": 1, "since": 5},
                "logs": {"epoch": logs, "first": 0, "last": -1, "since": 0},
            },
        }
    ]
    await stage.tick()
    assert len(stage.hub.said) == 1, "the hub has not said yet what it has"


async def test_only_so_much_is_on_its_way(stage):
    for number in range(100):
        stage.store.add("logs", (b"%d" % number).ljust(59_999) + b"\n", number)
        stage.store.flush()
    stage.hub.welcome()
    await stage.tick()
    assert sum(len(payload) for _, payload in stage.hub.arrived) <= MOST_BYTES
    before = len(stage.hub.arrived)
    assert before == 4
    stage.hub.commit(1)
    assert len(stage.hub.arrived) == before, "the next goes with the ack, not with the next tick"
    await stage.deliver()
    assert len(stage.hub.lines(stage.epoch())) == 100


async def test_only_so_many_reports_are_on_their_way(stage):
    for number in range(30):
        stage.store.add("metrics", b"x\n", number)
        stage.store.flush()
        stage.store.thin("metrics", [(number, number)], "thinned" if number % 2 else "dropped", 0, 0)
    stage.hub.welcome()
    await stage.tick()
    assert len(stage.hub.arrived) == MOST_REPORTS
    await stage.deliver()
    assert len(stage.hub.lines(stage.epoch("metrics"))) == 30


async def test_a_socket_that_takes_nothing_is_given_nothing(stage):
    stage.hub.pending = MOST_BYTES
    stage.store.add("logs", b"x\n", 1)
    stage.hub.welcome()
    await stage.tick()
    assert stage.hub.arrived == []
    stage.hub.pending = 0
    await stage.deliver()
    assert stage.hub.lines(stage.epoch()) == [b"x"]


async def test_it_goes_on_in_the_middle_of_a_row(stage):
    stage.store.add("logs", numbers(0, 10), 1)
    stage.store.flush()
    stage.hub.kept[stage.epoch()] = {number: b"%d" % number for number in range(4)}
    stage.hub.welcome()
    head, payload = stage.hub.arrived[0]
    assert (head["seq"], payload) == (4, numbers(4, 10))


async def test_after_wait_it_rests_and_begins_again_where_the_hub_is(stage):
    stage.store.add("logs", numbers(0, 10), 1)
    stage.hub.welcome()
    stage.hub.arrived.clear()
    now = asyncio.get_running_loop().time()
    stage.hub.handlers["wait"]({"t": "wait", "epoch": stage.epoch(), "retry": 5}, b"")
    stage.now = now
    await stage.tick(4)
    assert stage.hub.arrived == []
    await stage.tick(2)
    assert [payload for _, payload in stage.hub.arrived] == [numbers(0, 10)]


async def test_thinned_lines_are_announced_in_their_place(stage):
    for number in range(5):
        stage.store.add("metrics", b"%d\n" % number, number * 10)
        stage.store.flush()
    stage.store.thin("metrics", [(1, 2)], "thinned", 4, 0)
    stage.hub.welcome()
    await stage.deliver()
    assert stage.hub.lines(stage.epoch("metrics")) == [b"0", "thinned", "thinned", b"3", b"4"]
    (skip,) = [head for head in stage.hub.said if head["t"] == "skip"]
    assert (skip["since"], skip["until"], skip["seq"], skip["to"]) == (10, 20, 1, 2)


NONSENSE = [
    {},
    {"epoch": None, "seq": 0, "retry": 1},
    {"epoch": ["x"], "seq": 0, "retry": 1},
    {"seq": "1", "retry": "1"},
    {"seq": True, "retry": True},
    {"seq": -2, "retry": float("nan")},
    {"seq": 10**30, "retry": 10**400},
    {"seq": 2.0, "retry": -5},
]


@pytest.mark.parametrize("kind", ["ack", "wait"])
@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_nonsense_changes_nothing_that_lasts(stage, kind, nonsense):
    stage.store.add("logs", numbers(0, 10), 1)
    stage.hub.welcome()
    stage.hub.handlers[kind]({"epoch": stage.epoch(), **nonsense}, b"")
    stage.hub.close()
    stage.hub.welcome()
    await stage.deliver()
    assert stage.hub.lines(stage.epoch()) == numbers(0, 10).split()


async def test_without_a_hub_metrics_wait_for_each_other_and_logs_do_not(stage):
    await stage.tick()
    stage.store.add("metrics", b"x\n", 1)
    await stage.tick()
    assert stage.store.waits("metrics")
    await stage.tick(10)
    assert not stage.store.waits("metrics")
    stage.store.add("metrics", b"x\n", 1)
    stage.store.add("logs", b"x\n", 1)
    await stage.tick()
    assert not stage.store.waits()


async def wait_until_written(store):
    while store.waits():  # noqa: ASYNC110 - the store tells nobody
        await asyncio.sleep(0.01)


async def test_it_runs_by_itself_and_wakes_when_much_waits(stage):
    running = asyncio.create_task(stage.streams.run())
    stage.hub.welcome()
    await asyncio.sleep(0)
    await asyncio.to_thread(stage.store.add, "logs", (b"x" * 999 + b"\n") * 1500, 1)
    await asyncio.wait_for(wait_until_written(stage.store), 0.9)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


@pytest.mark.slow
async def test_what_is_too_old_is_thinned_while_the_hub_is_away(tmp_path):
    stage = Stage(tmp_path, limits=Limits(days=1))
    for number in range(60):
        stage.store.add("metrics", b"%d\n" % number, NOW - 2 * DAY + number * 10_000_000)
        stage.store.flush()
    await stage.tick(100)
    stage.hub.welcome()
    await stage.deliver()
    lines = stage.hub.lines(stage.epoch("metrics"))
    assert len(lines) == 60
    assert lines.count("thinned") == pytest.approx(50, abs=2)
    stage.store.close()


@pytest.mark.slow
async def test_a_journal_over_its_size_comes_back_under_it(tmp_path):
    stage = Stage(tmp_path, limits=Limits(bytes=1 << 20))
    for number in range(100):
        stage.store.add("logs", os.urandom(15_000).hex().encode() + b"\n", NOW + number)
        stage.store.flush()
    await stage.tick(100)
    held = stage.store.statistics()["streams"]
    assert held["logs"]["bytes"] + held["metrics"]["bytes"] <= 1 << 20
    stage.hub.welcome()
    await stage.deliver()
    lines = stage.hub.lines(stage.epoch())
    assert len(lines) == 100
    assert "dropped" in lines
    stage.store.close()


DO = st.sampled_from(["add", "add", "tick", "commit", "commit one", "drop", "connect", "wait", "restart", "thin"])


@pytest.mark.slow
@settings(max_examples=80)
@given(steps=st.lists(st.tuples(DO, st.integers(1, 30)), max_size=60))
async def test_nothing_is_lost_or_doubled_whatever_happens(tmp_path_factory, steps):
    stage, added = Stage(tmp_path_factory.mktemp("journal")), 0
    for step, number in steps:
        if step == "add":
            stage.store.add("logs", numbers(added, added + number), added)
            added += number
        await take(stage, step, number)
    stage.hub.close()
    stage.hub.welcome()
    await stage.deliver()
    kept = stage.hub.lines(stage.epoch())
    assert len(kept) == added
    assert all(line in (b"%d" % number, "thinned") for number, line in enumerate(kept))
    stage.store.close()


async def take(stage, step, number):
    hub = stage.hub
    if step == "tick":
        await stage.tick(number)
    elif step.startswith("commit"):
        hub.commit(1 if step == "commit one" else 1 << 30)
    elif step == "drop" and hub.connected:
        hub.close()
    elif step == "connect" and not hub.connected:
        hub.welcome()
    elif step == "wait" and hub.connected:
        hub.arrived.clear()
        hub.handlers["wait"]({"t": "wait", "epoch": stage.epoch(), "retry": 1}, b"")
    elif step == "restart":
        hub.close()
        stage.store.close()
        stage.start()
    elif step == "thin" and (rows := stage.store.outline("logs", 0, 1000)):
        row = rows[number % len(rows)]
        stage.store.thin("logs", [(row.first, row.last)], "thinned", 0, 0)
