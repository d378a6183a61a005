"""A gateway that posts NDJSON over HTTP, several readings at once."""

import json
from random import Random

from wacket.demo.board import Way
from wacket.demo.world import Wave

ROOMS = {"lab": Wave(410, 900, 150, 6), "office": Wave(420, 1150, 170, 6), "hall": Wave(400, 520, 110, 4)}


class Board:
    node, format, every = "air", "ndjson", 2.0
    way: Way = "http"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def frame(self, now: int) -> bytes:
        rows = [{f"co2.{room}": round(wave.at(now, self._chance))} for room, wave in ROOMS.items()]
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows)
