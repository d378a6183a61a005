"""What is wrong with a node, in words, from a few fixed thresholds; and the one word for how it is.

Pure. Thresholds that people choose are rules, which are elsewhere: these are what nobody would call all right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from wacket.fleet.numbers import Told

FULL, CROWDED, HOT, DRIFTED = 90.0, 95.0, 85.0, 5.0  # %, %, °C, seconds
NEVER_HEARD = "it has never been heard"
Level = Literal["warn", "down"]


class Problem(NamedTuple):
    """`series` is the one that shows it, where one does."""

    level: Level
    word: str
    text: str
    series: int | None = None


def of_presence(presence: str, why: str) -> list[Problem]:
    """Being switched off is no problem, and what waits for a person is a task."""
    if presence == "down" and why != NEVER_HEARD:
        return [Problem("down", "down", why or "nothing is heard of it")]
    return [Problem("warn", "late", why or "nothing is heard of it")] if presence == "late" else []


def of_numbers(found: Mapping[str, Told]) -> list[Problem]:
    """From the worst of each kind."""
    return [problem for number, told in found.items() if (problem := _judged(number, told)) is not None]


def status_of(presence: str, why: str, problems: list[Problem]) -> str:
    """up, warn, down, off, pending or unknown."""
    if presence == "down":
        return "unknown" if why == NEVER_HEARD else "down"
    if presence in ("off", "retired"):
        return "off"
    if presence == "pending":
        return "pending"
    return "warn" if problems else "up"


def _judged(number: str, told: Told) -> Problem | None:
    rule = _RULES.get(number)
    return Problem("warn", number, rule.text(told), told.series) if rule and rule.holds(told.value) else None


class _Rule(NamedTuple):
    holds: Callable[[float], bool]
    text: Callable[[Told], str]


def _failed(told: Told) -> str:
    return "1 service has failed" if told.value == 1 else f"{told.value:.0f} services have failed"


def _drifted(told: Told) -> str:
    return f"its clock is {abs(told.value):.3g} s {'behind' if told.value > 0 else 'ahead'}"


_RULES = {
    "disk": _Rule(lambda value: value >= FULL, lambda told: f"disk {told.of} {told.value:.0f} %"),
    "memory": _Rule(lambda value: value >= CROWDED, lambda told: f"memory {told.value:.0f} %"),
    "temperature": _Rule(lambda value: value >= HOT, lambda told: f"{told.of} {told.value:.0f} °C"),
    "failed": _Rule(lambda value: value >= 1, _failed),
    "watched": _Rule(lambda value: value == 0, lambda told: f"{told.of} is not running"),
    "clock": _Rule(lambda value: abs(value) >= DRIFTED, _drifted),
}
