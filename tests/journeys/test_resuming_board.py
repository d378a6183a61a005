"""A board whose connection breaks at any byte, again and again: every line arrives once, whole and in order."""

from __future__ import annotations

import asyncio
import random
import socket
import struct

import pytest
from tests.journeys.told import values
from tests.support.ask import bodies
from tests.support.lines import board

from wacket.api.parts import Parts
from wacket.records import REJECT_SOURCE

pytestmark = pytest.mark.slow

LINES = 400
BREAKS = 25
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Remembering:
    """A board that numbers its lines and keeps each one until the hub says that it is on disk."""

    def __init__(self, hub: Parts, name: str, lines: list[bytes], seed: int) -> None:
        self.hub, self.name, self.lines = hub, name, lines
        self.chance = random.Random(seed)
        self.first = 0  # lines before this are on disk, says the hub
        self.resumed: list[int] = []

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, _, port = self.hub.addresses["tcp"].partition(":")
        return await asyncio.open_connection(host, int(port))

    def hello(self) -> bytes:
        return b"hello node=%s ack=yes epoch=boot1 seq=%d\n" % (self.name.encode(), self.first)

    async def listen(self, reader: asyncio.StreamReader) -> None:
        word, number = (await asyncio.wait_for(reader.readline(), 10)).split()
        assert word == b"have"
        assert int(number) + 1 <= len(self.lines)
        self.first = max(self.first, int(number) + 1)
        self.resumed.append(self.first)

    async def break_off(self) -> None:
        """One connection that ends in the middle of whatever it was saying."""
        reader, writer = await self.connect()
        if self.chance.random() < 0.5:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        hello, start = self.hello(), self.first
        if self.chance.random() < 0.2:
            hello = hello[: self.chance.randrange(1, len(hello))]
            writer.write(hello)
        else:
            writer.write(hello)
            await self.listen(reader)
            stream = self.stream(start)
            piece = stream[: self.chance.randrange(min(len(stream), 400) + 1)]
            await self.say(writer, piece)
            if b"\n" in piece and self.chance.random() < 0.5:
                assert (await asyncio.wait_for(reader.readline(), 10)).startswith(b"ok ")
        await writer.drain()
        writer.close()

    def stream(self, start: int) -> bytes:
        """All lines from the number that the hello said, also those that `have` shows to be there already: the hub
        counts from that number."""
        return b"".join(line + b"\n" for line in self.lines[start:])

    async def say(self, writer: asyncio.StreamWriter, stream: bytes) -> None:
        while stream:
            cut = self.chance.randrange(1, 120)
            writer.write(stream[:cut])
            await writer.drain()
            stream = stream[cut:]

    async def finish(self) -> None:
        """One connection that lasts, until everything is on disk."""
        reader, writer = await self.connect()
        start = self.first
        writer.write(self.hello())
        await self.listen(reader)
        await self.say(writer, self.stream(start))
        answer = b""
        while answer != b"ok %d\n" % (len(self.lines) - start):
            answer = await asyncio.wait_for(reader.readline(), 10)
            assert answer.startswith((b"ok ", b"no ")), answer
        writer.close()

    async def live(self) -> None:
        for _ in range(BREAKS):
            await self.break_off()
        await self.finish()


@pytest.mark.parametrize("seed", [1, 2])
async def test_boards_that_lose_their_connection_lose_nothing(hub: Parts, seed: int) -> None:
    readings = Remembering(hub, "readings", [b"n:%d" % (1000 + number) for number in range(LINES)], seed)
    texts = Remembering(hub, "texts", [b"line %d of the log" % number for number in range(LINES)], seed + 100)
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(readings.live())
        tasks.create_task(texts.live())
    assert await values(hub, "readings/n") == [1000.0 + number for number in range(LINES)]
    assert await bodies(hub, node="texts") == [line.decode() for line in texts.lines]
    assert max(readings.resumed) > 0  # some of what was cut off had arrived
    assert await bodies(hub, source=REJECT_SOURCE) == []


async def test_a_break_leaves_no_node_with_half_a_name(hub: Parts) -> None:
    from tests.support.ask import ask

    for cut in (b"hello node=green", b"hello node=greenhouse ack=y", b"hello node=greenhouse epoch=e seq=1"):
        async with board(hub.addresses["tcp"]) as sender:
            sender.writer.write(cut)
            await sender.end()
    assert {node["name"] for node in (await ask(hub, "/api/v1/nodes"))["nodes"]} == {"hub"}
    assert await bodies(hub) == []


async def test_a_later_piece_that_came_first_is_not_taken_for_the_whole(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes epoch=e seq=2", b"two", b"three")
        await sender.answers_until("ok 2")
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes epoch=e seq=0")
        assert await sender.answer() == "have -1"
        await sender.say(b"zero", b"one", b"two", b"three")
        await sender.answers_until("ok 4")
    assert sorted(await bodies(hub, node="b1")) == ["one", "three", "two", "zero"]
