"""A data logger that posts CSV with a heading over HTTP."""

from datetime import UTC, datetime
from random import Random

from wacket.demo.board import Way
from wacket.demo.world import SECOND, Wave

FLOW = Wave(3.1, 4.4, 80, 0.05)
LEVEL = Wave(41, 67, 200, 0.2)
ROWS = 5


class Board:
    node, format, every = "tank", "csv", 5.0
    way: Way = "http"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def frame(self, now: int) -> bytes:
        rows = ["time,flow,level"]
        for back in reversed(range(ROWS)):
            at = now - back * SECOND
            when = datetime.fromtimestamp(at / SECOND, UTC).isoformat(timespec="milliseconds")
            flow, level = FLOW.at(at, self._chance), LEVEL.at(at, self._chance)
            rows.append(f"{when.replace('+00:00', 'Z')},{flow:.3f},{level:.1f}")
        return "\n".join(rows).encode() + b"\n"
