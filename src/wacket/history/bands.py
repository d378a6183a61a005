"""Mean, least and greatest value of each step, so that a chart of a year still shows a spike of a second.

Made in one question from the same rows as values.stepped, and with its rules about steps, gaps and NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wacket.history import times, values
from wacket.history.question import Question
from wacket.records import F64, I64

BAND = "band"
SUMMARY = "mean, least and greatest value together"
_ROLLUP = "sum, count, min, max"
_READING = "value AS sum, 1 AS count, value AS min, value AS max"


class Band(NamedTuple):
    """One series' steps in order of time: when each begins (µs since 1970), and what its values were."""

    series: int
    at: I64
    mean: F64
    least: F64
    greatest: F64


def stepped(question: Question, ids: Sequence[int], since: int, until: int, step: int) -> list[Band]:
    """One Band per series, in the order of `ids`. Raises BadRequest where it would be too many points."""
    since, until = times.aligned(since, until, step)
    values.require_few(ids, since, until, step)
    if not ids:
        return []
    source = values.partials(question, ids, since, until, step, _ROLLUP, _READING)
    found = question.columns(
        f"""SELECT series, (epoch_us("at") - {since}) // {step} AS k, sum(sum) / sum(count) AS mean,
        min(min)::DOUBLE AS least, max(max)::DOUBLE AS greatest FROM ({source}) GROUP BY 1, 2 ORDER BY 1, 2"""
    )
    at = found["k"] * step + since
    mean, least, greatest = (
        values.split(ids, found["series"], at, found[name]) for name in ("mean", "least", "greatest")
    )
    return [
        Band(one.series, one.at, one.value, low.value, high.value)
        for one, low, high in zip(mean, least, greatest, strict=True)
    ]
