"""The door of agents over real sockets: who is let in, and for how long."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.agents import FakeAgent, JoinToken, about
from tests.support.ask import ask
from tests.support.fleet import act, member, node, presence, token, until_it_is, url

pytestmark = pytest.mark.slow


async def test_a_machine_joins_and_is_there(hub):
    agent = FakeAgent(url(hub), about=about(host="pi-11"))
    said = await agent.join(await token(hub, tags={"room": "lab"}), "pi-11")
    assert (said["t"], said["name"], said["beat"]) == ("welcome", "pi-11", 5)
    shown = await node(hub, "pi-11")
    assert (shown["presence"], shown["kind"], shown["state"]) == ("up", "machine", "adopted")
    assert (shown["tags"], shown["os"], shown["agent"]) == ({"room": "lab"}, "linux", "0.1.0")
    assert shown["code"] == said["code"] and shown["allows"]["run"] is True
    before = hub.clock()
    assert before <= (await agent.beat())["time"] <= hub.clock()
    await agent.bye()
    await until_it_is(hub, "pi-11", "off")
    assert (await node(hub, "pi-11"))["why"] == "stopped"


async def test_what_is_cut_is_down_at_once_and_comes_back_by_its_key(hub):
    agent = await member(hub)
    agent.cut()
    async with asyncio.timeout(1):
        await until_it_is(hub, "pi-11", "down")
    assert (await agent.auth())["t"] == "welcome"
    assert presence(hub, "pi-11") == "up"
    await agent.close()


async def test_who_is_silent_is_late_then_down_then_closed(hub):
    agent = await member(hub)
    (link,) = hub.edges["agents"]._links.values()
    known = hub.fleet.presence._connected
    for silent, state in ((10, "up"), (11, "late"), (13, "down")):
        known[link.node] = hub.clock() - silent * 1_000_000 + 500_000
        hub.fleet.presence.sweep()
        assert presence(hub, "pi-11") == state
    link.heard_at -= 16
    await agent.closed()
    assert hub.edges["agents"].statistics()["silent"] == 1


async def test_a_person_accepts_a_machine_and_its_connection_goes_on(hub):
    agent = FakeAgent(url(hub), about=about(host="pi-11"))
    said = await agent.join(await token(hub, accept=False), "pi-11")
    assert (said["t"], said["name"]) == ("pending", "pi-11")
    shown = await node(hub, "pi-11")
    assert (shown["presence"], shown["code"], shown["why"]) == ("pending", said["code"], said["why"])
    assert "wacket node approve pi-11" in said["why"]
    await agent.report_again("influx", 0, "cpu percent=1 1795262400000000000")  # nothing of it is taken
    await agent.beat()
    await act(hub, "PATCH", "/api/v1/nodes/pi-11", state="adopted")
    assert (await agent.let_in())["t"] == "welcome"
    assert await agent.streams() == {"influx": -1, "ndjson": -1}
    assert (await ask(hub, "/api/v1/series", node="pi-11"))["series"] == []
    await agent.close()


async def test_a_retired_machine_is_sent_away_at_once_and_not_let_in_again(hub):
    agent = await member(hub)
    await act(hub, "PATCH", "/api/v1/nodes/pi-11", state="retired")
    assert (await agent.hear("error")).message["code"] == "retired"
    await agent.closed()
    assert (await agent.auth())["code"] == "retired"
    await act(hub, "PATCH", "/api/v1/nodes/pi-11", state="adopted")
    assert (await agent.auth())["t"] == "welcome"
    await agent.close()


async def test_the_newer_connection_of_a_machine_takes_the_place_of_the_older(hub):
    older = await member(hub)
    newer = FakeAgent(older.url, older.key, older.about)
    assert (await newer.auth())["t"] == "welcome"
    assert (await older.hear("error")).message["code"] == "replaced"
    await older.closed()
    assert presence(hub, "pi-11") == "up"
    assert (await newer.beat())["t"] == "beat"
    await newer.close()


async def test_a_machine_that_was_started_again_need_not_wait_for_its_dead_connection(hub):
    before = await member(hub)
    assert before.socket is not None
    before.socket.transport.pause_reading()  # as if it had no power: nobody answers the ping
    after = FakeAgent(before.url, before.key, before.about | {"boot": "another"})
    assert (await after.auth())["t"] == "welcome"
    before.cut()
    await after.close()


async def test_a_copied_card_is_named_and_can_become_a_node_of_its_own(hub):
    first = await member(hub, "pi-11", machine_id="same")
    reading = asyncio.create_task(first.hear("never", seconds=60))  # and so it answers pings
    copy = FakeAgent(first.url, first.key, about(host="pi-12", machine_id="same"))
    said = await copy.auth()
    assert (said["code"], "pi-11" in said["reason"]) == ("clone", True)
    assert presence(hub, "pi-11") == "up"
    seen = (await node(hub, "pi-11"))["machine"]["copy_seen"]
    assert (seen["host"], seen["peer"]) == ("pi-12", "127.0.0.1")
    await act(hub, "POST", "/api/v1/nodes/pi-11/split")
    rekey = (await copy.hear("rekey")).message
    await copy.close()
    anew = FakeAgent(first.url, about=copy.about)
    await anew.hello()
    proof = anew.proof_of_token(JoinToken(rekey["token"], bytes.fromhex(rekey["secret"]), ""))
    await anew.send({"t": "join", **anew.proof_of_key(), **proof, "name": "pi-12"})
    assert (await anew.let_in())["name"] == "pi-12"
    assert (await node(hub, "pi-11"))["machine"]["copy_seen"] is None
    reading.cancel()
    await anew.close()
    await first.close()


async def test_a_machine_that_was_installed_anew_can_go_on_as_the_node_it_was(hub):
    before = await member(hub, "pi-11", machine_id="same")
    first = await node(hub, "pi-11")
    await before.close()
    anew = FakeAgent(before.url, about=about(host="pi-11", machine_id="same"))
    said = await anew.join(await token(hub), "pi-11")
    assert (said["t"], said["name"]) == ("pending", "pi-11-2"), "the same machine with a new key waits for a person"
    assert "wacket node replace pi-11 pi-11-2" in said["why"]
    now = await act(hub, "POST", "/api/v1/nodes/pi-11/replace", by="pi-11-2")
    assert (now["id"], now["name"], now["code"]) == (first["id"], "pi-11", said["code"])
    gone = (await anew.hear("error")).message
    assert (gone["code"], gone["retry"]) == ("replaced", 1)
    await anew.closed()
    assert (await anew.auth())["name"] == "pi-11"
    assert (await before.auth())["code"] == "unknown"
    assert presence(hub, "pi-11-2") == "retired"
    await anew.close()


async def test_what_the_machine_allows_is_shown_as_soon_as_it_changes(hub):
    agent = await member(hub)
    with hub.bus.subscribe("nodes") as told:
        await agent.send({"t": "about", "about": agent.about | {"allows": {"metrics": True}}})
        await agent.beat()
        assert [row.name for row in told._waiting] == ["pi-11"]
    assert {name for name, yes in (await node(hub, "pi-11"))["allows"].items() if yes} == {"metrics"}
    await agent.close()


async def test_all_are_known_again_after_a_restart_of_the_hub(start_hub):
    async with start_hub() as hub:
        agent = await member(hub)
        fingerprint, port = hub.fleet.key.fingerprint.hex(), hub.addresses["http"]
        listening = asyncio.create_task(agent.hear("bye"))
        await asyncio.sleep(0)
    assert (await listening).message["retry"] >= 1
    async with start_hub(**{"doors.http": port}) as hub:
        shown = await node(hub, "pi-11")
        assert (shown["presence"], shown["why"]) == ("down", "not heard of since the hub started")
        agent.fingerprint = fingerprint
        assert (await agent.auth())["t"] == "welcome"
        await agent.close()
