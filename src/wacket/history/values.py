"""Numbers over time: the newest of each series, every reading as it came, or one point per step.

A point per step merges roll-ups (for what is in files) with the readings in memory; where no roll-up fits the step it
reads the readings themselves. Steps are counted from 1970 UTC and a range is widened to whole steps. A step without
readings has no point. NaN counts as no reading, except in `raw`. Knows no names of series and makes no text.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from wacket.errors import BadRequest
from wacket.history import rollups, times
from wacket.history.question import EVER, Columns, Question, condition
from wacket.history.shapes import READINGS, ROLLUPS, Segment
from wacket.records import F64, I64, U32

MOST_POINTS = 2_000_000  # in one answer, all series together
_NEVER = np.iinfo(np.int64).min


class Points(NamedTuple):
    """One series' points in order of time: µs since 1970 (of the beginning of the step, if there is one), value."""

    series: int
    at: I64
    value: F64


class Function(NamedTuple):
    """SQL: what is taken from a roll-up row, what from a reading, and how many of them become one value."""

    rollup: str
    reading: str
    merge: str
    summary: str


FUNCTIONS = {
    "min": Function("min AS a", "value AS a", "min(a)", "the least value"),
    "max": Function("max AS a", "value AS a", "max(a)", "the greatest value"),
    "mean": Function("sum AS a, count AS b", "value AS a, 1 AS b", "sum(a) / sum(b)", "the mean of all values"),
    "sum": Function("sum AS a", "value AS a", "sum(a)", "the sum of all values"),
    "count": Function("count AS a", "1 AS a", "sum(a)", "how many readings there are"),
    "first": Function("first AS a, t_first AS b", 'value AS a, "at" AS b', "arg_min(a, b)", "the earliest value"),
    "last": Function("last AS a, t_last AS b", 'value AS a, "at" AS b', "arg_max(a, b)", "the newest value"),
}
RATE = "rate"
SUMMARIES = {
    **{name: function.summary for name, function in FUNCTIONS.items()},
    RATE: "increase per second of a counter; a drop is taken for a restart from zero",
}

_PARTIAL = "first, last, t_first, t_last, rise"
_READING_AS_PARTIAL = 'value AS first, value AS last, "at" AS t_first, "at" AS t_last, 0.0 AS rise'


def stepped(question: Question, ids: Sequence[int], since: int, until: int, step: int, function: str) -> list[Points]:
    """One point per series and step of `step` µs, in the order of `ids`.

    `rate` is the increase since the last reading before (looked for one step back, where the range begins) by the
    time since that reading, so a gap does not show as a jump. Raises BadRequest for an unknown function or an answer
    of more than MOST_POINTS points.
    """
    if function not in SUMMARIES:
        raise BadRequest(f"{function!r} is not a function; known: {', '.join(sorted(SUMMARIES))}", "fn")
    since, until = times.aligned(since, until, step)
    require_few(ids, since, until, step)
    if not ids:
        return []
    if function == RATE:
        return _rate(question, ids, since, until, step)
    chosen = FUNCTIONS[function]
    source = partials(question, ids, since, until, step, chosen.rollup, chosen.reading)
    found = question.columns(
        f"""SELECT series, (epoch_us("at") - {since}) // {step} AS k, ({chosen.merge})::DOUBLE AS value
        FROM ({source}) GROUP BY 1, 2 ORDER BY 1, 2"""
    )
    return split(ids, found["series"], found["k"] * step + since, found["value"])


def require_few(ids: Sequence[int], since: int, until: int, step: int) -> None:
    """Raises BadRequest where an answer would have more than MOST_POINTS points."""
    points = (until - since) // step * max(1, len(ids))
    if points > MOST_POINTS:
        raise BadRequest(
            f"up to {points} points were asked for, and {MOST_POINTS} is the most; take a longer step", "step"
        )


