"""The machine's clock jumps while boards send: nothing is lost, doubled or refused because of it."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from tests.support.ask import send

from wacket.hub import running

HOUR = 3_600_000_000
JUMPS = (0, -HOUR, 24 * HOUR, -7 * 24 * HOUR, 3650 * 24 * HOUR, 0)
LINES = 300
OVERRIDES = {
    "doors.http": "127.0.0.1:0",
    "doors.tcp": "127.0.0.1:0",
    "doors.udp": "",
    "history.reserve_bytes": 1,
    "history.seal_rows": 500,
    "history.seal_seconds": 0.2,
    "history.compact_seconds": 0.2,
}


class Clock:
    """The real time, moved by `offset`."""

    offset = 0

    def __call__(self) -> int:
        return time.time_ns() // 1000 + self.offset


async def speak(address: str, first: int) -> None:
    """LINES numbers from `first` on, until the hub has acknowledged them."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    hello = f"hello node=jumper ack=yes epoch=e seq={first}\n"
    writer.write(hello.encode() + b"".join(b"n:%d\n" % number for number in range(first, first + LINES)))
    async with asyncio.timeout(20):
        while await reader.readline() != b"ok %d\n" % LINES:
            assert not reader.at_eof()
    writer.close()
    await writer.wait_closed()


@pytest.mark.slow
async def test_jumps_of_the_clock(tmp_path: Path) -> None:
    clock = Clock()
    for start in range(2):  # the second time with a clock that was wrong while the hub was down
        clock.offset = -30 * 24 * HOUR * start
        async with running(tmp_path / "data", OVERRIDES, clock) as parts:
            for number, jump in enumerate(JUMPS):
                clock.offset = jump - 30 * 24 * HOUR * start
                await speak(parts.addresses["tcp"], (start * len(JUMPS) + number) * LINES)
            path = "/api/v1/export/readings?match=jumper/n&format=csv"
            status, _, body = await send(parts, "GET", path, owner=True)
            assert status == 200, body
            health = (await send(parts, "GET", "/api/v1/health", owner=True))[2]
        values = sorted(int(float(row.rsplit(",", 1)[1])) for row in body.decode().splitlines()[1:])
        assert values == list(range((start + 1) * len(JUMPS) * LINES))
        assert json.loads(health)["status"] == "ok", health
