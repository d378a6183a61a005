"""An ESP32 weather station: one JSON object a line, over TCP."""

import json
from random import Random

from wacket.demo.board import Way
from wacket.demo.world import Wave

QUANTITIES = {
    "pressure": Wave(1008, 1021, 300, 0.1),
    "wind": Wave(0.5, 7.5, 35, 0.4),
    "lux": Wave(200, 900, 120, 8),
}


class Board:
    node, format, every = "weather", "", 1.0
    way: Way = "tcp"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def frame(self, now: int) -> bytes:
        row = {name: round(wave.at(now, self._chance), 2) for name, wave in QUANTITIES.items()}
        return json.dumps(row).encode() + b"\n"
