"""A battery beacon that fires UDP lines and never waits."""

from random import Random

from wacket.demo.board import Way
from wacket.demo.world import Wave

BATTERY = Wave(3.58, 3.66, 600, 0.004)
DISTANCE = Wave(12, 180, 25, 1.5)


class Board:
    node, format, every = "beacon", "", 1.0
    way: Way = "udp"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def frame(self, now: int) -> bytes:
        distance, battery = DISTANCE.at(now, self._chance), BATTERY.at(now, self._chance)
        return f"distance:{distance:.1f} battery:{battery:.3f}\n".encode()
