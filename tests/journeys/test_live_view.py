"""What is sent over TCP, UDP or HTTP is on everybody's screen within a second, and only when it is on disk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.journeys.told import values
from tests.support.ask import ask, send
from tests.support.lines import board
from websockets.asyncio.client import ClientConnection, connect

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow

SOON = 1.0  # seconds from sending to seeing, at best


@asynccontextmanager
async def screen(hub: Parts, **wanted: Any) -> AsyncIterator[ClientConnection]:
    """A live view that has begun to look."""
    owner = {"Authorization": f"Bearer {hub.owner_key}"}
    async with connect(f"ws://{hub.addresses['http']}/api/v1/live", additional_headers=owner) as socket:
        await socket.send(json.dumps(wanted))
        assert "cursor" in json.loads(await asyncio.wait_for(socket.recv(), 10))
        yield socket


async def seen(socket: ClientConnection, kind: str) -> list[dict[str, Any]]:
    """The rows of the next message, which must be of this kind."""
    while "beat" in (message := json.loads(await asyncio.wait_for(socket.recv(), 10))):
        pass
    assert list(message) == [kind], message
    rows: list[dict[str, Any]] = message[kind]
    return rows


async def test_a_reading_is_seen_within_a_second(hub: Parts) -> None:
    loop, waited = asyncio.get_running_loop(), []
    async with screen(hub, readings=["greenhouse/temp*"]) as socket, board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=greenhouse")
        for number in range(5):
            sent = loop.time()
            await sender.say(b"temperature:%d humidity:40" % number)
            (row,) = await seen(socket, "readings")
            waited.append(loop.time() - sent)
            assert (row["node"], row["name"], row["value"]) == ("greenhouse", "temperature", float(number))
            assert (await values(hub, "greenhouse/temperature"))[-1] == float(number)
    # On a machine that is busy with something else one of them may be late.
    assert min(waited) < SOON, waited


async def test_every_door_is_seen(hub: Parts) -> None:
    async with screen(hub, readings=["*"], logs={}) as socket:
        assert (await send(hub, "POST", "/write?node=http", b"m value=1"))[0] == 204
        assert [row["node"] for row in await seen(socket, "readings")] == ["http"]
        loop = asyncio.get_running_loop()
        host, _, port = hub.addresses["udp"].partition(":")
        transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(host, int(port)))
        transport.sendto(b"it rains\n")
        assert [row["body"] for row in await seen(socket, "logs")] == ["it rains"]
        transport.close()


async def test_what_does_not_fit_is_not_sent(hub: Parts) -> None:
    async with screen(hub, logs={"node": "hub"}, readings=["a/x"]) as socket:
        for path, body in (
            ("/write?node=a", b"y value=1"),
            ("/write?node=b", b"x value=2"),
            ("/write?node=a", b"x value=3"),
        ):
            assert (await send(hub, "POST", path, body))[0] == 204
        assert [row["value"] for row in await seen(socket, "readings")] == [3.0]


async def test_a_stranger_sees_nothing(hub: Parts) -> None:
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus):
        async with connect(f"ws://{hub.addresses['http']}/api/v1/live"):
            pass
    assert (await ask(hub, "/api/v1/health"))["status"] == "ok"
