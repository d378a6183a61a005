"""A range of time in a few numbers for each series: extremes, mean, a high quantile, gaps, and the area below it.

Looks at the readings where they are few, else at roll-ups, and says which. Each row, reading or roll-up, tells when it
begins and ends and with what value; what lies between two of them is a straight line, or a gap where it is longer than
three times the usual distance between readings. Over a gap nothing is summed up: nobody knows what was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wacket.history import times, values
from wacket.history.question import Columns, Question
from wacket.history.shapes import ROLLUPS

QUANTILE = 0.95
GAP = 3  # times the usual distance between two readings
FEW = 300_000  # rows that are looked at; more take more than a moment
READINGS = "readings"
FIELDS = ("count", "min", "max", "mean", "p95", "first", "last", "first_at", "last_at", "gaps", "integral", "covered")

_ROLLUP = "first, last, t_first, t_last, count, sum, min, max"
_READING = """value AS first, value AS last, "at" AS t_first, "at" AS t_last, 1 AS count, value AS sum, value AS min,
    value AS max"""
_HOUR = times.HOUR


class Summaries(NamedTuple):
    """Columns, one row for each series that has readings: `series`, FIELDS, and times in µs.

    `of` tells what was looked at: "readings", or the kind of roll-up, whose means then stand for the readings in p95,
    and whose inner gaps nobody sees. `integral` is value times hours; `covered` is how many µs it speaks of.
    """

    of: str
    columns: Columns

    @property
    def width(self) -> int:
        """Of what was looked at, in µs: the range is widened to whole ones."""
        return ROLLUPS.get(self.of, 1)


def summary(question: Question, ids: Sequence[int], since: int, until: int) -> Summaries:
    """Of the readings in [since, until), which is widened to whole steps where roll-ups are looked at."""
    of = _fitting(question, ids, since, until) if ids else READINGS
    width = ROLLUPS.get(of, 1)
    since, until = times.aligned(since, until, width)
    source = values.partials(question, ids or [0], since, until, width, _ROLLUP, _READING)
    columns = question.columns(_summed(source if of == READINGS else _joined(source, width)))
    return Summaries(of, {name: np.ma.getdata(column) for name, column in columns.items()})


def _fitting(question: Question, ids: Sequence[int], since: int, until: int) -> str:
    """What has few enough rows: the readings, or the finest roll-ups that do."""
    hours = values.partials(question, ids, *times.aligned(since, until, _HOUR), _HOUR, "count", "1 AS count")
    ((count,),) = question.rows(f"SELECT coalesce(sum(count), 0)::BIGINT FROM ({hours})")
    if count <= FEW:
        return READINGS
    fitting = (kind for kind, width in ROLLUPS.items() if (until - since) // width * len(ids) <= FEW)
    return next(fitting, list(ROLLUPS)[-1])


def _joined(source: str, width: int) -> str:
    """SQL of one row a bucket: it may have several, of files and of readings still in memory."""
    return f"""SELECT series, epoch_us("at") // {width} AS bucket, arg_min(first, t_first) AS first,
        arg_max(last, t_last) AS last, min(t_first) AS t_first, max(t_last) AS t_last, sum(count) AS count,
        sum(sum) AS sum, min(min) AS min, max(max) AS max FROM ({source}) GROUP BY 1, 2"""


def _summed(rows: str) -> str:
    """SQL of FIELDS of rows that say (series, first, last, t_first, t_last, count, sum, min, max)."""
    return f"""WITH told AS (
        SELECT series, first, last, epoch_us(t_first) AS begins, epoch_us(t_last) AS ends, count, sum, min, max
        FROM ({rows})
    ), linked AS (
        SELECT *, begins - lag(ends) OVER w AS apart, lag(last) OVER w AS before
        FROM told WINDOW w AS (PARTITION BY series ORDER BY begins, ends)
    ), usual AS (
        SELECT series, {GAP} * median(CASE WHEN count > 1 THEN (ends - begins) / (count - 1) ELSE apart END) AS longest
        FROM linked GROUP BY 1
    ), judged AS (
        SELECT linked.*, apart > longest AS gap,
        CASE WHEN apart > 0 AND apart <= longest THEN apart ELSE 0 END AS joined
        FROM linked JOIN usual USING (series)
    )
    SELECT series, sum(count)::BIGINT AS count, min(min)::DOUBLE AS min, max(max)::DOUBLE AS max,
    sum(sum) / sum(count) AS mean, quantile_cont(sum / count, {QUANTILE})::DOUBLE AS p95,
    arg_min(first, begins)::DOUBLE AS first, arg_max(last, ends)::DOUBLE AS last,
    min(begins) AS first_at, max(ends) AS last_at, (count(*) FILTER (gap))::BIGINT AS gaps,
    sum((ends - begins) * (sum / count) + joined * (coalesce(before, first) + first) / 2) / {_HOUR} AS integral,
    (sum(ends - begins) + sum(joined))::BIGINT AS covered
    FROM judged GROUP BY 1 ORDER BY 1"""
