"""PURE: lengths of time and moments as people type them: 90, 10m, 2h, 1d; 14:30, 2026-11-22T08:00."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import click

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?(s|m|h|d|w|)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def seconds(text: str) -> float:
    """The length of time that `text` names. Raises ValueError."""
    hit = _LENGTH.fullmatch(text.strip())
    if hit is None:
        raise ValueError(f"{text!r} is no length of time; write 90, 90s, 10m, 2h, 1d or 1w")
    return float(hit[1]) * UNITS[hit[2]]


def moment(text: str, now: datetime) -> datetime:
    """The moment that `text` names, with the zone of `now` where it names none: a time of day is the next such one.

    Raises ValueError.
    """
    if hit := _CLOCK.fullmatch(text.strip()):
        today = now.replace(hour=int(hit[1]), minute=int(hit[2]), second=0, microsecond=0)
        return today if today > now else today + timedelta(days=1)
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no moment; write 14:30 or 2026-11-22T08:00") from None
    return said if said.tzinfo else said.replace(tzinfo=now.tzinfo)


def clock(at: datetime, now: datetime) -> str:
    """A moment to come, as short as it can be understood: 14:30, or with its day where that is not today."""
    return at.strftime("%H:%M" if at.date() == now.date() else "%Y-%m-%d %H:%M")


class Length(click.ParamType[float]):
    """A length of time on the command line, in seconds, between two limits."""

    name = "length"

    def __init__(self, least: float, most: float) -> None:
        self._least, self._most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, (int, float)):
            return float(value)
        try:
            length = seconds(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if not self._least <= length <= self._most:
            self.fail(f"{value} is not between {self._least:g} and {self._most:g} seconds", param, ctx)
        return length