def raw(question: Question, ids: Sequence[int], since: int, until: int, limit: int) -> list[Points]:
    """Every reading, in order of time and, at the same time, of arrival. Raises BadRequest if more than `limit`."""
    if not ids:
        return []
    found = question.columns(
        f"""SELECT series, epoch_us("at") AS "at", value
        FROM ({question.readings(since, until, ids)}) LIMIT {limit + 1}"""
    )
    if len(found["at"]) > limit:
        raise BadRequest(f"there are more than {limit} readings; ask for a shorter range, or with a step", "step")
    # Files and memory come in order of arrival, and a stable sort keeps it among equal times.
    order = np.lexsort((found["at"], found["series"]))
    return split(ids, found["series"][order], found["at"][order], found["value"][order])


class Latest:
    """Remembers the newest reading of each series. Files are looked at once each, the rows in memory every time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: I64 = np.full(1024, _NEVER, np.int64)
        self._value: F64 = np.zeros(1024, np.float64)
        self._seen: set[str] = set()

    def advance(self, question: Question) -> None:
        """Take in what has come since the last call."""
        with self._lock:
            segments = _telling(question, self._seen)
            for one in segments:
                if one.path not in self._seen and (text := _newest_of(question, one)):
                    self._take(question.columns(text))
                    self._seen.add(one.path)  # at once: if time runs out, the next call goes on from here
            self._seen &= {one.path for one in segments}
            if question.view.tail_readings is not None:
                self._take(question.columns(_NEWEST_IN_MEMORY))

    def of(self, ids: Sequence[int]) -> dict[int, tuple[int, float]]:
        """Those of `ids` that have a reading."""
        with self._lock:
            wanted = np.array([number for number in ids if number < len(self._at)], np.int64)
            wanted = wanted[self._at[wanted] != _NEVER]
            pairs = zip(self._at[wanted].tolist(), self._value[wanted].tolist(), strict=True)
            return dict(zip(wanted.tolist(), pairs, strict=True))

    def _take(self, rows: Columns) -> None:
        series, at, value = rows["series"], rows["at"], rows["value"]
        if not len(series):
            return
        self._grow(int(series.max()) + 1)
        np.maximum.at(self._at, series, at)
        newest = at == self._at[series]
        self._value[series[newest]] = value[newest]  # of several at the same time the last one stays

    def _grow(self, size: int) -> None:
        more = size - len(self._at)
        if more > 0:
            more = max(more, len(self._at))
            self._at = np.concatenate([self._at, np.full(more, _NEVER, np.int64)])
            self._value = np.concatenate([self._value, np.zeros(more)])


_NEWEST_IN_MEMORY = """SELECT t.series, epoch_us(t."at") AS "at", t.value FROM tail_readings t
    JOIN (SELECT series, max("at") AS newest FROM tail_readings WHERE NOT isnan(value) GROUP BY 1) m
    ON t.series = m.series AND t."at" = m.newest WHERE NOT isnan(t.value)"""


def _telling(question: Question, seen: set[str]) -> list[Segment]:
    """The sound files that together know the newest reading of each series: the coarsest roll-ups there are.

    A roll-up may be lost, or be kept for a shorter time than the readings: those that none speaks of are looked at
    themselves. Only files that are not in `seen` are tested.
    """
    chosen: list[Segment] = []
    for kind in ("1d", "1h", "1m", READINGS):
        spoken_of = _Rows(chosen)
        oldest = min((one.t_min for one in chosen), default=EVER[1])
        files = question.view.readings if kind == READINGS else question.view.rollups.get(kind, ())
        chosen += [
            one
            for one in question.choose(files, *EVER)
            if one not in spoken_of or (kind == READINGS and one.t_max < oldest)
            if one.path in seen or question.sound(one)
        ]
    return sorted(chosen, key=lambda one: one.last)


class _Rows:
    """The journal rows that some files grew out of; `in` tells whether all of another file are among them."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted((one.first, one.last) for one in segments):
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def __contains__(self, segment: Segment) -> bool:
        place = bisect_right(self._firsts, segment.first) - 1
        return place >= 0 and segment.last <= self._lasts[place]


