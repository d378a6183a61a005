"""Log lines by their ids, for a reader that was away: what came after the last one it has.

Ids grow in the order in which lines came, which is not the order of their times. Files that are older are not opened.
"""

from __future__ import annotations

from wacket.errors import BadRequest
from wacket.history import logsearch
from wacket.history.logsearch import LogQuery, LogRow
from wacket.history.question import EVER, Question
from wacket.history.shapes import ROW_BITS


def newest(question: Question, wanted: LogQuery, after: int, before: int, most: int) -> tuple[list[LogRow], int]:
    """Of the lines with after < id < before that fit the `most` newest, in order; and how many fit in all.

    Raises BadRequest.
    """
    if "\0" in wanted.find:
        raise BadRequest("only text can be found: it has a zero byte", "find")
    nodes = None if wanted.nodes is None else sorted(wanted.nodes)
    files = question.choose(question.view.logs, *EVER, nodes)
    source = question.logs([one for one in files if one.last >= after >> ROW_BITS], with_tail=True)
    tests, parameters = logsearch.conditions(wanted, *EVER)
    where = " AND ".join([f"id > {after}", f"id < {before}", *tests])
    rows = question.rows(
        f"""SELECT id, epoch_us("at"), node, source, severity, body, attrs FROM ({source})
        WHERE {where} ORDER BY id DESC LIMIT {most}""",
        parameters,
    )
    found = [LogRow._make(row) for row in reversed(rows)]
    if len(found) < most:
        return found, len(found)
    return found, int(question.rows(f"SELECT count(*) FROM ({source}) WHERE {where}", parameters)[0][0])
