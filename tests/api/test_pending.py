"""Who waits for a person's word: seen at once, with what they say; let in or refused, alone or many together."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from tests.support.agents import FakeAgent, about
from tests.support.ask import ask, bodies
from tests.support.fleet import act, token, url
from tests.support.lines import Board

pytestmark = pytest.mark.slow


@pytest.fixture
async def speak(hub):
    """A device that speaks from an address of its own; `speak("127.0.0.2", b"temp:1")`."""
    host, _, port = hub.addresses["tcp"].rpartition(":")
    async with AsyncExitStack() as stack:

        async def begin(address, *lines, hello=b"hello ack=yes format=plotter"):
            reader, writer = await asyncio.open_connection(host, int(port), local_addr=(address, 0))
            stack.callback(writer.close)
            board = Board(reader, writer)
            await board.say(*([hello] if hello else []), *lines)
            if hello:
                await board.answers_until(f"ok {len(lines)}")
            return board

        yield begin


@pytest.fixture
async def machine(hub):
    """A machine that has joined and waits."""
    async with AsyncExitStack() as stack:

        async def join(name, **more):
            agent = FakeAgent(url(hub), about=about(host=name))
            stack.push_async_callback(agent.close)
            said = await agent.join(await token(hub, accept=False, **more), name)
            assert said["t"] == "pending", said
            return agent

        yield join


async def pending(hub):
    return await ask(hub, "/api/v1/pending")


async def decide(hub, word, **choice):
    done = await act(hub, "POST", f"/api/v1/pending/{word}", **choice)
    return {one["name"]: one["why"] if not one["ok"] else True for one in done["results"]}


async def states(hub):
    return {node["name"]: node["state"] for node in (await ask(hub, "/api/v1/nodes"))["nodes"]}


async def test_a_device_is_there_with_its_first_line(hub, speak):
    with hub.bus.subscribe("nodes") as told:
        await speak("127.0.0.2", b"greenhouse_temp:21.4,door:1")
        async with asyncio.timeout(10):
            assert (await anext(aiter(told))).name == "127.0.0.2"
    found = await pending(hub)
    (device,) = found["devices"]
    assert found["machines"] == [] and found["more"] == 0
    assert (device["name"], device["peer"], device["lines"]) == ("127.0.0.2", "127.0.0.2", 1)
    assert device["sample"] == ["greenhouse_temp:21.4,door:1"]
    values = {one["name"]: (one["value"], one["unit"]) for one in device["series"]}
    assert values == {"greenhouse_temp": (21.4, ""), "door": (1.0, "")}
    assert device["guess"] == {"units": {"greenhouse_temp": "°C"}}


async def test_without_acknowledgements_too_and_with_text_as_text(hub, speak):
    with hub.bus.subscribe("batches") as batches:
        await speak("127.0.0.2", b"<b>hot\x1b[2J</b>", hello=b"")
        async with asyncio.timeout(10):
            await anext(aiter(batches))
    (device,) = (await pending(hub))["devices"]
    assert device["sample"] == ["<b>hot�[2J</b>"]
    assert (device["series"], device["guess"]) == ([], {"units": {}})


async def test_a_device_that_spoke_before_the_hub_was_started_anew_is_still_there(start_hub):
    async with start_hub() as hub:
        await act_plotter(hub)
    async with start_hub() as hub:
        (device,) = (await pending(hub))["devices"]
        assert (device["lines"], device["sample"]) == (0, [])
        assert [(one["name"], one["value"]) for one in device["series"]] == [("temp", 21.4)]


async def act_plotter(hub):
    host, _, port = hub.addresses["tcp"].rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    board = Board(reader, writer)
    await board.say(b"hello ack=yes format=plotter", b"temp:21.4")
    await board.answers_until("ok 1")
    writer.close()


async def test_adopted_under_a_new_name_while_it_speaks_it_loses_no_line(hub, speak):
    device = await speak("127.0.0.2", b"n:0")
    sent = 200

    async def go_on():
        for number in range(1, sent):
            await device.say(b"n:%d" % number)
            await asyncio.sleep(0)
        await device.answers_until(f"ok {sent}")

    speaking = asyncio.create_task(go_on())
    made = await act(hub, "PATCH", "/api/v1/nodes/127.0.0.2", state="adopted", name="greenhouse")
    await speaking
    assert (made["name"], made["state"]) == ("greenhouse", "adopted")
    (series,) = (await ask(hub, "/api/v1/series", node="greenhouse"))["series"]
    values = await ask(hub, "/api/v1/series/values", id=series["id"], step="raw", since="1h")
    assert [value for _, value in values["series"][0]["points"]] == list(range(sent))
    assert (await pending(hub))["devices"] == []
    assert "127.0.0.2" not in await states(hub)


async def test_a_machine_shows_its_code_and_where_it_comes_from(hub, machine):
    await machine("pi-11", tags={"demo": ""})
    (waiting,) = (await pending(hub))["machines"]
    shown = {name: waiting[name] for name in ("name", "host", "os", "peer", "tags", "token")}
    assert shown == {
        "name": "pi-11",
        "host": "pi-11",
        "os": "linux",
        "peer": "127.0.0.1",
        "tags": {"demo": ""},
        "token": 1,
    }
    assert waiting["code"] == (await ask(hub, "/api/v1/nodes/pi-11"))["code"] != ""


async def test_those_that_have_something_in_common_are_let_in_together(hub, speak, machine):
    agent = await machine("pi-11")
    for address in ("127.0.0.2", "127.0.0.3", "127.0.1.2"):
        await speak(address, b"t:1")
    assert await decide(hub, "accept", all=True, same={"subnet": "127.0.0.0/29", "since": "1h", "kind": "device"}) == {
        "127.0.0.2": True,
        "127.0.0.3": True,
    }
    assert await decide(hub, "accept", all=True, same={"since": "2099-01-01T00:00:00Z"}) == {}
    assert await decide(hub, "accept", all=True, same={"token": 1}) == {"pi-11": True}
    assert (await agent.hear("welcome")).message["name"] == "pi-11"
    assert await states(hub) == {
        "hub": "adopted",
        "pi-11": "adopted",
        "127.0.0.2": "adopted",
        "127.0.0.3": "adopted",
        "127.0.1.2": "pending",
    }
    acts = (await ask(hub, "/api/v1/audit", limit=3))["acts"]
    assert {(one["act"], one["subject"]) for one in acts} == {
        ("node.change", name) for name in ("127.0.0.2", "127.0.0.3", "pi-11")
    }


async def test_who_is_refused_is_heard_no_more_until_somebody_adopts_it(hub, speak):
    device = await speak("127.0.0.2", b"t:1")
    assert await decide(hub, "refuse", names=["127.0.0.2", "nobody"]) == {
        "127.0.0.2": True,
        "nobody": "no node named 'nobody'",
    }
    await device.say(b"t:2")
    assert "retired" in await device.answer()
    assert await decide(hub, "accept", names=["127.0.0.2"]) == {"127.0.0.2": "it does not wait any more: it is retired"}
    await act(hub, "PATCH", "/api/v1/nodes/127.0.0.2", state="adopted")
    await speak("127.0.0.2", b"t:3")
    assert await bodies(hub, node="127.0.0.2") == []  # only numbers came
    assert (await ask(hub, "/api/v1/series", node="127.0.0.2"))["series"][0]["value"] == 3.0


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"names": ["x"], "all": True},
        {"names": ["x"], "same": {"subnet": "10.0.0.0/8"}},
        {"all": True, "same": {"subnet": "the lab"}},
        {"all": True, "same": {"since": "soon"}},
    ],
)
async def test_it_must_be_clear_who_is_meant(hub, speak, choice):
    await speak("127.0.0.2", b"t:1")
    with pytest.raises(AssertionError, match="400"):
        await decide(hub, "accept", **choice)
    assert (await states(hub))["127.0.0.2"] == "pending"


async def test_a_retired_machine_comes_back_when_it_is_adopted_again(hub, machine):
    agent = await machine("pi-11")
    await act(hub, "POST", "/api/v1/pending/accept", names=["pi-11"])
    await agent.hear("welcome")
    await act(hub, "POST", "/api/v1/nodes/bulk", names=["pi-11"], state="retired")
    gone = (await agent.hear("error")).message
    assert (gone["code"], gone["retry"]) == ("retired", 10)  # it comes again by itself, soon
    assert (await agent.auth())["retry"] == 60
    await act(hub, "POST", "/api/v1/nodes/bulk", names=["pi-11"], state="adopted")
    assert (await agent.auth())["t"] == "welcome"
    assert (await ask(hub, "/api/v1/nodes/pi-11"))["presence"] == "up"
