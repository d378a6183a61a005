"""Reads the times, spans and steps that people write, and writes times for people. Pure: `now` is an argument.

An instant is `now`, ISO-8601 (UTC where no zone is given), seconds since 1970, or a time ago such as `24h`.
Everything it gives is whole microseconds. Does not know what is asked about.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from wacket.errors import BadRequest
from wacket.records import I64

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
UNITS = {"us": 1, "ms": 1000, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY, "y": 365 * DAY}
LATEST = 253_402_300_800 * SECOND  # the year 10000: nothing readable is later
RAW = 0  # the step that means: every reading as it came
POINTS = 1000  # what "auto" aims at, and the most it gives

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)
_SPAN = re.compile(r"-?([0-9]{1,12}(?:\.[0-9]{1,6})?)(us|ms|s|m|h|d|w|y)", re.ASCII)
_LONGEST_TEXT = 40
_INSTANT = "write 2026-11-21T08:30:00Z, 2026-11-21, seconds since 1970, a time ago such as 90s, 24h or 7d, or now"
_SHORTEST = 1000  # µs; a finer step says nothing that `raw` would not

# Steps that fit minutes, hours and days, so that points fall where people look for them.
_NICE = (
    *(part * 1000 for part in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(part * SECOND for part in (1, 2, 5, 10, 15, 30)),
    *(part * MINUTE for part in (1, 2, 5, 10, 15, 30)),
    *(part * HOUR for part in (1, 2, 3, 6, 12)),
    *(part * DAY for part in (1, 2, 7, 14, 28, 56, 182, 364)),
)


def instant(text: str, now: int, field: str = "since") -> int:
    """The moment that `text` means, from 1970 to the year 9999. Raises BadRequest naming `field`."""
    text = text.strip()
    at = now if text == "now" else _instant(text, now)
    if at is None:
        raise BadRequest(f"{text[:_LONGEST_TEXT]!r} is not a time; {_INSTANT}", field)
    if not 0 <= at < LATEST:
        raise BadRequest(f"{text[:_LONGEST_TEXT]!r} is not between 1970 and 9999; {_INSTANT}", field)
    return at


def span(text: str, field: str = "step") -> int:
    """How long `text` is, such as 250ms, 10s, 5m, 1h, 1d. Raises BadRequest naming `field`."""
    match = _SPAN.fullmatch(text.strip()) if len(text) <= _LONGEST_TEXT else None
    length = int(Decimal(match[1]) * UNITS[match[2]]) if match else 0
    if not 0 < length < LATEST or text.strip().startswith("-"):
        raise BadRequest(f"{text[:_LONGEST_TEXT]!r} is not a length of time; write 250ms, 10s, 5m, 1h or 1d", field)
    return length


def bounds(since: str, until: str, now: int) -> tuple[int, int]:
    """A range of time, its end not included. Raises BadRequest when it ends before it begins."""
    begin, end = instant(since, now, "since"), instant(until, now, "until")
    if end <= begin:
        raise BadRequest(f"the range ends ({iso(end)}) before it begins ({iso(begin)})", "until")
    return begin, end


def step(text: str, since: int, until: int) -> int:
    """The step in µs: RAW for `raw`, a fitting one for `auto`, else the length that `text` says."""
    text = text.strip()
    if text == "raw":
        return RAW
    if text == "auto":
        return nice_step(until - since)
    length = span(text, "step")
    if length < _SHORTEST:
        raise BadRequest("the shortest step is 1ms; ask for step=raw to get every reading", "step")
    return length


def nice_step(length: int, pieces: int = POINTS) -> int:
    """The shortest step of the list that cuts `length` into at most so many pieces."""
    return next((nice for nice in _NICE if length <= nice * pieces), _NICE[-1] * -(-length // (_NICE[-1] * pieces)))


def aligned(since: int, until: int, width: int) -> tuple[int, int]:
    """The range widened to whole steps, which are counted from 1970 UTC."""
    if width == RAW:
        return since, until
    return since // width * width, -(-until // width) * width


def iso(at: int) -> str:
    """A time as people read it; whole seconds without a fraction."""
    return iso_column(np.array([at], np.int64))[0]


def iso_column(at: I64) -> list[str]:
    """Many times at once, for the years 0 to 9999; what lies outside is brought to the edge."""
    kept = np.clip(at, -62_167_219_200 * SECOND, LATEST - 1)
    moments: NDArray[np.datetime64] = kept.view("datetime64[us]")
    if np.any(kept % SECOND):
        texts = np.datetime_as_string(moments, unit="us", timezone="UTC").tolist()
    else:
        texts = np.datetime_as_string(moments, unit="s", timezone="UTC").tolist()
    return list(texts)


def _instant(text: str, now: int) -> int | None:
    if len(text) > _LONGEST_TEXT:
        return None
    if _NUMBER.fullmatch(text):
        return int(Decimal(text) * SECOND)
    ago = _SPAN.fullmatch(text)
    if ago:
        return max(0, now - int(Decimal(ago[1]) * UNITS[ago[2]]))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - _EPOCH
    return (since.days * 86400 + since.seconds) * SECOND + since.microseconds
