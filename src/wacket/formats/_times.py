"""Times as people and devices write them, into µs since 1970 UTC. A time without a zone is UTC.

Knows no clock: a time of day without a date is not a time here, and neither is a count that is no plausible epoch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

import numpy as np

from wacket.formats._frames import Mask
from wacket.records import F64, I64

EARLIEST, LATEST = (
    -62_135_596_800_000_000,
    253_402_300_799_999_999,
)  # years 1 and 9999, which every reader can show
_LONGEST = 64

# Magnitude tells the unit of an epoch number: the ranges do not meet between 1973 and 5138.
_UNITS = ((1e8, 1e11, 1_000_000, 1), (1e11, 1e14, 1000, 1), (1e14, 1e17, 1, 1), (1e17, 1e20, 1, 1000))

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_CLOCK = r"(?:[T ]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_NUMERIC = re.compile(r"(?P<Y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})" + _CLOCK + _ZONE, re.I | re.A)
_HTTP = re.compile(
    r"(?:[a-z]{3,9},? +)?(?P<d>\d{1,2})[ -](?P<b>[a-z]{3})[ -](?P<Y>\d{4})" + _CLOCK + _ZONE, re.I | re.A
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant(text: str) -> int | None:
    """ISO-8601, `2016-10-4 16:47:50`, `Tue, 04 Oct 2016 16:47:50 GMT`, or an epoch number; None if it is none."""
    return _instant(text) if len(text) <= _LONGEST else None


def iso(at: int) -> str:
    """The canonical text of a time: ISO-8601 with Z, and a fraction only where there is one."""
    return (_EPOCH + timedelta(microseconds=at)).replace(tzinfo=None).isoformat() + "Z"


def epoch(number: float) -> int | None:
    """Seconds, ms, µs or ns since 1970, told by magnitude; None for a number that is hardly a time."""
    for low, high, factor, divisor in _UNITS:
        if low <= number < high:
            if isinstance(number, int):
                return number * factor // divisor
            return round(number * factor / divisor)
    return None


def epochs(values: F64 | I64) -> tuple[I64, Mask]:
    """As `epoch`, for a column: the times, and where there is one."""
    at, told = np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
    for low, high, factor, divisor in _UNITS:
        here = (values >= low) & (values < high)
        if not here.any():
            continue
        some = values[here]
        exact = some.dtype.kind == "i"
        at[here] = some * factor // divisor if exact else np.rint(some * factor / divisor).astype(np.int64)
        told |= here
    return at, told


def instants(cells: Sequence[str]) -> tuple[I64, Mask]:
    """As `instant`, for a column. One width and a Z throughout, as machines write, is read without a loop."""
    at = _same_form(cells)
    if at is not None:
        return at, np.ones(len(cells), np.bool_)
    read = list(map(instant, cells))
    told = np.array([moment is not None for moment in read], np.bool_)
    return np.array([moment or 0 for moment in read], np.int64), told


def _same_form(cells: Sequence[str]) -> I64 | None:
    width = len(cells[0]) if cells else 0
    text = "".join(cells)
    if width not in (20, 24, 27) or len(text) != width * len(cells) or not text.isascii():
        return None
    shape = np.frombuffer(
        b"dddd-dd-ddTdd:dd:dd" + (b"Z" if width == 20 else b"." + b"d" * (width - 21) + b"Z"), np.uint8
    )
    letters = np.frombuffer(text.encode(), np.uint8).reshape(-1, width)
    digits = shape == ord("d")
    if not ((letters[:, ~digits] == shape[~digits]).all() and (letters[:, digits] - np.uint8(48) <= 9).all()):
        return None
    bare = np.ascontiguousarray(letters[:, :-1]).view(f"S{width - 1}").ravel()
    try:
        at = bare.astype("datetime64[us]").astype(np.int64)
    except ValueError:  # a month 13 or the like: the slow way says which
        return None
    return at if at.min() >= EARLIEST else None


@lru_cache(maxsize=8192)
def _instant(text: str) -> int | None:
    text = text.strip()
    try:
        return epoch(float(text) if "." in text else int(text)) if "_" not in text else None
    except ValueError:
        pass
    match = _NUMERIC.fullmatch(text) or _HTTP.fullmatch(text)
    if match is None:
        return None
    part = match.groupdict()
    month = _MONTHS.get(part["b"].lower(), 0) if "b" in part else int(part["m"])
    fraction = int((part["f"] or "0").ljust(6, "0")[:6])
    hour, minute, second = (int(part[name] or 0) for name in "HMS")
    try:
        year, day, zone = int(part["Y"]), int(part["d"]), _zone(part["zone"])
        moment = datetime(year, month, day, hour, minute, second, fraction, tzinfo=zone)
        at = (moment - _EPOCH) // _MICROSECOND
        return at if EARLIEST <= at <= LATEST else None  # a zone may lead over the edge
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if text is None or text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
