"""The outputs of commands on their own, and records for them to keep."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.agents import record

from wacket.commands.kept.outputs import Incoming, Outputs
from wacket.commands.kept.pieces import OUT, Piece
from wacket.commands.kept.spool import Reader

BIG = 1 << 23


@asynccontextmanager
async def running(folder: Path, head: int = BIG, tail: int = BIG) -> AsyncIterator[Outputs]:
    outputs = Outputs(folder, head, tail)
    going = asyncio.create_task(outputs.run())
    try:
        yield outputs
    finally:
        going.cancel()
        outputs.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - conditions are whatever a test looks at
            await asyncio.sleep(0.001)


def everything(outputs: Outputs, job: int = 1, node: int = 7) -> list[Piece]:
    reader = Reader(outputs.place(job, node))
    found: list[Piece] = []
    while more := reader.read():
        found += more
    return found


def text(pieces: list[Piece], kind: int) -> bytes:
    return b"".join(piece.payload for piece in pieces if piece.kind == kind)


def numbered(count: int, size: int = 100) -> list[bytes]:
    return [record(OUT + n % 2, f"{n:0{size}}".encode(), at=n) for n in range(count)]


def bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.records"))


async def feed(outputs: Outputs, incoming: Incoming, records: list[bytes]) -> None:
    for one in records:
        assert outputs.take(incoming, incoming.received.offset, one)
    outputs.hurry()
    await until(lambda: incoming.flushed)
