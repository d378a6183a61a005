"""The link to the hub: opening, beats, breaks, and a hub that is not what it should be."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.agent.fakehub import PATIENCE, FakeHub, certificate
from tests.agent.link.linking import ABOUT, IDENTITY, Node, linked

from wacket_agent.link.keeping import Standing
from wacket_agent.protocol import Malformed, short_code
from wacket_agent.trust.opening import Joining

pytestmark = pytest.mark.slow
JOINING = Joining(7, bytes(range(16)), "pi-11")


@pytest.fixture
async def hub() -> AsyncIterator[FakeHub]:
    async with FakeHub().listening() as listening:
        yield listening


async def test_a_node_that_belongs_is_let_in_and_goes_with_a_word(hub: FakeHub, tmp_path: Path) -> None:
    async with linked(Node(hub, tmp_path)) as node:
        standing = await node.stands("connected")
        assert node.link.connected
        assert node.link.command_key == hub.command_key.public_key().public_bytes_raw()
    assert standing == Standing("connected", "", "pi-11", short_code(hub.public, IDENTITY.public.hex()))
    assert (await hub.hears("auth"))["about"] == ABOUT
    assert (await hub.hears("hi"))["cert"] == ""
    assert (await hub.hears("bye"))["why"] == "stopped"
    assert not node.link.connected


async def test_joining_proves_the_token_and_happens_once(hub: FakeHub, tmp_path: Path) -> None:
    async with linked(Node(hub, tmp_path, JOINING)) as node:
        said = await hub.hears("join")
        await node.stands("connected")
        await hub.sockets[-1].close()
        await hub.hears("auth")
    text = "\n".join(("wacket agent v1 join", hub.public, said["n2"], said["n1"], "", IDENTITY.public.hex()))
    key = hashlib.sha256(JOINING.secret).digest()
    assert said["proof"] == hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    assert (said["token"], said["name"]) == (7, "pi-11")


async def test_over_tls_the_certificate_that_was_shown_is_named(tmp_path: Path) -> None:
    tls, shown = certificate(tmp_path / "tls")
    async with FakeHub().listening(tls) as hub, linked(Node(hub, tmp_path)) as node:
        await node.stands("connected")
        assert (await hub.hears("hi"))["cert"] == shown


async def test_a_pending_node_is_let_in_on_the_same_connection(hub: FakeHub, tmp_path: Path) -> None:
    hub.verdict = lambda: {"t": "pending", "code": "", "name": "pi-11", "why": "nobody has accepted it yet"}
    async with linked(Node(hub, tmp_path, JOINING)) as node:
        standing = await node.stands("pending")
        assert standing.why == "nobody has accepted it yet"
        node.link.send({"t": "streams"})
        assert not node.link.connected
        await hub.say(hub.welcome())
        await node.stands("connected")
    assert len(hub.sockets) == 1
    assert "streams" not in [one["t"] for one in hub.said]


def wrong_signature(hello: dict[str, Any]) -> dict[str, Any]:
    return {**hello, "sig": "00" * 64}


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        (wrong_signature, "somebody stands between"),
        (
            lambda hello: {**hello, "hub": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},
            "another hub",
        ),
        (lambda hello: {**hello, "nonce": "ff" * 32}, "somebody stands between"),
        (lambda hello: {**hello, "nonce": "short"}, "no part of the protocol"),
        (lambda hello: {**hello, "hub": None}, "no part of the protocol"),
    ],
)
async def test_who_does_not_prove_to_be_the_hub_learns_nothing(
    hub: FakeHub, tmp_path: Path, tamper: Callable[[dict[str, Any]], dict[str, Any]], reason: str
) -> None:
    hub.tamper = tamper
    async with linked(Node(hub, tmp_path)) as node:
        assert reason in (await node.stands("away")).why
    assert hub.said == []


async def test_another_pin_is_another_hub(hub: FakeHub, tmp_path: Path) -> None:
    async with linked(Node(hub, tmp_path, pin="ab" * 32)) as node:
        assert "another hub" in (await node.stands("away")).why
    assert hub.said == []


async def test_a_command_key_that_the_hub_key_does_not_vouch_for_is_not_taken(hub: FakeHub, tmp_path: Path) -> None:
    hub.verdict = lambda: {**hub.welcome(), "command_key_sig": "00" * 64}
    async with linked(Node(hub, tmp_path)) as node:
        await node.stands("away")
        assert not node.link.connected
        assert node.link.command_key == b""


async def test_a_refusal_is_told_in_the_hubs_words_but_not_its_escapes(hub: FakeHub, tmp_path: Path) -> None:
    hub.verdict = lambda: {"t": "error", "code": "token", "reason": "it is\x1b[2J used up", "retry": None}
    async with linked(Node(hub, tmp_path, JOINING)) as node:
        assert (await node.stands("refused")).why == "it is?[2J used up (token)"
        await hub.until_closed()
    assert len(hub.sockets) == 1, "what is hopeless is not tried again at once"


async def test_after_a_refusal_with_a_time_it_comes_back(hub: FakeHub, tmp_path: Path) -> None:
    answers = [{"t": "error", "code": "full", "reason": "too many", "retry": 0}, hub.welcome()]
    hub.verdict = lambda: answers.pop(0)
    async with linked(Node(hub, tmp_path, JOINING)) as node:
        await node.stands("connected")
        assert [one.state for one in node.standings] == ["refused", "connected"]
    assert len([one for one in hub.said if one["t"] == "join"]) == 2


async def test_a_clone_waits_for_its_new_key(hub: FakeHub, tmp_path: Path) -> None:
    hub.verdict = lambda: {"t": "error", "code": "clone", "reason": "two machines", "retry": 60}
    asked: list[Joining] = []
    async with linked(Node(hub, tmp_path)) as node:
        node.link.on_rekey = asked.append
        await node.stands("refused")
        await hub.say({"t": "rekey", "token": 9, "secret": "0a" * 16})
        await hub.say({"t": "error", "code": "unknown", "reason": "the end", "retry": 60})
        await hub.until_closed()
    assert asked == [Joining(9, b"\n" * 16, "")]


async def test_nobody_else_can_be_given_a_new_key(hub: FakeHub, tmp_path: Path) -> None:
    asked: list[Joining] = []
    async with linked(Node(hub, tmp_path)) as node:
        node.link.on_rekey = asked.append
        await node.stands("connected")
        await hub.say({"t": "rekey", "token": 9, "secret": "0a" * 16})
        await hub.say({"t": "bye", "why": "test"})
        await node.stands("away")
    assert asked == []


async def test_messages_reach_their_handlers_and_back(hub: FakeHub, tmp_path: Path) -> None:
    node, heard = Node(hub, tmp_path), asyncio.Queue[Any]()
    node.link.handlers["ack"] = lambda message, payload: heard.put_nowait((message["seq"], payload))
    node.link.handlers["blob"] = lambda message, payload: heard.put_nowait((message["offset"], payload))
    async with asyncio.timeout(PATIENCE), linked(node):
        await node.stands("connected")
        await hub.say({"t": "of a newer hub"})
        await hub.say({"t": "ack", "seq": 3})
        await hub.say({"t": "blob", "offset": 4}, b"\0" * 1_048_576)
        assert [await heard.get(), await heard.get()] == [(3, b""), (4, b"\0" * 1_048_576)]
        node.link.send_bytes({"t": "report", "seq": 1}, b"x" * 1_048_576)
        await node.link.drained()
        await hub.hears("report")
    assert hub.payloads == [b"x" * 1_048_576]


@pytest.mark.parametrize("said", ["[]", "{", '{"t": 7}', b"\0\0\0\xffx"])
async def test_what_is_malformed_ends_the_connection_and_another_begins(
    hub: FakeHub, tmp_path: Path, said: str | bytes
) -> None:
    async with linked(Node(hub, tmp_path)) as node:
        await node.stands("connected")
        await hub.sockets[-1].send(said)
        assert (await hub.hears("error"))["code"] == "malformed"
        await hub.hears("auth", 2)


async def test_a_handler_may_call_a_message_malformed_but_its_mistakes_are_ours(hub: FakeHub, tmp_path: Path) -> None:
    node = Node(hub, tmp_path)

    def handle(message: dict[str, Any], _: bytes) -> None:
        raise Malformed("no seq") if "seq" not in message else ZeroDivisionError("a mistake")

    node.link.handlers["ack"] = handle
    run = asyncio.ensure_future(node.link.run())
    await node.stands("connected")
    await hub.say({"t": "ack"})
    await hub.hears("auth", 2)
    await hub.hears("beat", 2)
    await hub.say({"t": "ack", "seq": 1})
    with pytest.raises(ZeroDivisionError):
        async with asyncio.timeout(PATIENCE):
            await run


async def test_welcome_and_end_are_told_each_time(hub: FakeHub, tmp_path: Path) -> None:
    node, told = Node(hub, tmp_path), []
    node.link.on_welcome.append(lambda: told.append("in"))
    node.link.on_closed.append(lambda: told.append("out"))
    async with linked(node):
        await node.stands("connected")
        await hub.say({"t": "bye", "why": "restart"})
        assert "restart" in (await node.stands("away")).why
        await hub.hears("beat", 2)
    assert told == ["in", "out", "in", "out"]


async def test_where_nobody_listens_it_says_so_once_and_tries_on(tmp_path: Path) -> None:
    hub = FakeHub()
    async with hub.listening():
        pass  # its port is free again
    async with linked(Node(hub, tmp_path)) as node:
        assert "nobody listens" in (await node.stands("away")).why
        async with hub.listening(port=int(hub.address.rpartition(":")[2])):
            await node.stands("connected")
    assert [one.state for one in node.standings[:2]] == ["away", "connected"]


async def test_what_is_no_hub_is_named(tmp_path: Path) -> None:
    hub = FakeHub()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        hub.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with linked(Node(hub, tmp_path)) as node:
            assert "404 Not Found" in (await node.stands("away")).why


async def test_a_hub_that_does_not_read_is_left(hub: FakeHub, tmp_path: Path) -> None:
    async with linked(Node(hub, tmp_path)) as node:
        await node.stands("connected")
        for _ in range(40):  # more than a socket takes and is kept for it
            node.link.send_bytes({"t": "output"}, bytes(1_048_576))
        assert "did not read" in (await node.stands("away")).why
