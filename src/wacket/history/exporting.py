"""Gives any selection of readings or logs as CSV, NDJSON or Parquet, in pieces, with bounded memory.

Rows come file by file in order of time, then those still in memory; within a file readings are sorted by series and
time. A file that cannot be read is reported and left out. Names come from the caller, one for each series or node;
what has no name is left out. Parquet is written to a temporary file first, since its index stands at its end.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import duckdb
import msgspec
import numpy as np
from arro3.core import Array, DataType, Table

from wacket.history import logsearch
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
_TIME = """strftime("at", '%Y-%m-%dT%H:%M:%S.%fZ')"""


class Name(NamedTuple):
    """What a series is called."""

    id: int
    node: str
    name: str
    labels: Mapping[str, str]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of these series in [since, until)."""

    names: Sequence[Name]
    since: int
    until: int


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

    def ask(self, work: Callable[[Question], None]) -> None:
        """Run work, again without the files that turn out to be unreadable."""

    def reading(self) -> AbstractContextManager[Question]:
        """A question without a time limit."""

    def report(self, error: duckdb.Error, used: Sequence[str]) -> bool:
        """Find and report the file to blame."""


def export(query: Asking, wanted: Export) -> Iterator[bytes]:
    """The file in pieces of about a megabyte. Raises BadRequest before the first piece."""
    if wanted.format == "parquet":
        yield from _file(query, wanted.what)
    else:
        yield from _text(query, wanted.what, wanted.format)


def _text(query: Asking, what: Readings | Logs, form: Literal["csv", "ndjson"]) -> Iterator[bytes]:
    with query.reading() as question:
        segments = _prepare(question, what, form)
        if form == "csv":
            yield _HEADERS[type(what)]
        for source in [*segments, None]:
            mark = len(question.used)
            try:
                yield from _lines(question, what, form, source)
            except duckdb.Error as error:
                if not query.report(error, question.used[mark:]):
                    raise


def _lines(question: Question, what: Readings | Logs, form: str, source: Segment | None) -> Iterator[bytes]:
    tail, of_view, lines = (
        ("tail_readings", question.view.tail_readings, _READING_LINES)
        if isinstance(what, Readings)
        else ("tail_logs", question.view.tail_logs, _LOG_LINES)
    )
    if source is None and of_view is None:
        return
    where, parameters = _where(what)
    rows = question.union("*", [source] if source else [], "" if source else tail, "")
    if not rows:
        return
    question.cursor.execute(
        f"SELECT {lines[form]} FROM (SELECT * FROM ({rows}) {where}) r JOIN names USING ({_key(what)})",
        parameters,
    )
    while piece := question.cursor.fetchmany(_ROWS):
        yield "".join([line for (line,) in piece]).encode()


def _file(query: Asking, what: Readings | Logs) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="wacket-export-") as folder:
        path = Path(folder) / "export.parquet"
        query.ask(lambda question: _copy(question, what, path))
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _copy(question: Question, what: Readings | Logs, path: Path) -> None:
    segments = _prepare(question, what, "parquet")
    where, parameters = _where(what)
    if isinstance(what, Readings):
        columns = 'n.node, n.name, n.labels, n.unit, r."at", r.value, r.quality'
        tail, rows = question.view.tail_readings, "tail_readings"
    else:
        columns = 'r.id, r."at", r.observed_at, n.name AS node, r.source, r.severity, r.body, r.attrs'
        tail, rows = question.view.tail_logs, "tail_logs"
    source = question.union("*", segments, rows if tail is not None else "", "") or (
        question.readings(1, 0) if isinstance(what, Readings) else question.logs([], with_tail=False)
    )
    question.cursor.execute(
        f"""COPY (SELECT {columns} FROM (SELECT * FROM ({source}) {where}) r JOIN names n USING ({_key(what)}))
        TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd, OVERWRITE true)""",
        parameters,
    )


