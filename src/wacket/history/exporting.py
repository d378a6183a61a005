"""Gives any selection of readings or logs as CSV, NDJSON or Parquet, in pieces, with bounded memory.

Rows come file by file in order of time, then those still in memory; within a file readings are sorted by series and
time. A file that cannot be read is reported and left out. Names come from the caller, one for each series or node.
Parquet is written to a file of the history's disk first, since its index stands at its end.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any, Literal, NamedTuple, Protocol, TypeVar

import duckdb
import msgspec
from arro3.core import Table

from wacket.history import logsearch, segments
from wacket.history.question import Question, condition, quoted
from wacket.history.shapes import Segment

Format = Literal["csv", "ndjson", "parquet"]
MEDIA_TYPES: Mapping[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
_ROWS = 20_000  # in one piece of text
_PIECE = 1 << 20
_ZSTD = 3  # of Parquet
_TIME = """strftime("at", '%Y-%m-%dT%H:%M:%S.%fZ')"""


T = TypeVar("T")


class Name(NamedTuple):
    """What a series is called."""

    id: int
    node: str
    name: str
    labels: Mapping[str, str]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of these series in [since, until), or `computed` in their place: a table (series, at, `columns`)."""

    names: Sequence[Name]
    since: int
    until: int
    computed: Table | None = None
    columns: tuple[str, ...] = ("value",)


@dataclass(frozen=True, slots=True)
class Logs:
    """All the lines that `wanted` describes, whatever its limit and cursor; `nodes` gives the names."""

    wanted: logsearch.LogQuery
    nodes: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Export:
    what: Readings | Logs
    format: Format


class Asking(Protocol):
    """What an export needs of Query."""

    def ask(self, work: Callable[[Question], T], seconds: float | None = None) -> T:
        """Run work, again without the files that turn out to be unreadable; 0 seconds are without limit."""

    def reading(self) -> AbstractContextManager[Question]:
        """A question without a time limit."""

    def scratch(self, size: int) -> AbstractContextManager[IO[bytes]]:
        """A file for up to so many bytes, gone when it is closed. Raises Unavailable."""

    def report(self, error: duckdb.Error, used: Sequence[str]) -> bool:
        """Find and report the file to blame."""


def export(query: Asking, wanted: Export) -> Iterator[bytes]:
    """The file in pieces of about a megabyte. Raises BadRequest before the first piece."""
    if wanted.format == "parquet":
        yield from _file(query, wanted.what)
    else:
        yield from _text(query, wanted.what, wanted.format)


def _text(query: Asking, what: Readings | Logs, form: Literal["csv", "ndjson"]) -> Iterator[bytes]:
    called = _called(what, form)
    with query.reading() as question:
        files = _segments(question, what)
        if form == "csv":
            yield _header(what)
        for source in [*files, None]:
            mark = len(question.used)
            try:
                yield from _lines(question, what, form, called, source)
            except duckdb.Error as error:
                if not query.report(error, question.used[mark:]):
                    raise


def _lines(
    question: Question, what: Readings | Logs, form: str, called: _Called, source: Segment | None
) -> Iterator[bytes]:
    tail = _in_memory(question, what)
    lines = _reading_lines(what.columns) if isinstance(what, Readings) else _LOG_LINES
    rows = question.union("*", [source] if source else [], "" if source else tail, "")
    if not rows:
        return
    where, parameters = _where(what)
    (start,) = called.sql
    question.cursor.execute(
        f"SELECT {lines[form].replace('$start', start)} FROM ({rows}) {where}", [*called.lists, *parameters]
    )
    while piece := question.cursor.fetchmany(_ROWS):
        yield "".join([line for (line,) in piece]).encode()


def _file(query: Asking, what: Readings | Logs) -> Iterator[bytes]:
    size = query.ask(lambda question: _size(question, what))
    with query.scratch(2 * size) as file:
        query.ask(lambda question: _copy(question, what, file.fileno()), seconds=0)
        while piece := file.read(_PIECE):
            yield piece


def _size(question: Question, what: Readings | Logs) -> int:
    """About how large the Parquet file can become: what is stored is packed in the same way."""
    tail = question.view.tail_logs
    if isinstance(what, Readings):
        tail = question.view.tail_readings if what.computed is None else what.computed
    return sum(one.bytes for one in _segments(question, what)) + (0 if tail is None else int(tail.nbytes))


def _copy(question: Question, what: Readings | Logs, file: int) -> None:
    where, parameters = _where(what)
    called = _called(what, "parquet")
    if isinstance(what, Readings):
        node, name, labels, unit = called.sql
        numbers = ", ".join((*what.columns, "quality") if what.computed is None else what.columns)
        columns = f'{node} AS node, {name} AS name, {labels} AS labels, {unit} AS unit, "at", {numbers}'
        nothing = question.readings(1, 0, [])
    else:
        columns = f'id, "at", observed_at, {called.sql[0]} AS node, source, severity, body, attrs'
        nothing = question.logs([], with_tail=False)
    source = question.union("*", _segments(question, what), _in_memory(question, what), "") or nothing
    question.cursor.execute(
        f"""COPY (SELECT {columns} FROM ({source}) {where})
        TO {quoted(f"/proc/self/fd/{file}")} ({segments.COPY} {_ZSTD}, use_tmp_file false)""",
        [*called.lists, *parameters],
    )


