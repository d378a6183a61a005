"""An Arduino that prints for the serial plotter: `name:value name:value`, over TCP."""

from random import Random

from wacket.demo.board import Way
from wacket.demo.world import Wave

TEMPERATURE = Wave(20.5, 24.5, 90, 0.05)
HUMIDITY = Wave(38, 47, 140, 0.2)


class Board:
    node, format, every = "greenhouse", "", 1.0
    way: Way = "tcp"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def frame(self, now: int) -> bytes:
        temperature, humidity = TEMPERATURE.at(now, self._chance), HUMIDITY.at(now, self._chance)
        return f"temperature:{temperature:.2f} humidity:{humidity:.1f}\n".encode()
