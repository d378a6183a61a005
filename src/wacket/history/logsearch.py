"""Finds log lines by text, regular expression, node, severity, source and time, a page at a time.

Looks at the files in the order of the answer and stops when the page is full. A cursor stands between two lines and
stays valid while lines are added or sealed. Text is compared without regard to case unless asked otherwise.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import duckdb

from wacket.errors import BadRequest
from wacket.history.question import EVER, Question
from wacket.history.shapes import Segment

MOST_ROWS = 10_000
MOST_TEXT = 1000  # characters of what is searched for
_FIRST_ROWS = 1 << 16  # of the rows in memory, that are looked at first
_CURSOR = struct.Struct(">qqB")
Place = tuple[int, int]  # (at, id)


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What is wanted. None and empty texts do not narrow. `until` is not included; `cursor` is a LogPage's."""

    find: str = ""
    exact: bool = False  # `find` must match in case
    regex: str = ""  # RE2
    nodes: frozenset[int] | None = None
    severity: int = 0  # the least
    source: str = ""
    hide: tuple[str, ...] = ()  # sources that are left out
    since: int = EVER[0]
    until: int = EVER[1]
    limit: int = 100
    cursor: str = ""
    order: Literal["desc", "asc"] = "desc"


COLUMNS = 'id, epoch_us("at"), node, source, severity, body, attrs'  # SQL of a LogRow


class LogRow(NamedTuple):
    id: int
    at: int
    node: int
    source: str
    severity: int
    body: str
    attrs: str  # a JSON object, or empty


@dataclass(frozen=True, slots=True)
class LogPage:
    """`cursor` gives the next page, empty at the end. That page may have no rows: nobody looks for them beforehand.

    `older` and `newer` go on from here in either direction (orders desc and asc), whatever the order of this page;
    `older` is empty where it is known that there is nothing.
    """

    rows: list[LogRow]
    cursor: str
    older: str = ""
    newer: str = ""


def search(question: Question, wanted: LogQuery) -> LogPage:
    """Raises BadRequest for a bad regular expression, cursor or limit."""
    check(question, wanted)
    newest_first = wanted.order == "desc"
    since, until = wanted.since, wanted.until
    rows: list[LogRow] = []
    after = decode_cursor(wanted.cursor, wanted.order) if wanted.cursor else None
    if after is not None:  # files beyond the cursor need not be opened
        since, until = (since, min(until, after[0] + 1)) if newest_first else (max(since, after[0]), until)
    perhaps_more = False
    for group in groups(question, wanted, since, until):
        if len(rows) >= wanted.limit:  # full: only what comes before the last line can still matter
            perhaps_more = True
            edge = rows[wanted.limit - 1].at
            since, until = (max(since, edge), until) if newest_first else (since, min(until, edge + 1))
            group.segments = [s for s in group.segments if s.t_max >= since and s.t_min < until]
        if group.segments or group.memory:
            rows += _some(question, wanted, since, until, after, group)
            rows.sort(key=lambda row: (row.at, row.id), reverse=newest_first)
            del rows[wanted.limit + 1 :]
    more = perhaps_more or len(rows) > wanted.limit
    rows = rows[: wanted.limit]
    cursor = encode_cursor(rows[-1].at, rows[-1].id, wanted.order) if more else ""
    return LogPage(rows, cursor, *_both_ways(rows, after, cursor, newest_first))


def _both_ways(rows: list[LogRow], after: Place | None, cursor: str, newest_first: bool) -> tuple[str, str]:
    """(older, newer); a page without rows leaves the reader where they were."""
    places = [(row.at, row.id) for row in rows] or ([after] if after else [])
    if not places:
        return "", ""
    newer = encode_cursor(*max(places), "asc")
    return (cursor if newest_first else encode_cursor(*min(places), "desc")), newer


def conditions(wanted: LogQuery, since: int, until: int) -> tuple[list[str], list[Any]]:
    """SQL tests and their parameters; the cheap ones first."""
    tests: list[tuple[bool, str, Any]] = [
        (since > EVER[0], '"at" >= make_timestamp(?)', since),
        (until < EVER[1], '"at" < make_timestamp(?)', until),
        (wanted.severity > 0, "severity >= ?", wanted.severity),
        (bool(wanted.source), "source = ?", wanted.source),
        *((True, "source <> ?", one) for one in wanted.hide),
        (bool(wanted.find) and wanted.exact, "contains(body, ?)", wanted.find),
        (bool(wanted.find) and not wanted.exact, "contains(lower(body), lower(?))", wanted.find),
        (bool(wanted.regex), "regexp_matches(body, ?)", wanted.regex),
    ]
    chosen = [(text, value) for holds, text, value in tests if holds]
    nodes = [] if wanted.nodes is None else [f"node IN ({', '.join(map(str, wanted.nodes)) or 'NULL'})"]
    return nodes + [text for text, _ in chosen], [value for _, value in chosen]


