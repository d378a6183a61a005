"""A line sender over a real socket, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Board:
    """What a board does: prints lines, reads answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, *lines: bytes) -> None:
        self.writer.write(b"".join(line + b"\n" for line in lines))
        await self.writer.drain()

    async def answer(self) -> str:
        """The next answer of the hub, without its newline; "" at the end."""
        return (await asyncio.wait_for(self.reader.readline(), 10)).decode().rstrip("\n")

    async def answers_until(self, last: str) -> list[str]:
        """Every answer up to and with `last`."""
        heard: list[str] = []
        while not heard or heard[-1] != last:
            heard.append(await self.answer())
            assert heard[-1], f"the hub closed the connection; heard {heard}"
        return heard

    async def end(self) -> list[str]:
        """Say no more; every answer until the hub closes too."""
        self.writer.write_eof()
        return (await asyncio.wait_for(self.reader.read(), 10)).decode().splitlines()


@asynccontextmanager
async def board(address: str) -> AsyncIterator[Board]:
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    try:
        yield Board(reader, writer)
    finally:
        writer.close()
