"""A motor controller that prints `name=value`, twice a second, over TCP."""

from random import Random

from wacket.demo.board import Way
from wacket.demo.world import Wave

SPEED = Wave(900, 1500, 45, 6)
CURRENT = Wave(0.8, 2.6, 45, 0.03)


class Board:
    node, format, every = "motor", "", 0.5
    way: Way = "tcp"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def frame(self, now: int) -> bytes:
        return f"rpm={SPEED.at(now, self._chance):.0f} amps={CURRENT.at(now, self._chance):.3f}\n".encode()
