"""An energy meter that prints its events over TCP."""

from random import Random

from wacket.demo.board import Way
from wacket.demo.events import energy_event


class Board:
    node, format, every = "meter", "", 1.0
    way: Way = "tcp"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def frame(self, now: int) -> bytes:
        return energy_event(now, self._chance).encode() + b"\n"
