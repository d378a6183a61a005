"""A door lock that only prints sentences, over TCP."""

from random import Random

from wacket.demo.board import Way

SENTENCES = (
    "INFO door opened by badge {badge}",
    "INFO door closed after {seconds} s",
    "INFO heartbeat, battery {percent} %",
    "WARN door held open for {seconds} s",
    "ERROR badge {badge} read twice, reader restarted",
)
HOW_OFTEN = (6, 6, 4, 2, 1)


class Board:
    node, format, every = "door-lock", "", 2.0
    way: Way = "tcp"

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def frame(self, now: int) -> bytes:
        chance = self._chance
        sentence = chance.choices(SENTENCES, HOW_OFTEN)[0]
        said = sentence.format(
            badge=chance.randint(1000, 1040), seconds=chance.randint(2, 60), percent=chance.randint(71, 74)
        )
        return said.encode() + b"\n"