def _newest_of(question: Question, segment: Segment) -> str:
    """SQL of the newest reading of each series in a file; empty if it is not as it was written."""
    rollup = segment.kind in ROLLUPS
    at, value, also = ("t_last", "last", "") if rollup else ('"at"', "value", "WHERE NOT isnan(value)")
    source = question.union("*", [segment], "", also)
    if not source:
        return ""
    return f'SELECT series, epoch_us(max({at})) AS "at", arg_max({value}, {at}) AS value FROM ({source}) GROUP BY 1'


def partials(
    question: Question, ids: Sequence[int], since: int, until: int, step: int, rollup: str, reading: str
) -> str:
    """SQL of rows (series, at, …) that together stand for every reading in the range exactly once."""
    of_readings = condition('"at"', since, until, ids, "NOT isnan(value)")
    tail = "tail_readings" if question.view.tail_readings is not None else ""
    parts = []
    level = next((name for name in ("1d", "1h", "1m") if step % ROLLUPS[name] == 0), None)
    if level is None:
        segments = question.choose(question.view.readings, since, until, ids)
    else:
        segments = []
        files = question.choose(question.view.rollups.get(level, ()), since, until, ids)
        where = condition("bucket", since, until, ids)
        parts.append(question.union(f'series, bucket AS "at", {rollup}', files, "", where))
    parts.append(question.union(f'series, "at", {reading}', segments, tail, of_readings))
    nothing = f"""SELECT 0::UINTEGER AS series, "at", {reading} FROM (SELECT 'epoch'::TIMESTAMP AS "at", 0.0 AS value)
        WHERE false"""
    return " UNION ALL ".join(filter(None, parts)) or nothing


def _rate(question: Question, ids: Sequence[int], since: int, until: int, step: int) -> list[Points]:
    source = partials(question, ids, since - step, until, step, _PARTIAL, _READING_AS_PARTIAL)
    found = question.columns(
        f"""SELECT series, epoch_us("at") AS "at", first, last, epoch_us(t_first) AS t_first,
        epoch_us(t_last) AS t_last, rise FROM ({source})"""
    )
    if not len(found["series"]):
        return split(ids, found["series"], found["at"], found["rise"])
    order = np.lexsort((found["t_last"], found["t_first"], found["series"]))
    rows = {name: column[order] for name, column in found.items()}
    increase, elapsed = _increases(rows)
    kept = rows["at"] >= since
    series, k = rows["series"][kept], (rows["at"][kept] - since) // step
    if not len(series):
        return split(ids, series, k, np.zeros(0))
    changes = (series[1:] != series[:-1]) | (k[1:] != k[:-1])
    starts = np.flatnonzero(np.concatenate([[True], changes]))
    seconds = np.add.reduceat(elapsed[kept], starts) / times.SECOND
    total = np.add.reduceat(increase[kept], starts)
    known = seconds > 0  # a first reading alone says nothing about a rate
    starts = starts[known]
    return split(ids, series[starts], k[starts] * step + since, total[known] / seconds[known])


def _increases(rows: Columns) -> tuple[F64, I64]:
    """Of each partial, sorted by series and time: its increase since what was before it, and the µs that took."""
    starts = np.flatnonzero(np.append(True, rows["series"][1:] != rows["series"][:-1]))
    increase, newest = rollups.weave(rows, starts)
    reached = rows["t_last"][newest]
    elapsed = np.diff(reached, prepend=0)
    elapsed[starts] = (rows["t_last"] - rows["t_first"])[starts]
    return increase, elapsed


def split(ids: Sequence[int], series: U32, at: I64, value: F64) -> list[Points]:
    """Cut columns that are sorted by series into one piece for each of `ids`."""
    return list(_pieces(ids, series, at, np.ma.getdata(value)))


def _pieces(ids: Sequence[int], series: U32, at: I64, value: F64) -> Iterator[Points]:
    wanted = np.array(ids, np.uint32)
    begins, ends = np.searchsorted(series, wanted, "left"), np.searchsorted(series, wanted, "right")
    for number, begin, end in zip(ids, begins.tolist(), ends.tolist(), strict=True):
        yield Points(number, at[begin:end], value[begin:end])
