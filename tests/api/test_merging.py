"""A node that was made by mistake becomes part of the one that it is: nothing lost, nothing twice, whatever happens."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.agents import FakeAgent
from tests.support.ask import ask, bodies
from tests.support.fleet import act, member, node, token, until_it_is
from tests.support.lines import board

pytestmark = pytest.mark.slow
NOON = 1_795_262_400_000_000


async def merge(hub, name, into):
    return await act(hub, "POST", f"/api/v1/nodes/{name}/merge", into=into)


async def values(hub, name):
    """The values of every series of a node, by name and labels."""
    found = {}
    for one in (await ask(hub, "/api/v1/series", node=name))["series"]:
        answer = await ask(hub, "/api/v1/series/values", id=one["id"], step="raw", since="100d", until="2027-01-01")
        key = (one["name"], *one["labels"].values())
        found[key] = [value for _, value in answer["series"][0]["points"]]
    return found


async def say(hub, name, *lines):
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello ack=yes format=auto node=%s" % name.encode(), *lines)
        await sender.answers_until(f"ok {len(lines)}")


async def until_it_has(hub, series):
    """The last row of the overview."""
    with hub.bus.subscribe("fleet") as moved:
        async with asyncio.timeout(20):
            while (await ask(hub, "/api/v1/fleet"))["nodes"][-1]["series"] != series:
                await anext(aiter(moved))


async def as_it_should_be(hub):
    assert await bodies(hub, node="old") == ["old says", "new says"]
    assert await values(hub, "old") == {("temp",): [1.0], ("temp", "new"): [2.0], ("hum",): [40.0]}
    assert [one["name"] for one in (await ask(hub, "/api/v1/nodes"))["nodes"]] == ["hub", "old"]
    sql = {"sql": "select distinct node from logs union all select count(*)::text from nodes"}
    assert (await act(hub, "POST", "/api/v1/sql", **sql))["rows"] == [["old"], ["2"]]


async def test_the_past_of_both_is_under_one_name_also_after_a_new_start(start_hub):
    async with start_hub() as hub:
        await say(hub, "old", b"temp:1", b"old says")
        await say(hub, "new", b"temp:2", b"hum:40", b"new says")
        hub.history.seal()  # rows that keep the id they were written with for ever
        assert (await merge(hub, "new", "old"))["name"] == "old"
        await as_it_should_be(hub)
        await until_it_has(hub, series=3)
        assert [row["name"] for row in (await ask(hub, "/api/v1/fleet"))["nodes"]] == ["hub", "old"]
        (done,) = [one for one in (await ask(hub, "/api/v1/audit"))["acts"] if one["act"] == "node.merge"]
        assert (done["subject"], done["details"]) == ("new", {"into": "old", "series": 2})
    async with start_hub() as hub:
        await as_it_should_be(hub)
        await say(hub, "new", b"hum:41")  # what speaks as the one that is gone is the other
        assert (await values(hub, "old"))["hum",] == [40.0, 41.0]


async def test_a_board_that_speaks_meanwhile_loses_nothing(hub):
    await say(hub, "old", b"x:0")
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello ack=yes format=plotter node=new epoch=e", b"n:0", b"n:1")
        await sender.answers_until("ok 2")
        await sender.say(b"n:2")
        await merge(hub, "new", "old")
        await sender.say(b"n:3")
        await sender.answers_until("ok 4")
    async with board(hub.addresses["tcp"]) as sender:  # it has not heard the last answer, and sends those again
        await sender.say(b"hello ack=yes format=plotter node=new epoch=e seq=2", b"n:2", b"n:3", b"n:4")
        await sender.answers_until("ok 3")
    assert await values(hub, "old") == {("x",): [0.0], ("n",): [0.0, 1.0, 2.0, 3.0, 4.0]}


async def test_a_hub_that_dies_right_after_has_done_it_all(start_hub, monkeypatch):
    async with start_hub() as hub:
        await say(hub, "old", b"temp:1", b"old says")
        await say(hub, "new", b"temp:2", b"hum:40", b"new says")
        found = hub.catalogue.node_named
        rows = found("new"), found("old")

        def die(_):
            raise KeyboardInterrupt

        monkeypatch.setattr(hub.catalogue, "merge", die)
        with pytest.raises(KeyboardInterrupt):
            await hub.fleet.merging.merge(*rows, lambda connection, merged: None)
    async with start_hub() as hub:
        await as_it_should_be(hub)


async def test_a_machine_goes_on_as_the_node_that_it_was(hub):
    before = await member(hub, "pi-11")
    await before.streams()
    await before.acked("ndjson", await before.report("ndjson", line("first life")))
    await before.close()
    await until_it_is(hub, "pi-11", "down")
    agent = await member(hub, "pi-12")
    await agent.streams()
    await agent.acked("ndjson", await agent.report("ndjson", line("second life")))

    await merge(hub, "pi-12", "pi-11")
    assert (await agent.hear("error")).message["code"] == "replaced"
    assert (await agent.auth())["name"] == "pi-11"
    assert (await agent.streams())["ndjson"] == 0  # what it has sent as the other is known
    await agent.report_again("ndjson", 0, line("second life"), line("and on"))
    await agent.acked("ndjson", 1)
    assert await bodies(hub, node="pi-11") == ["first life", "second life", "and on"]
    shown = await node(hub, "pi-11")
    assert (shown["presence"], shown["machine"]["host"]) == ("up", "pi-12")
    assert (await ask(hub, "/api/v1/nodes/pi-11/completeness"))["complete"]
    assert [one["name"] for one in (await ask(hub, "/api/v1/nodes"))["nodes"]] == ["hub", "pi-11"]
    assert (await before.auth())["code"] == "unknown"
    await agent.close()


async def test_the_key_that_is_worth_nothing_any_more_may_join_anew(hub):
    before = await member(hub, "pi-11")
    await before.close()
    await until_it_is(hub, "pi-11", "down")
    agent = await member(hub, "pi-12")
    await merge(hub, "pi-12", "pi-11")
    again = FakeAgent(before.url, key=before.key, about=before.about)
    assert (await again.join(await token(hub), "pi-11"))["name"] == "pi-11-2"
    await again.close()
    await agent.close()


async def test_two_machines_that_are_both_here_are_two(hub):
    agents = [await member(hub, name) for name in ("pi-11", "pi-12")]
    for name, into, why in (
        ("pi-12", "pi-11", "they are two machines"),
        ("pi-12", "pi-12", "into itself"),
        ("pi-12", "hub", "the hub itself"),
        ("pi-12", "pi-13", "no node named"),
    ):
        with pytest.raises(AssertionError, match=why):
            await merge(hub, name, into)
    assert (await node(hub, "pi-12"))["presence"] == "up"
    for agent in agents:
        await agent.close()


def line(text):
    return f'{{"time": {NOON}, "message": "{text}"}}'
