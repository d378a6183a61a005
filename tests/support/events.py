"""A thousand energy events of our own making, for tests that would like real ones: three kinds of load, one second."""

from __future__ import annotations

from random import Random

from wacket.demo.events import energy_event

SECOND = 1_475_599_670_000_000  # 2016-10-04 16:47:50 UTC, which the real events carry too


def made_events(number: int = 1000) -> list[str]:
    chance = Random(2016)
    return [energy_event(SECOND, chance) for _ in range(number)]
