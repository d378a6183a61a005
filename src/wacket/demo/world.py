"""PURE: a small world for simulated boards to measure: slow waves with a little noise, the same for the same seed."""

from __future__ import annotations

import math
from random import Random
from typing import NamedTuple

SECOND = 1_000_000  # µs


class Wave(NamedTuple):
    """A quantity that swings between `low` and `high` once in `period` seconds, with `noise` (standard deviation)."""

    low: float
    high: float
    period: float
    noise: float = 0.0

    def at(self, now: int, chance: Random) -> float:
        """The value at `now` (µs since 1970)."""
        turn = math.sin(2 * math.pi * now / SECOND / self.period)
        middle, swing = (self.high + self.low) / 2, (self.high - self.low) / 2
        return middle + swing * turn + chance.gauss(0, self.noise)