def _segments(question: Question, what: Readings | Logs) -> list[Segment]:
    """The files, the oldest first. Raises BadRequest for a bad regular expression."""
    if isinstance(what, Readings):
        ids = [name.id for name in what.names] if what.computed is None else []
        chosen = question.choose(question.view.readings, what.since, what.until, ids)
    else:
        if what.wanted.regex:
            logsearch.check_regex(question, what.wanted.regex)
        nodes = None if what.wanted.nodes is None else sorted(what.wanted.nodes)
        chosen = question.choose(question.view.logs, what.wanted.since, what.wanted.until, nodes)
    return sorted(chosen, key=lambda one: (one.t_min, one.first))


def _in_memory(question: Question, what: Readings | Logs) -> str:
    """The name of the table of the rows in memory, if there are any."""
    if isinstance(what, Readings) and what.computed is not None:
        question.cursor.register("computed", what.computed)
        return "computed"
    if isinstance(what, Readings):
        return "tail_readings" if question.view.tail_readings is not None else ""
    return "tail_logs" if question.view.tail_logs is not None else ""


def _where(what: Readings | Logs) -> tuple[str, list[Any]]:
    if isinstance(what, Readings):
        return condition('"at"', what.since, what.until, [name.id for name in what.names]), []
    tests, parameters = logsearch.conditions(what.wanted, what.wanted.since, what.wanted.until)
    return f"WHERE {' AND '.join(tests)}" if tests else "", parameters


def _header(what: Readings | Logs) -> bytes:
    if isinstance(what, Logs):
        return b"id,at,node,source,severity,body,attrs\n"
    return f"node,name,labels,at,{','.join(what.columns)}\n".encode()


def _reading_lines(columns: Sequence[str]) -> Mapping[str, str]:
    """The part of a line that is the same for all rows of a series is made once, in the table of names."""
    in_csv = ", ".join(f"',', {name}" for name in columns)
    in_json = ", ".join(
        f"""',"{name}":', CASE WHEN isfinite({name}) THEN {name}::VARCHAR ELSE 'null' END""" for name in columns
    )
    return {
        "csv": f"concat($start, {_TIME}, {in_csv}, E'\\n')",
        "ndjson": f"""concat($start, {_TIME}, '"', {in_json}, E'}}\\n')""",
    }


def _in_csv(column: str) -> str:
    return f"""'"', replace({column}, '"', '""'), '"'"""


_LOG_LINES = {
    "csv": f"""concat(id, ',', {_TIME}, ',', $start, ',', {_in_csv("source")}, ',', severity, ',', {_in_csv("body")},
        ',', {_in_csv("attrs")}, E'\\n')""",
    "ndjson": f"""concat('{{"id":', id, ',"at":"', {_TIME}, '","node":', $start, ',"source":', to_json(source),
        ',"severity":', severity, ',"body":', to_json(body), ',"attrs":',
        CASE WHEN attrs = '' THEN '{{}}' WHEN json_valid(attrs) THEN json(attrs)::VARCHAR
        ELSE to_json(attrs)::VARCHAR END, E'}}\\n')""",
}


class _Called(NamedTuple):
    """SQL of the names of a row's series or node, and the parameters of that SQL.

    Taken from lists by number and not joined, for a join does not keep the order of the rows.
    """

    sql: tuple[str, ...]
    lists: tuple[list[str | None], ...]


def _called(what: Readings | Logs, form: Format) -> _Called:
    key = "series" if isinstance(what, Readings) else "node"
    columns = _series_columns(what.names, form) if isinstance(what, Readings) else [_node_column(what.nodes, form)]
    ids = [name.id for name in what.names] if isinstance(what, Readings) else list(what.nodes)
    low, size = min(ids, default=0), max(ids, default=-1) - min(ids, default=0) + 1
    lists = []
    for column in columns:
        by_number: list[str | None] = [None] * size
        for number, text in zip(ids, column, strict=True):
            by_number[number - low] = text
        lists.append(by_number)
    taken = f"list_extract(?::VARCHAR[], {key}::BIGINT - {low - 1})"
    return _Called((taken,) * len(lists), tuple(lists))


def _series_columns(names: Sequence[Name], form: Format) -> list[list[str]]:
    labels = [msgspec.json.encode(name.labels).decode() for name in names]
    if form == "parquet":
        return [[n.node for n in names], [n.name for n in names], labels, [n.unit for n in names]]
    return [list(map(_csv_start if form == "csv" else _ndjson_start, names, labels))]


def _node_column(nodes: Mapping[int, str], form: Format) -> list[str]:
    if form == "parquet":
        return list(nodes.values())
    if form == "csv":
        return ['"' + name.replace('"', '""') + '"' for name in nodes.values()]
    return [msgspec.json.encode(name).decode() for name in nodes.values()]


def _csv_start(name: Name, labels: str) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator=",").writerow((name.node, name.name, labels))
    return line.getvalue()


def _ndjson_start(name: Name, labels: str) -> str:
    texts = [msgspec.json.encode(text).decode() for text in (name.node, name.name)]
    return f'{{"node":{texts[0]},"name":{texts[1]},"labels":{labels},"at":"'