def encode_cursor(at: int, number: int, order: str) -> str:
    """The place just after this line."""
    packed = _CURSOR.pack(at, number, order == "asc")
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode_cursor(text: str, order: str) -> Place:
    """(at, id) of the line before. Raises BadRequest if this is not a cursor of a page in this order."""
    try:
        at, number, ascending = _CURSOR.unpack(base64.urlsafe_b64decode(text.encode("ascii") + b"=="))
    except (ValueError, binascii.Error, struct.error):
        raise BadRequest("this is not a cursor; give the `cursor` of the page before as it is", "cursor") from None
    if not EVER[0] < at < EVER[1]:
        raise BadRequest("this is not a cursor; give the `cursor` of the page before as it is", "cursor")
    if bool(ascending) != (order == "asc"):
        raise BadRequest("this cursor belongs to a page in the other order", "cursor")
    return at, number


@dataclass(slots=True)
class Group:
    """Some files, or some rows in memory (from, to; by their number in order of arrival)."""

    segments: Sequence[Segment] = ()
    memory: tuple[int, int] | None = None


def groups(question: Question, wanted: LogQuery, since: int, until: int) -> Iterator[Group]:
    """The rows in memory and then the files, in the order of the answer, few at first and then more at once."""
    nodes = None if wanted.nodes is None else sorted(wanted.nodes)
    chosen = question.choose(question.view.logs, since, until, nodes)
    descending = wanted.order == "desc"
    chosen.sort(key=lambda one: one.t_max if descending else one.t_min, reverse=descending)
    rows = question.view.tail_logs.num_rows if question.view.tail_logs is not None else 0
    for begin, end in _growing(rows, _FIRST_ROWS):
        yield Group(memory=(rows - end, rows - begin) if descending else (begin, end))
    for begin, end in _growing(len(chosen), 1):
        yield Group(chosen[begin:end])


def _growing(count: int, size: int) -> Iterator[tuple[int, int]]:
    """From 0 to `count` in steps, each as large as all before it."""
    begin = 0
    while begin < count:
        end = min(count, 2 * begin + size)
        yield begin, end
        begin = end


def _some(
    question: Question, wanted: LogQuery, since: int, until: int, after: Place | None, group: Group
) -> Iterator[LogRow]:
    tests, parameters = conditions(wanted, since, until)
    descending = wanted.order == "desc"
    if after is not None:
        tests.append('(epoch_us("at"), id) < (?, ?)' if descending else '(epoch_us("at"), id) > (?, ?)')
        parameters += after
    way = "DESC" if descending else "ASC"
    rows = question.rows(
        f"""SELECT {COLUMNS}
        FROM ({source_of(question, group)})
        WHERE {" AND ".join(tests) or "true"} ORDER BY "at" {way}, id {way} LIMIT {wanted.limit + 1}""",
        parameters,
    )
    return map(LogRow._make, rows)


def source_of(question: Question, group: Group) -> str:
    """SQL of all its rows."""
    if group.memory:
        return question.logs_in_memory(*group.memory)
    return question.logs(group.segments, with_tail=False)


def check(question: Question, wanted: LogQuery) -> None:
    if not 1 <= wanted.limit <= MOST_ROWS:
        raise BadRequest(f"limit must be 1 to {MOST_ROWS}; follow the cursor for more", "limit")
    for field, text in (
        ("find", wanted.find),
        ("regex", wanted.regex),
        ("source", wanted.source),
        *(("hide", one) for one in wanted.hide),
    ):
        if len(text) > MOST_TEXT or not _is_text(text):
            raise BadRequest(f"{field} may have {MOST_TEXT} characters, and only what is text", field)
    if wanted.regex:
        check_regex(question, wanted.regex)


def _is_text(text: str) -> bool:
    """No zero byte, and no half of a surrogate pair: what the engine takes for text."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def check_regex(question: Question, regex: str) -> None:
    """Raises BadRequest with RE2's reason."""
    try:
        question.rows("SELECT regexp_matches('', ?)", [regex])
    except duckdb.InvalidInputException as error:
        raise BadRequest(f"the regular expression is not one (RE2): {error}", "regex") from None
