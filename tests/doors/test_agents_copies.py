"""Two connections with one key: another machine, another agent of this one, or its owner at the command line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.support.agents import FakeAgent, about
from tests.support.fleet import act, member, node, presence, token

pytestmark = pytest.mark.slow
ESCAPES = "\x1b[2Jpi\x07\u202e"


@asynccontextmanager
async def answering(agent: FakeAgent) -> AsyncIterator[None]:
    """It reads, and so answers pings."""
    reading = asyncio.create_task(agent.hear("never", seconds=60))
    yield
    reading.cancel()
    await asyncio.wait([reading])


async def test_an_owner_who_joins_again_takes_no_place(hub):
    agent = await member(hub)
    async with answering(agent):
        visitor = FakeAgent(agent.url, agent.key, agent.about | {"instance": "the command line"})
        assert (await visitor.join(await token(hub), visit=True))["name"] == "pi-11"
        await visitor.bye()
    assert presence(hub, "pi-11") == "up"
    assert (await agent.beat())["t"] == "beat"
    await agent.close()


async def test_a_visitor_is_greeted_and_nothing_is_taken_of_it(hub):
    visitor = FakeAgent(f"ws://{hub.addresses['http']}", about=about(host="pi-11"))
    assert (await visitor.join(await token(hub), visit=True))["t"] == "welcome"
    await visitor.report_again("influx", 0, "cpu percent=1 1795262400000000000")
    await visitor.beat()
    assert presence(hub, "pi-11") == "down"
    assert (await node(hub, "pi-11"))["why"] == "it has never been heard"
    await visitor.bye()
    assert (await visitor.auth())["t"] == "welcome"
    await visitor.close()


async def test_a_visitor_from_a_copied_card_is_told_so(hub):
    agent = await member(hub)
    async with answering(agent):
        copy = FakeAgent(agent.url, agent.key, agent.about | {"boot": "of another machine"})
        assert (await copy.join(await token(hub), visit=True))["code"] == "clone"
    await copy.close()
    await agent.close()


async def test_two_containers_of_one_machine_with_one_key_do_not_push_each_other_out(hub):
    agent = await member(hub)
    async with answering(agent):
        other = FakeAgent(agent.url, agent.key, agent.about | {"instance": "another", "host": "pi-12"})
        assert (await other.auth())["code"] == "clone"
    assert presence(hub, "pi-11") == "up"
    await other.close()
    await agent.close()


async def test_many_copies_that_come_at_once_are_all_found_out(hub):
    agent = await member(hub)
    copies = [FakeAgent(agent.url, agent.key, about(host=f"pi-{number}")) for number in range(3)]
    async with answering(agent):
        said = await asyncio.gather(*(copy.auth() for copy in copies))
    assert [verdict.get("code") for verdict in said] == ["clone"] * 3
    for one in (*copies, agent):
        await one.close()


async def test_what_a_copy_says_of_itself_is_not_taken_for_its_original(hub):
    agent = await member(hub)
    allows = {"metrics": True, "run": False}
    async with answering(agent):
        copy = FakeAgent(agent.url, agent.key, about(host=ESCAPES, allows=allows))
        assert (await copy.auth())["code"] == "clone"
    shown = await node(hub, "pi-11")
    assert (shown["machine"]["host"], shown["allows"]["run"]) == ("pi-11", True)
    assert shown["machine"]["copy_seen"]["host"].isprintable()
    await copy.close()
    await agent.close()


async def test_its_last_words_cannot_steer_a_terminal(hub):
    agent = await member(hub)
    await agent.send({"t": "bye", "why": ESCAPES})
    await agent.closed()
    why = (await node(hub, "pi-11"))["why"]
    assert why.startswith("�[2Jpi") and why.isprintable()


async def test_splitting_twice_at_once_is_no_mistake(hub):
    agent = await member(hub)
    async with answering(agent):
        copy = FakeAgent(agent.url, agent.key, about(host="pi-12"))
        await copy.auth()
        both = await asyncio.gather(*(act(hub, "POST", "/api/v1/nodes/pi-11/split") for _ in range(2)))
    assert [told["host"] for told in both] == ["pi-12"] * 2
    await copy.close()
    await agent.close()


async def test_an_old_machine_is_sent_away_when_a_new_one_goes_on_as_its_node(hub):
    old = await member(hub, "pi-11", machine_id="same")
    new = FakeAgent(old.url, about=about(host="pi-11", machine_id="same"))
    await new.join(await token(hub), "pi-11")
    await act(hub, "POST", "/api/v1/nodes/pi-11/replace", by="pi-11-2")
    assert (await old.hear("error")).message["code"] == "unknown"
    await new.closed()
    assert (await new.auth())["name"] == "pi-11"
    assert presence(hub, "pi-11") == "up"
    await old.close()
    await new.close()


async def test_who_has_joined_is_let_in_whatever_its_token_is_by_now(hub):
    agent = await member(hub)
    await agent.close()
    wrong = {"token": 999, "proof": "00" * 32}
    await agent.hello()
    await agent.send({"t": "join", **agent.proof_of_key(), **wrong, "name": "pi-11"})
    assert (await agent.let_in())["t"] == "welcome"
    await agent.close()
