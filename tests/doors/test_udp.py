"""The UDP door through real sockets."""

from __future__ import annotations

import asyncio
import socket

import pytest
from tests.support.ask import ask, bodies

from wacket.api.parts import Parts
from wacket.doors.udp import UdpDoor
from wacket.errors import Unavailable
from wacket.intake.admission import Speaker

pytestmark = pytest.mark.slow


async def arrived(hub: Parts, rows: int) -> None:
    """Return when so many rows have become durable since the call."""
    with hub.bus.subscribe("batches") as told:
        yield_first = aiter(told)
        while rows > 0:
            message = await asyncio.wait_for(anext(yield_first), 10)
            rows -= message.batch.rows


async def test_datagrams_of_one_and_of_many_lines_are_kept(hub: Parts) -> None:
    host, _, port = hub.addresses["udp"].rpartition(":")
    waiting = asyncio.create_task(arrived(hub, 4))
    await asyncio.sleep(0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"temp:21.5", (host, int(port)))
        sender.sendto(b"one line\nanother line\nhum:40\n", (host, int(port)))
        await waiting
    assert await bodies(hub, node="127.0.0.1") == ["one line", "another line"]
    series = (await ask(hub, "/api/v1/series"))["series"]
    assert {one["name"]: one["value"] for one in series} == {"temp": 21.5, "hum": 40.0}
    assert hub.edges["udp"].statistics()["datagrams"] == 2


async def test_a_door_closes_when_its_new_senders_are_admitted(hub: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    admit, may_go_on = hub.admission.admit, asyncio.Event()

    async def slowly(*who: str | None) -> Speaker:
        await may_go_on.wait()
        return await admit(None, None, "127.0.0.1")

    monkeypatch.setattr(hub.admission, "admit", slowly)
    door = UdpDoor(hub.admission, hub.intake, hub.clock)
    door.datagram_received(b"a last word", ("127.0.0.1", 5))
    closing = asyncio.create_task(door.close())
    await asyncio.sleep(0)
    assert not closing.done()
    may_go_on.set()
    await closing
    await hub.intake.drain()
    assert await bodies(hub, node="127.0.0.1") == ["a last word"]


async def test_no_depth_of_nesting_in_a_datagram_ends_the_hub(hub: Parts) -> None:
    host, _, port = hub.addresses["udp"].rpartition(":")
    depths = range(900, 1001)
    waiting = asyncio.create_task(arrived(hub, len(depths)))
    await asyncio.sleep(0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for depth in depths:
            sender.sendto(b'{"labels":{"a":%s%s},"text":"t"}' % (b"[" * depth, b"]" * depth), (host, int(port)))
            await asyncio.sleep(0)  # the socket holds only so many
        await waiting
    assert hub.intake.statistics()["failed"] == 0


async def test_what_cannot_be_taken_is_counted_by_sender(hub: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def submit(self, envelope: object, settle: object) -> None:
            raise Unavailable("full")

    await hub.admission.admit(None, None, "127.0.0.1")
    door = UdpDoor(hub.admission, Full(), hub.clock)  # type: ignore[arg-type]
    for _ in range(3):
        door.datagram_received(b"x:1", ("127.0.0.1", 5))
    assert door.statistics()["dropped"] == 3
    assert door.statistics()["dropped_by_peer"] == {"127.0.0.1": 3}
