"""A rack that Telegraf might watch: Influx line protocol over HTTP, ten points a request."""

from random import Random

from wacket.demo.board import Way
from wacket.demo.world import Wave

LOAD = Wave(15, 85, 60, 3)
POINTS = 10


class Board:
    node, format, every = "rack", "influx", 2.0
    way: Way = "http"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def frame(self, now: int) -> bytes:
        lines = [
            f"cpu,core={core} usage={LOAD.at(now + core * 7_000_000, self._chance):.2f} {now * 1000}"
            for core in range(POINTS)
        ]
        return "\n".join(lines).encode() + b"\n"
