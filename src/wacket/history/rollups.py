"""Minutes, hours and days of a series in one row each, so that a year is quick to draw and no spike is lost.

Columns (all of equal length): series, bucket, count, sum, min, max, first, last, t_first, t_last, rise. A row is a
partial: a bucket whose readings came in two segments has two rows until compaction joins them. Pure; NaN readings are
left out, since no number can be said of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, NDArray[Any]]
TIMES = ("bucket", "t_first", "t_last")
NAMES = ("series", "bucket", "count", "sum", "min", "max", "first", "last", "t_first", "t_last", "rise")


def build(series: NDArray[np.uint32], at: NDArray[np.int64], value: NDArray[np.float64], width: int) -> Columns:
    """Roll-up rows of readings that are sorted by (series, at), for buckets of `width` microseconds."""
    numbers = ~np.isnan(value)
    if not numbers.all():
        series, at, value = series[numbers], at[numbers], value[numbers]
    bucket = at - at % width
    starts = _starts(series, bucket)
    if not len(starts):
        return empty()
    ends = np.append(starts[1:], len(at)) - 1
    steps = _steps(value[:-1], value[1:])
    steps[starts] = 0
    return {
        "series": series[starts],
        "bucket": bucket[starts],
        "count": (ends - starts + 1).astype(np.int64),
        "sum": np.add.reduceat(value, starts),
        "min": np.minimum.reduceat(value, starts),
        "max": np.maximum.reduceat(value, starts),
        "first": value[starts],
        "last": value[ends],
        "t_first": at[starts],
        "t_last": at[ends],
        "rise": np.add.reduceat(steps, starts),
    }


def merge(rows: Columns, width: int) -> Columns:
    """One row for each (series, bucket of `width`), whatever order the rows come in.

    Rows whose times overlap cannot be woven together any more; between such two no step is added to `rise`.
    """
    if not len(rows["series"]):
        return empty()
    bucket = rows["bucket"] - rows["bucket"] % width
    order = np.lexsort((rows["t_last"], rows["t_first"], bucket, rows["series"]))
    rows = {name: column[order] for name, column in rows.items()}
    rows["bucket"] = bucket[order]
    starts = _starts(rows["series"], rows["bucket"])
    steps = _steps(rows["last"][:-1], rows["first"][1:])
    steps[1:][rows["t_first"][1:] < rows["t_last"][:-1]] = 0
    steps[starts] = 0
    t_last = np.maximum.reduceat(rows["t_last"], starts)
    sizes = np.diff(np.append(starts, len(order)))
    is_last = np.where(rows["t_last"] == np.repeat(t_last, sizes), np.arange(len(order)), -1)
    return {
        "series": rows["series"][starts],
        "bucket": rows["bucket"][starts],
        "count": np.add.reduceat(rows["count"], starts),
        "sum": np.add.reduceat(rows["sum"], starts),
        "min": np.minimum.reduceat(rows["min"], starts),
        "max": np.maximum.reduceat(rows["max"], starts),
        "first": rows["first"][starts],
        "last": rows["last"][np.maximum.reduceat(is_last, starts)],
        "t_first": rows["t_first"][starts],
        "t_last": t_last,
        "rise": np.add.reduceat(rows["rise"] + steps, starts),
    }


def concat(parts: Sequence[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in NAMES} if parts else empty()


def empty() -> Columns:
    integers = {"count": np.int64, **dict.fromkeys(TIMES, np.int64), "series": np.uint32}
    return {name: np.empty(0, integers.get(name, np.float64)) for name in NAMES}


def _starts(series: NDArray[np.uint32], bucket: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where a new (series, bucket) begins."""
    if not len(series):
        return np.empty(0, np.int64)
    change = (series[1:] != series[:-1]) | (bucket[1:] != bucket[:-1])
    return np.concatenate([np.zeros(1, np.int64), np.flatnonzero(change) + 1])


def _steps(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """The increase that leads to each row, 0 for the very first; a drop counts the new value (counter reset)."""
    with np.errstate(invalid="ignore"):
        step = after - before
    step = np.where(step < 0, after, step)
    step[np.isnan(step)] = 0  # from infinity to infinity
    return np.concatenate([np.zeros(1), step])
