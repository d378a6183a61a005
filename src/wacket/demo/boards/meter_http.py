"""An energy meter that posts its events over HTTP."""

from random import Random

from wacket.demo.board import Way
from wacket.demo.events import energy_event


class Board:
    node, format, every = "meter-2", "energy", 2.0
    way: Way = "http"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def frame(self, now: int) -> bytes:
        return energy_event(now, self._chance).encode() + b"\n"
