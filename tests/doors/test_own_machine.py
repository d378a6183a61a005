"""The hub's own machine is node one: it tells of itself without an agent, and leaves it to one where there is one."""

from __future__ import annotations

import asyncio
import re

import pytest
from tests.support.agents import FakeAgent, about
from tests.support.ask import ask
from tests.support.fleet import act, node, token, url

from wacket.doors.own_machine import OwnMachine
from wacket.errors import Unavailable
from wacket.ledger.nodes import HUB

pytestmark = pytest.mark.slow
ON = {"hub.own_machine": True}


async def until_told(hub, *names):
    """The series of the hub's node by name, when these are among them."""
    with hub.bus.subscribe("batches") as batches:
        async with asyncio.timeout(30):
            while True:
                series = {row.name: row for row in hub.catalogue.of_nodes({HUB})}
                if set(names) <= set(series):
                    return series
                await anext(aiter(batches))


async def neighbour(hub, **more):
    """An agent that says it is on the hub's machine."""
    own = hub.fleet.presence.own.about
    agent = FakeAgent(url(hub), about=about(**{"machine": own["machine"], "boot": own["boot"]} | more))
    await agent.join(await token(hub))
    return agent


async def test_the_hub_tells_of_its_own_machine_as_an_agent_would(start_hub):
    async with start_hub(**ON) as hub:
        series = await until_told(hub, "cpu.percent", "memory.used_percent", "disk.used_percent", "load.1m")
        assert (series["memory.used_percent"].unit, series["disk.free_bytes"].unit) == ("%", "B")
        values = (await ask(hub, "/api/v1/series", node="hub", limit="1000"))["series"]
        assert {row["node"] for row in values} == {"hub"}
        used = next(row for row in values if row["name"] == "memory.used_percent")
        assert 0 < used["value"] < 100
        logs = (await ask(hub, "/api/v1/logs", node="hub"))["logs"]
        assert any(row["source"] == "system" for row in logs)


async def test_what_node_one_is_can_be_seen_and_nothing_can_be_run_on_it(start_hub):
    async with start_hub(**ON) as hub:
        await until_told(hub, "load.1m")
        shown = await node(hub, "hub")
        assert (shown["kind"], shown["presence"], shown["why"], shown["agent"]) == ("machine", "up", "", "")
        assert shown["os"] in ("linux", "macos", "windows") and shown["machine"]["host"] and shown["machine"]["arch"]
        assert re.fullmatch(r"3\.\d+\.\d+", shown["machine"]["python"])
        assert (shown["allows"], shown["machine"]["slots"]) == (None, 0)
        wish = {"target": "hub", "argv": ["true"], "dry_run": True}
        with pytest.raises(AssertionError, match="no agent runs on it"):
            await act(hub, "POST", "/api/v1/jobs", **wish)


async def test_node_one_keeps_its_series_under_a_new_name(start_hub):
    async with start_hub(**ON) as hub:
        before = await until_told(hub, "load.1m")
        await act(hub, "PATCH", "/api/v1/nodes/hub", name="server")
        after = {row.name: row for row in hub.catalogue.find(["server/*"])}
        assert after["load.1m"].id == before["load.1m"].id
    async with start_hub(**ON) as hub:
        await until_told(hub, "load.1m")
        assert hub.catalogue.node_named("hub") is None
        assert hub.catalogue.find(["server/load.1m"])[0].id == before["load.1m"].id


async def test_an_agent_on_the_same_machine_takes_over_and_gives_back(start_hub):
    async with start_hub(**ON) as hub:
        await until_told(hub, "load.1m")
        own = hub.edges["own_machine"]
        agent = await neighbour(hub)
        assert not any(own.allows)
        assert own.statistics()["stands_back_for"] == "pi-11"
        assert (await node(hub, "hub"))["why"] == "its machine is reported by the agent of pi-11"
        await hub.intake.drain()
        said = [row["body"] for row in (await ask(hub, "/api/v1/logs", node="hub", source="hub"))["logs"]]
        assert said == ["the hub's own machine is reported by the agent of pi-11 from now on"]

        await act(hub, "PATCH", "/api/v1/nodes/pi-11", state="retired")
        assert own.allows.metrics and own.allows.logs
        assert (await node(hub, "hub"))["why"] == ""
        await agent.close()


async def test_a_copied_card_and_a_machine_that_waits_take_over_nothing(start_hub):
    async with start_hub(**ON) as hub:
        await until_told(hub, "load.1m")
        own = hub.edges["own_machine"]
        copied = await neighbour(hub, boot="another")
        assert own.allows.metrics
        waiting = await neighbour(hub)  # the copied one has this machine's id, so a person must look at this one
        assert hub.catalogue.pending() == 1 and own.allows.metrics
        await copied.close()
        await waiting.close()


async def test_what_cannot_be_kept_is_counted_and_let_go(start_hub, monkeypatch):
    async with start_hub(**ON) as hub:
        await until_told(hub, "load.1m")
        own = hub.edges["own_machine"]

        def full(envelope, settle):
            raise Unavailable("no room")

        before = own.statistics()
        monkeypatch.setattr(hub.intake, "submit", full)
        own.add("metrics", b"load 1m=1\n", hub.clock())
        after = own.statistics()
        assert after["let_go"] == before["let_go"] + 1
        own._settled(Unavailable("the disk is full"))
        assert own.statistics()["let_go"] >= after["let_go"] + 1


async def test_turned_off_it_tells_nothing(start_hub):
    async with start_hub(**{"hub.own_machine": False}) as hub:
        assert "own_machine" not in hub.edges
        assert (await node(hub, "hub"))["machine"] is None


def test_its_periods_are_of_collectors_that_there_are():
    from wacket_agent import collectors

    periods = {name for name in OwnMachine.options["collect"] if name != "dropins"}
    assert periods <= set(collectors.known())
