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
    bucket = at // width  # by one number this is several times faster than a remainder
    starts = _starts(series, bucket)
    if not len(starts):
        return empty()
    ends = np.append(starts[1:], len(at)) - 1
    steps = _steps(value[:-1], value[1:])
    steps[starts] = 0
    return {
        "series": series[starts],
        "bucket": bucket[starts] * width,
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
    """One row for each (series, bucket of `width`), whatever order the rows come in."""
    if not len(rows["series"]):
        return empty()
    bucket = rows["bucket"] - rows["bucket"] % width
    order = np.lexsort((rows["t_last"], rows["t_first"], bucket, rows["series"]))
    rows = {name: column[order] for name, column in rows.items()}
    rows["bucket"] = bucket[order]
    starts = _starts(rows["series"], rows["bucket"])
    rise, newest = weave(rows, starts)
    newest = newest[np.append(starts[1:], len(order)) - 1]
    return {
        "series": rows["series"][starts],
        "bucket": rows["bucket"][starts],
        "count": np.add.reduceat(rows["count"], starts),
        "sum": np.add.reduceat(rows["sum"], starts),
        "min": np.minimum.reduceat(rows["min"], starts),
        "max": np.maximum.reduceat(rows["max"], starts),
        "first": rows["first"][starts],
        "last": rows["last"][newest],
        "t_first": rows["t_first"][starts],
        "t_last": rows["t_last"][newest],
        "rise": np.add.reduceat(rise, starts),
    }


def weave(rows: Columns, starts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(What each row adds to the rise of those before it, the place of the newest row up to it).

    The rows are sorted by (group, t_first, t_last), and groups begin at `starts`. A row that begins after all before
    it also adds the step that leads to it. Late readings make rows overlap: of these only what lies beyond the others
    is added, so that no increase counts twice (a counter's new beginning that only the late ones saw is not counted).
    """
    newest = _newest_so_far(rows["t_last"], starts)
    before, rise = newest[:-1], rows["rise"][1:]
    first, last_before = rows["first"][1:], rows["last"][before]
    reached = rows["t_last"][before]
    with np.errstate(invalid="ignore"):
        beyond = np.fmax(rise - _step(first, last_before), 0)
    beyond[rows["t_last"][1:] <= reached] = 0
    added = rows["rise"].copy()
    added[1:] = np.where(rows["t_first"][1:] >= reached, rise + _step(last_before, first), beyond)
    added[starts] = rows["rise"][starts]
    return added, newest


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


def _newest_so_far(t_last: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row the place of that row of its group, up to itself, which ends last."""
    places = np.arange(len(t_last))
    later = np.append(True, t_last[1:] >= t_last[:-1])
    later[starts] = True
    if later.all():  # nothing came late, as nearly always
        return places
    group = np.zeros(len(t_last), np.int64)
    group[starts] = 1
    by_end = np.lexsort((t_last, np.cumsum(group)))
    rank = np.empty_like(places)
    rank[by_end] = places  # ranks grow from group to group, so the maximum starts anew with each
    newest: NDArray[np.int64] = by_end[np.maximum.accumulate(rank)]
    return newest


def _steps(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """The increase that leads to each row, 0 for the very first."""
    return np.concatenate([np.zeros(1), _step(before, after)])


def _step(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """The increase from one value to the other; a drop counts the new value (counter reset)."""
    with np.errstate(invalid="ignore"):
        step = after - before
    step = np.where(step < 0, after, step)
    step[np.isnan(step)] = 0  # from infinity to infinity
    return step