def _prepare(question: Question, what: Readings | Logs, form: Format) -> list[Segment]:
    """Put the names beside the rows, and choose the files, the oldest first."""
    if isinstance(what, Readings):
        question.cursor.register("names", _series_table(what.names, form))
        ids = [name.id for name in what.names]
        chosen = question.choose(question.view.readings, what.since, what.until, ids)
    else:
        if what.wanted.regex:
            logsearch.check_regex(question, what.wanted.regex)
        question.cursor.register("names", _node_table(what.nodes, form))
        nodes = None if what.wanted.nodes is None else sorted(what.wanted.nodes)
        chosen = question.choose(question.view.logs, what.wanted.since, what.wanted.until, nodes)
    return sorted(chosen, key=lambda one: (one.t_min, one.first))


def _where(what: Readings | Logs) -> tuple[str, list[Any]]:
    if isinstance(what, Readings):
        return condition('"at"', what.since, what.until, [name.id for name in what.names]), []
    tests, parameters = logsearch.conditions(what.wanted, what.wanted.since, what.wanted.until)
    return f"WHERE {' AND '.join(tests)}" if tests else "", parameters


def _key(what: Readings | Logs) -> str:
    return "series" if isinstance(what, Readings) else "node"


_HEADERS: Mapping[type[Readings | Logs], bytes] = {
    Readings: b"node,name,labels,at,value\n",
    Logs: b"id,at,node,source,severity,body,attrs\n",
}

# The part of a line that is the same for all rows of a series is made once, in the table of names.
_READING_LINES = {
    "csv": f"concat(start, {_TIME}, ',', value, E'\\n')",
    "ndjson": f"""concat(start, {_TIME}, '","value":',
        CASE WHEN isfinite(value) THEN value::VARCHAR ELSE 'null' END, E'}}\\n')""",
}


def _in_csv(column: str) -> str:
    return f"""'"', replace({column}, '"', '""'), '"'"""


_LOG_LINES = {
    "csv": f"""concat(id, ',', {_TIME}, ',', start, ',', {_in_csv("source")}, ',', severity, ',', {_in_csv("body")},
        ',', {_in_csv("attrs")}, E'\\n')""",
    "ndjson": f"""concat('{{"id":', id, ',"at":"', {_TIME}, '","node":', start, ',"source":', to_json(source),
        ',"severity":', severity, ',"body":', to_json(body), ',"attrs":',
        CASE WHEN attrs = '' THEN '{{}}' WHEN json_valid(attrs) THEN json(attrs)::VARCHAR
        ELSE to_json(attrs)::VARCHAR END, E'}}\\n')""",
}


def _series_table(names: Sequence[Name], form: Format) -> Table:
    columns: dict[str, Any] = {"series": Array.from_numpy(np.array([name.id for name in names], np.uint32))}
    labels = [msgspec.json.encode(name.labels).decode() for name in names]
    if form == "parquet":
        columns |= {
            "node": _texts([name.node for name in names]),
            "name": _texts([name.name for name in names]),
        }
        columns |= {"labels": _texts(labels), "unit": _texts([name.unit for name in names])}
    else:
        starts = _csv_start if form == "csv" else _ndjson_start
        columns["start"] = _texts(list(map(starts, names, labels)))
    return Table.from_pydict(columns)


def _csv_start(name: Name, labels: str) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator=",").writerow((name.node, name.name, labels))
    return line.getvalue()


def _ndjson_start(name: Name, labels: str) -> str:
    texts = [msgspec.json.encode(text).decode() for text in (name.node, name.name)]
    return f'{{"node":{texts[0]},"name":{texts[1]},"labels":{labels},"at":"'


def _node_table(nodes: Mapping[int, str], form: Format) -> Table:
    names = list(nodes.values())
    columns: dict[str, Any] = {"node": Array.from_numpy(np.array(list(nodes), np.uint32))}
    if form == "parquet":
        columns["name"] = _texts(names)
    elif form == "csv":
        columns["start"] = _texts(['"' + name.replace('"', '""') + '"' for name in names])
    else:
        columns["start"] = _texts([msgspec.json.encode(name).decode() for name in names])
    return Table.from_pydict(columns)


def _texts(rows: Sequence[str]) -> Array:
    return Array(list(rows), type=DataType.utf8())
