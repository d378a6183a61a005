"""One log line by its number, its neighbours, and how many lines there were over time.

The number of a line never changes: it is made of the journal row that brought it, and sealing and compaction keep it.
Neighbours and counts are found by the same conditions as logsearch's pages. Knows no names and makes no text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from wacket.errors import BadRequest
from wacket.history import logsearch, times
from wacket.history.logsearch import COLUMNS, LogQuery, LogRow
from wacket.history.question import EVER, Question
from wacket.history.shapes import ROW_BITS
from wacket.records import ERROR, I64, INFO, WARN

MOST_AROUND = 1000  # lines before or after one
MOST_BUCKETS = 1000
LEVELS = ("error", "warn", "info", "debug")  # error: and worse; debug: and whatever is less, or says nothing
_LEVEL = (
    f"CASE WHEN severity >= {ERROR} THEN 0 WHEN severity >= {WARN} THEN 1 WHEN severity >= {INFO} THEN 2 ELSE 3 END"
)


@dataclass(frozen=True, slots=True)
class Around:
    """A line among its neighbours, the oldest first; the cursors go on with logsearch's pages."""

    rows: list[LogRow]
    older: str
    newer: str


class Histogram(NamedTuple):
    """`counts` has a row for each step from `begin` and a column for each of LEVELS; `partial`: time was over before
    all was counted."""

    begin: int
    step: int
    counts: NDArray[np.int64]
    partial: bool


def line(question: Question, number: int) -> LogRow | None:
    """The line with this number, if it is still kept."""
    row = number >> ROW_BITS
    files = question.view.logs
    likely = [one for one in files if one.first <= row <= one.last]
    # Segments say which journal rows they hold, so the others are opened only where that turns out not to be so.
    for some, with_memory in ((likely, True), ([one for one in files if one not in likely], False)):
        source = question.logs(question.choose(some, *EVER), with_tail=with_memory)
        if found := question.rows(f"SELECT {COLUMNS} FROM ({source}) WHERE id = {number} LIMIT 1"):
            return LogRow._make(found[0])
    return None


def around(question: Question, row: LogRow, before: int, after: int, wanted: LogQuery) -> Around:
    """So many lines before and after this one of those that `wanted` describes, whatever its limit and cursor."""
    place = row.at, row.id
    older = logsearch.LogPage([], "", logsearch.encode_cursor(*place, "desc"), "")
    newer = logsearch.LogPage([], "", "", logsearch.encode_cursor(*place, "asc"))
    if before:
        older = logsearch.search(question, replace(wanted, limit=before, order="desc", cursor=older.older))
    if after:
        newer = logsearch.search(question, replace(wanted, limit=after, order="asc", cursor=newer.newer))
    return Around([*reversed(older.rows), row, *newer.rows], older.older, newer.newer)


def histogram(question: Question, wanted: LogQuery, buckets: int) -> Histogram:
    """How many of the lines that `wanted` describes came when, in at most `buckets` steps.

    The newest are counted first; what was counted when time is over is the answer. An open end of the range is where
    the history begins or ends. Raises BadRequest.
    """
    logsearch.check(question, wanted)
    since, until = _bounded(question, wanted)
    step = times.nice_step(until - since, buckets - 1)  # widened to whole steps it may be one more
    begin, end = times.aligned(since, until, step)
    counts = np.zeros(((end - begin) // step, len(LEVELS)), np.int64)
    try:
        for group in logsearch.groups(question, replace(wanted, order="desc"), since, until):
            source = logsearch.source_of(question, group)
            tests, parameters = logsearch.conditions(wanted, since, until)
            _count(question, source, tests, parameters, begin, step, counts)
            if question.interrupted:
                return Histogram(begin, step, counts, True)
    except duckdb.InterruptException:
        return Histogram(begin, step, counts, True)
    return Histogram(begin, step, counts, False)


def _count(
    question: Question, source: str, tests: Sequence[str], parameters: list[Any], begin: int, step: int, counts: I64
) -> None:
    found = question.columns(
        f"""SELECT (epoch_us("at") - {begin}) // {step} AS k, {_LEVEL} AS level, count(*) AS n
        FROM ({source}) WHERE {" AND ".join(tests) or "true"} GROUP BY 1, 2""",
        parameters,
    )
    counts[found["k"].astype(np.int64), found["level"].astype(np.int64)] += found["n"].astype(np.int64)


def _bounded(question: Question, wanted: LogQuery) -> tuple[int, int]:
    """The range of the question, or of all that is kept where that is open. Empty histories have a second."""
    since, until = wanted.since, wanted.until
    if since > EVER[0] and until < EVER[1]:
        return since, until
    view = question.view
    ends = [(one.t_min, one.t_max) for one in view.logs]
    if view.tail_logs is not None:
        ends += question.rows('SELECT epoch_us(min("at")), epoch_us(max("at")) FROM tail_logs')
    first, last = min((low for low, _ in ends), default=0), max((high for _, high in ends), default=0)
    since = since if since > EVER[0] else min(first, until - 1)
    until = until if until < EVER[1] else max(last + 1, since + times.SECOND)
    if until - since > times.LATEST:
        raise BadRequest("the range is longer than all times that can be read; give since and until", "since")
    return since, until
