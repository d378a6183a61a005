"""How far the clock is from the hub's: positive where the hub's is ahead. Says nothing while not connected."""

from __future__ import annotations

from typing import Iterator

from wacket_agent.collectors._context import Context
from wacket_agent.lines import Point

PERIOD = 60.0


def collect(context: Context) -> Iterator[Point]:
    offset = context.machine.offset()
    if offset is not None:
        yield Point("clock", {"offset_seconds": offset / 1e6})
