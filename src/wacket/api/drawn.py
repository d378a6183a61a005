"""Points of a series as an answer has them: rows with all digits, or columns made to be drawn.

Pure: arrays in, JSON out. Columns have as many digits as an eye can tell apart, and say where a line must be broken.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import numpy as np

from wacket.history.bands import Band
from wacket.history.values import Points
from wacket.records import F64, I64

GAP = 3  # times the usual distance between two points: what is longer is a gap
_DIGITS = 9  # of the largest number, or
_FINENESS = 6  # of the spread of all of them, if that says more
_MOST_DECIMALS = 15
_WHOLE = 2.0**53  # beyond this floating point has no decimals,
_SMALL = 1e-6  # and below this a fixed number of them says too little


class Drawn(NamedTuple):
    """When, and one or several numbers of each moment, by their names; `value` comes first."""

    at: I64
    numbers: Mapping[str, F64]


def of_points(points: Points) -> Drawn:
    return Drawn(points.at, {"value": points.value})


def of_band(band: Band) -> Drawn:
    return Drawn(band.at, {"value": band.mean, "min": band.least, "max": band.greatest})


def as_band(one: Drawn) -> Drawn:
    """Single readings as a band without height."""
    value = one.numbers["value"]
    return Drawn(one.at, {"value": value, "min": value, "max": value})


def moved(one: Drawn, by: int) -> Drawn:
    return one._replace(at=one.at + by) if by else one


def points(one: Drawn, step: int) -> dict[str, msgspec.Raw]:
    """[[at, value], …] as JSON; NaN becomes null."""
    rows = zip(one.at.tolist(), *(column.tolist() for column in one.numbers.values()), strict=True)
    return {"points": msgspec.Raw(msgspec.json.encode(list(rows)))}


def columns(one: Drawn, step: int) -> dict[str, msgspec.Raw]:
    """A list for each column, with nulls where the line is broken."""
    at, numbers = broken(one, step)
    shown = {name: msgspec.Raw(msgspec.json.encode(rounded(column).tolist())) for name, column in numbers.items()}
    return {"at": msgspec.Raw(msgspec.json.encode(at.tolist())), **shown}


def broken(one: Drawn, step: int) -> Drawn:
    """With a row of NaN in each gap, one usual distance behind what was there last."""
    if len(one.at) < 2:
        return one
    apart = np.diff(one.at)
    usual = max(int(np.median(apart)), step)
    gaps = np.flatnonzero(apart > GAP * usual)
    if not len(gaps):
        return one
    at = np.insert(one.at, gaps + 1, one.at[gaps] + usual)
    return Drawn(at, {name: np.insert(column, gaps + 1, np.nan) for name, column in one.numbers.items()})


def rounded(value: F64) -> F64:
    """Without the digits that nobody can see in a chart of these numbers."""
    numbers = value[np.isfinite(value)]
    largest = float(np.abs(numbers).max(initial=0))
    spread = float(numbers.max() - numbers.min()) if len(numbers) else 0.0
    if not _SMALL < largest < _WHOLE:
        return value
    magnitude = math.log10(largest)
    decimals = _DIGITS - 1 - math.floor(magnitude)
    if spread > 0:
        decimals = max(decimals, _FINENESS - math.floor(math.log10(spread)))
    possible = min(_MOST_DECIMALS, math.floor(math.log10(_WHOLE) - magnitude))
    return np.round(value, max(0, min(decimals, possible)))
