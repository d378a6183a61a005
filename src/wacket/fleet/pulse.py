"""When each series was last heard, with what value, and how often it speaks: columns by series number.

Pure but for its own memory: times are arguments, in µs. A period is the median of the last steps of a series' time,
counted from one sending to the next; it is unknown where those differ too much, as with what speaks only on a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wacket.records import F64, I64, U32, Readings

SECOND = 1_000_000
NEVER = np.iinfo(np.int64).min
REMEMBERED = 8  # steps
ENOUGH = 3  # steps that make a period
TOGETHER = SECOND  # what comes faster than this is one sending
ALIKE = 0.6  # of the steps must be near their median (half to twice), or there is no period

Bools = NDArray[np.bool_]


class Pulse:
    """`at` and `value` are of the newest reading; `at` is NEVER where there is none, `period` NaN where unknown."""

    def __init__(self) -> None:
        self.size = 0
        self.at: I64 = np.empty(0, np.int64)
        self.value: F64 = np.empty(0, np.float64)
        self.period: F64 = np.empty(0, np.float64)
        self._marked: I64 = np.empty(0, np.int64)  # where the step that is under way began
        self._steps: NDArray[np.float32] = np.empty((0, REMEMBERED), np.float32)
        self._count: I64 = np.empty(0, np.int64)  # of all steps so far
        self._touched: Bools = np.empty(0, np.bool_)

    def heard(self, readings: Readings, now: int) -> U32:
        """Take in readings; the series among them, each once. A sender's clock that is ahead counts as `now`."""
        series, at, value = readings.series, readings.at, readings.value
        if (missing := np.isnan(value)).any():
            series, at, value = series[~missing], at[~missing], value[~missing]
        if not len(series):
            return series
        at = np.minimum(at, now)
        self.grow(int(series.max()) + 1)
        np.maximum.at(self.at, series, at)
        newest = at == self.at[series]
        self.value[series[newest]] = value[newest]  # of several at the same time the last one stays
        touched = self._once(series)
        self._step(touched)
        return touched

    def seed(self, series: U32, at: I64, value: F64, period: F64) -> None:
        """What is known from before; what has been heard meanwhile stays. `period` may be NaN."""
        if not len(series):
            return
        self.grow(int(series.max()) + 1)
        older = self.at[series] < at
        self.value[series[older]] = value[older]
        self.at[series[older]] = at[older]
        fresh = series[older & (self._marked[series] == NEVER)]
        self._marked[fresh] = self.at[fresh]
        told = np.flatnonzero(~np.isnan(period) & (self._count[series] == 0))
        self._steps[series[told], :ENOUGH] = np.maximum(period[told], TOGETHER)[:, None]
        self._count[series[told]] = ENOUGH
        self._judge(series[told])

    def grow(self, size: int) -> None:
        """Have room for so many series."""
        if size > self.size:
            more = max(size, 2 * self.size, 1024) - self.size
            self.at = _padded(self.at, more, NEVER)
            self._marked = _padded(self._marked, more, NEVER)
            self.value = _padded(self.value, more, np.nan)
            self.period = _padded(self.period, more, np.nan)
            self._count = _padded(self._count, more, 0)
            self._touched = _padded(self._touched, more, False)
            self._steps = np.concatenate([self._steps, np.full((more, REMEMBERED), np.inf, np.float32)])
            self.size += more

    def periods(self, series: Sequence[int]) -> list[int | None]:
        """How often each of these speaks, None where that is not known. May be called from any thread."""
        column = self.period
        asked = np.array(series, np.int64)
        found = np.full(len(asked), np.nan)
        known = asked < len(column)
        found[known] = column[asked[known]]
        return [
            None if missing else int(value)
            for value, missing in zip(found.tolist(), np.isnan(found).tolist(), strict=True)
        ]

    def _once(self, series: U32) -> U32:
        """Each of them once. In time of their number: sorting would cost more than all else."""
        self._touched[series] = True
        found = np.flatnonzero(self._touched).astype(np.uint32)
        self._touched[found] = False
        return found

    def _step(self, touched: U32) -> None:
        begun = self._marked[touched] != NEVER
        fresh = touched[~begun]
        self._marked[fresh] = self.at[fresh]
        known = touched[begun]
        step = self.at[known] - self._marked[known]
        ended = step >= TOGETHER
        known = known[ended]
        if len(known):
            self._steps[known, self._count[known] % REMEMBERED] = step[ended]
            self._count[known] += 1
            self._marked[known] = self.at[known]
            self._judge(known)

    def _judge(self, series: U32) -> None:
        """Find the periods of these anew."""
        count = np.minimum(self._count[series], REMEMBERED)
        steps = np.sort(self._steps[series], axis=1)  # what is not there yet is infinite, and last
        median = steps[np.arange(len(series)), np.maximum(count - 1, 0) // 2].astype(np.float64)
        near = ((steps >= median[:, None] / 2) & (steps <= median[:, None] * 2) & np.isfinite(steps)).sum(axis=1)
        self.period[series] = np.where((count >= ENOUGH) & (near >= ALIKE * count), median, np.nan)


def _padded(column: NDArray[Any], more: int, value: Any) -> NDArray[Any]:
    return np.concatenate([column, np.full(more, value, column.dtype)])
