"""How much could not be understood, by node and format: who sends what nobody reads. Knows no names."""

from __future__ import annotations

from typing import NamedTuple

from wacket.history.question import Question, quoted
from wacket.records import REJECT_SOURCE

MOST_GROUPS = 500


class Rejected(NamedTuple):
    """What came of one node in one format; `last` is when (µs since 1970), and `reason` what was wrong with that."""

    node: int
    format: str
    frames: int
    last: int
    reason: str


def counts(question: Question, since: int, until: int) -> list[Rejected]:
    """Of the rejects in [since, until), the most frequent first; at most MOST_GROUPS."""
    files = question.choose(question.view.logs, since, until)
    found = question.rows(
        f"""SELECT node, coalesce(told->>'format', '') AS format,
        sum(coalesce(try_cast(told->>'frames' AS BIGINT), 1))::BIGINT AS n, epoch_us(max("at")),
        coalesce(arg_max(told->>'reason', "at"), '')
        FROM (
            SELECT node, "at", CASE WHEN json_valid(attrs) THEN attrs::JSON END AS told
            FROM ({question.logs(files, with_tail=True)})
            WHERE source = {quoted(REJECT_SOURCE)} AND "at" >= make_timestamp({since})
            AND "at" < make_timestamp({until})
        ) GROUP BY 1, 2 ORDER BY n DESC, 1, 2 LIMIT {MOST_GROUPS}"""
    )
    return [Rejected._make(row) for row in found]
