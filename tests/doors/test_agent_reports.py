"""What agents report is stored once, whatever breaks, and what never comes is known."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.ask import ask, bodies
from tests.support.fleet import member, until_it_is

from wacket.errors import Unavailable
from wacket.ledger.gaps import Gap

MINUTE = 60_000_000
NOON, AT_NOON = 1_795_262_400_000_000, "2026-11-21T12:00:00Z"

pytestmark = pytest.mark.slow


def line(number):
    return f'{{"time": {NOON + number}, "message": "line {number}"}}'


def gaps(hub, node="pi-11"):
    return hub.fleet.completeness.of_node(hub.catalogue.node_named(node).id)


async def report(hub):
    said = await ask(hub, "/api/v1/nodes/pi-11/completeness")
    return said["complete"], [
        (gap["stream"], gap["kind"], gap["lines"], gap["came"] is not None) for gap in said["gaps"]
    ]


async def test_metrics_and_logs_arrive_with_their_own_times(hub):
    agent = await member(hub)
    assert await agent.streams() == {"influx": -1, "ndjson": -1}
    last = await agent.report("influx", f"cpu percent=12.5 {NOON}000", f"disk,mount=/ used_percent=41.2 {NOON}000")
    await agent.acked("influx", last)
    await agent.acked("ndjson", await agent.report("ndjson", line(1), line(2)))
    rows = (await ask(hub, "/api/v1/series", node="pi-11"))["series"]
    assert {(row["name"], row["at"]) for row in rows} == {("cpu.percent", AT_NOON), ("disk.used_percent", AT_NOON)}
    assert await bodies(hub, node="pi-11") == ["line 1", "line 2"]
    await agent.close()


async def test_what_is_sent_again_after_a_break_is_stored_once(hub):
    agent = await member(hub)
    await agent.streams()
    await agent.report("ndjson", line(0), line(1))
    agent.cut()  # before the ack is heard
    await agent.auth()
    have = (await agent.streams())["ndjson"]
    assert have in (-1, 1)
    await agent.report_again("ndjson", 0, line(0), line(1), line(2))
    agent.numbers["ndjson"] = 3
    await agent.acked("ndjson", 2)
    assert await bodies(hub, node="pi-11") == ["line 0", "line 1", "line 2"]
    await agent.close()


async def test_the_hub_that_is_full_says_when_to_send_again(hub, monkeypatch):
    agent = await member(hub)
    await agent.streams()

    def full(parcel):
        raise Unavailable("full", retry_after=7)

    with monkeypatch.context() as patch:
        patch.setattr(hub.intake.waiting, "put", full)
        await agent.report("ndjson", line(0))
        said = (await agent.hear("wait")).message
    assert (said["epoch"], said["retry"]) == (agent.epochs["ndjson"], 7)
    await agent.report_again("ndjson", 0, line(0))
    await agent.acked("ndjson", 0)
    assert await bodies(hub, node="pi-11") == ["line 0"]
    await agent.close()


async def test_a_disk_that_fails_costs_nothing(hub, monkeypatch):
    agent = await member(hub)
    await agent.streams()

    def broken(*_):
        raise Unavailable("the disk is full", retry_after=3)

    with monkeypatch.context() as patch:
        patch.setattr(hub.history, "append", broken)
        await agent.report("ndjson", line(0))
        assert (await agent.hear("wait")).message["retry"] == 3
    await agent.report_again("ndjson", 0, line(0))
    await agent.acked("ndjson", 0)
    assert await bodies(hub, node="pi-11") == ["line 0"]
    await agent.close()


async def test_lines_that_were_thinned_out_are_known_and_written_down(hub):
    agent = await member(hub)
    await agent.streams()
    epoch = agent.epochs["influx"]
    skip = {"t": "skip", "epoch": epoch, "seq": 0, "to": 999, "why": "thinned", "since": NOON, "until": NOON + MINUTE}
    await agent.send(skip)
    await agent.acked("influx", 999)
    await agent.send(skip)  # the answer was lost
    await agent.acked("influx", 999)
    await agent.send(skip | {"seq": 1000, "to": 1499, "since": NOON + MINUTE, "until": NOON + 2 * MINUTE})
    await agent.acked("influx", 1499)
    await agent.report_again("influx", 1500, f"cpu percent=1 {NOON}000")
    await agent.acked("influx", 1500)
    (gap,) = gaps(hub)
    times = NOON, NOON + 2 * MINUTE
    assert gap == Gap(agent.welcomed["node"], "metrics", "thinned", *times, 1500, epoch=epoch, last=1499)
    assert await report(hub) == (False, [("metrics", "thinned", 1500, False)])
    assert hub.intake.statistics()["forgone"] == 1500
    await agent.close()


async def test_a_skip_that_could_not_be_taken_counts_once(hub, monkeypatch):
    agent = await member(hub)
    await agent.streams()
    skip = {"t": "skip", "epoch": agent.epochs["influx"], "seq": 0, "to": 9, "why": "dropped", "since": 1, "until": 2}

    def full(parcel):
        raise Unavailable("full", retry_after=1)

    with monkeypatch.context() as patch:
        patch.setattr(hub.intake.waiting, "put", full)
        await agent.send(skip)
        await agent.hear("wait")
    await agent.send(skip)
    await agent.acked("influx", 9)
    assert await report(hub) == (False, [("metrics", "lost", 10, False)])
    await agent.close()


async def test_a_skip_survives_a_restart_of_the_hub(start_hub):
    async with start_hub() as hub:
        agent = await member(hub)
        await agent.streams()
        await agent.send({"t": "skip", "epoch": agent.epochs["influx"], "seq": 0, "to": 9, "since": 1, "until": 2})
        await agent.acked("influx", 9)
        await agent.close()
        port = hub.addresses["http"]
    async with start_hub(**{"doors.http": port}) as hub:
        await agent.auth()
        agent.numbers["influx"] = 10
        assert (await agent.streams())["influx"] == 9
        assert len(gaps(hub)) == 1
        await agent.close()


async def away(hub, agent, microseconds):
    """As if it had been gone for so long."""
    await agent.bye()
    await until_it_is(hub, "pi-11", "off")
    states, node = hub.fleet.presence._states, agent.welcomed["node"]
    states[node] = states[node]._replace(since=hub.clock() - microseconds)


async def test_an_absence_and_what_came_later(hub):
    agent = await member(hub)
    await agent.streams()
    await agent.acked("ndjson", await agent.report("ndjson", line(0)))
    await away(hub, agent, 60 * MINUTE)
    await agent.auth()
    said = {"epoch": agent.epochs["ndjson"], "first": 1, "last": 3, "since": NOON}
    await agent.send({"t": "streams", "streams": {"logs": said}})
    await agent.acked("ndjson", 0)
    assert await report(hub) == (False, [("logs", "away", 3, False)])
    await agent.report_again("ndjson", 1, line(1), line(2), line(3))
    await agent.acked("ndjson", 3)
    assert await report(hub) == (True, [("logs", "away", 3, True)])
    (gap,) = gaps(hub)
    assert 59 * MINUTE < (gap.until or 0) - gap.since < 61 * MINUTE
    await agent.close()


async def test_a_short_absence_is_not_written_down(hub):
    agent = await member(hub)
    await agent.streams()
    await away(hub, agent, MINUTE // 6)
    await agent.auth()
    await agent.streams()
    assert await report(hub) == (True, [])
    await agent.close()


async def test_a_machine_that_was_switched_off_measured_nothing(hub):
    agent = await member(hub)
    await agent.streams()
    await away(hub, agent, 60 * MINUTE)
    await agent.auth()
    await agent.streams()
    assert await report(hub) == (True, [("logs", "away", 0, False), ("metrics", "away", 0, False)])
    await agent.close()


async def test_a_journal_that_was_lost_is_a_loss(hub):
    agent = await member(hub)
    await away(hub, agent, 60 * MINUTE)
    await agent.auth()
    await agent.send({"t": "streams", "streams": {"logs": {"epoch": "old", "first": 0, "last": 9, "since": NOON}}})
    await agent.hear("ack")
    await agent.send_bytes({"t": "report", "epoch": "old", "seq": 0, "format": "ndjson"}, f"{line(0)}\n".encode())
    await agent.hear("ack")
    await agent.close()
    await agent.auth()
    await agent.send({"t": "streams", "streams": {"logs": {"epoch": "new", "first": 0, "last": -1, "since": 0}}})
    assert (await agent.hear("ack")).message == {"t": "ack", "epoch": "new", "seq": -1}
    assert await report(hub) == (False, [("logs", "lost", 9, False), ("logs", "away", 1, True)])
    await agent.close()


async def test_what_an_agent_no_longer_has_is_not_waited_for(hub):
    agent = await member(hub)
    said = {"epoch": "e", "first": 100, "last": 100, "since": NOON}
    await agent.send({"t": "streams", "streams": {"metrics": said, "unknown": said}})
    assert (await agent.hear("ack")).message["seq"] == 99
    assert await report(hub) == (False, [("metrics", "lost", 100, False)])
    await agent.close()


@pytest.mark.parametrize(
    ("form", "payload"), [("text", b"x\n"), ("influx", b"no line feed"), ("csv", b"a\n"), ("", b"x\n"), ("influx", b"")]
)
async def test_reports_are_whole_lines_of_two_formats(hub, form, payload):
    agent = await member(hub)
    await agent.send_bytes({"t": "report", "epoch": "e", "seq": 0, "format": form}, payload)
    assert (await agent.hear("error")).message["code"] == "malformed"
    await agent.closed()


async def test_a_line_that_is_none_is_kept_as_a_reject_and_acknowledged(hub):
    agent = await member(hub)
    await agent.streams()
    await agent.acked("influx", await agent.report("influx", "!!", f"cpu percent=1 {NOON}000"))
    assert len(await bodies(hub, node="pi-11", source="wacket.reject")) == 1
    await agent.close()


async def test_many_holes_end_the_connection(hub):
    agent = await member(hub)
    await agent.streams()
    for number in range(0, 600, 2):
        await agent.report_again("ndjson", number + 1, line(number))
    said = await asyncio.wait_for(agent.hear("error"), 20)
    assert (said.message["code"], "holes" in said.message["reason"]) == ("malformed", True)
    await agent.closed()
