"""Answers a SELECT that a person wrote, over views of the whole history, in a database made for this one question.

That database can read the files of the view and nothing else: no other file, no network, no extension, no setting.
It cannot write, not even to the engine's own log, and it is thrown away afterwards. Only one SELECT is taken. Names
of series and nodes come from the caller. Answers are JSON-safe: times are ISO-8601 text, what JSON cannot say (large
numbers, intervals, bytes) is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import msgspec
from arro3.core import Array, DataType, Table

from wacket.errors import BadRequest
from wacket.history.question import EVER, Question, engine_settings, quoted

MOST_ROWS = 100_000
MOST_TEXT = 100_000  # characters of a question
_MOST_BYTES = 64 * 1024 * 1024  # of an answer, as JSON
_PIECE = 1000  # rows taken from the engine at once, or fewer if they are
_PIECE_BYTES = 1024 * 1024  # larger than this

_TEXT = DataType.utf8()

VIEWS = {
    "readings": "time, node, name, labels, unit, value, quality, series",
    "series": "id, node, name, labels, unit",
    "logs": "id, time, observed_at, node, source, severity, body, attrs",
    "nodes": "id, name, kind, state",
}

_SERIES_COLUMNS = {"id": DataType.uint32(), "node": _TEXT, "name": _TEXT, "labels": _TEXT, "unit": _TEXT}
MERGED = "merged"  # the state of an id that rows have, and that stands for another node by now
_NODE_COLUMNS = {"id": DataType.uint32(), "name": _TEXT, "kind": _TEXT, "state": _TEXT}

# Functions that write elsewhere (the engine's log and profile, to the hub's terminal or a file), and those that run a
# text, which could hide the others. As named in the tree of a question; in a text there a quote has a backslash.
_OUTLETS = re.compile(
    r'"function_name":"((?:en|dis)able_(?:logging|profiling)|write_log|truncate_duckdb_logs|query|query_table'
    r'|json_execute_serialized_sql)"',
    re.IGNORECASE,
)
_NO_TREE = re.compile(r'\{"error":true.*"error_message":"(.*)"')
_END = re.compile(r"(?:;|\s)+\Z")
_AS_IT_IS = re.compile(r"(?:TINY|SMALL|BIG|U|UTINY|USMALL)?INT(?:EGER)?|UINTEGER|DOUBLE|FLOAT|BOOLEAN|VARCHAR")
_TIMES = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE")


@dataclass(frozen=True, slots=True)
class Names:
    """What the views call things: rows (id, node, name, labels as JSON text, unit) and (id, name, kind, state)."""

    series: Sequence[tuple[int, str, str, str, str]] = ()
    nodes: Sequence[tuple[int, str, str, str]] = ()


@dataclass(slots=True)
class Answer:
    """`truncated`: there are more rows than were allowed, or more text than fits in one answer."""

    columns: list[str]
    rows: list[list[Any]] = field(default_factory=list)
    truncated: bool = False


def run(question: Question, text: str, limit: int, names: Names, memory: str, threads: int = 2) -> Answer:
    """Answer one SELECT. Raises BadRequest, with the reason, for what is no SELECT or may not be done."""
    if not 1 <= limit <= MOST_ROWS:
        raise BadRequest(f"limit must be 1 to {MOST_ROWS}", "limit")
    question.sound = lambda _: True  # a question may name all there is, and look at little of it
    sandbox = duckdb.connect(":memory:", config=engine_settings(memory, threads))
    try:
        question.also.append(sandbox)
        text = _one_select(sandbox, text)
        _furnish(sandbox, question, names)
        try:
            return _answer(sandbox, text, limit)
        except (duckdb.InterruptException, duckdb.OutOfMemoryException):
            raise
        except duckdb.Error as error:
            if _may_be_a_file(error):
                raise
            raise refusal(error) from error
    finally:
        sandbox.close()


def _one_select(sandbox: Any, text: str) -> str:
    """The text of the only statement, a SELECT: it cannot change anything. WITH, VALUES and FROM are SELECTs too."""
    if len(text) > MOST_TEXT or "\0" in text:
        raise BadRequest(f"a question may have {MOST_TEXT} characters, and no zero byte", "sql")
    try:
        statements = sandbox.extract_statements(text)
    except (duckdb.Error, TypeError) as error:  # TypeError: half of a surrogate pair is no text
        raise refusal(error) from error
    if len(statements) != 1:
        raise BadRequest(f"write one SELECT; this has {len(statements)} statements", "sql")
    if statements[0].type != duckdb.StatementType.SELECT:
        kind = statements[0].type.name.replace("_", " ")
        raise BadRequest(f"only SELECT is possible here, and this is {kind}: the history cannot be changed", "sql")
    text = _END.sub("", text)
    _refuse_outlets(sandbox, text)
    return text


def _refuse_outlets(sandbox: Any, text: str) -> None:
    """Raise BadRequest where the engine's own reading of the text calls one of _OUTLETS, however it is written."""
    try:
        ((tree,),) = sandbox.execute("SELECT json_serialize_sql(?::VARCHAR)", [text]).fetchall()
    except duckdb.Error as error:
        raise refusal(error) from error
    if found := _NO_TREE.match(tree):
        raise BadRequest(f"this cannot be looked at: {found[1]}", "sql")
    if found := _OUTLETS.search(tree):
        raise BadRequest(f"{found[1]}() is not possible here: a question only reads the history", "sql")


def _furnish(sandbox: Any, question: Question, names: Names) -> None:
    """Put up the views, then lock every door."""
    view = question.view
    readings, logs = question.choose(view.readings, *EVER), question.choose(view.logs, *EVER)
    for name, table in (
        ("tail_readings", view.tail_readings),
        ("tail_logs", view.tail_logs),
        ("wacket_series", _table(names.series, _SERIES_COLUMNS)),
        ("wacket_nodes", _table(names.nodes, _NODE_COLUMNS)),
    ):
        if table is not None:
            sandbox.register(name, table)
    paths = ", ".join(quoted(one.path) for one in (*readings, *logs))
    sandbox.execute(f"SET allowed_paths = [{paths}]; SET TimeZone = 'UTC'")
    sandbox.execute("SET enable_external_access = false; SET lock_configuration = true")
    sandbox.execute(f"CREATE VIEW series AS SELECT {VIEWS['series']} FROM wacket_series")
    sandbox.execute(f"CREATE VIEW nodes AS SELECT {VIEWS['nodes']} FROM wacket_nodes WHERE state <> '{MERGED}'")
    sandbox.execute(
        f"""CREATE VIEW readings AS SELECT r."at" AS time, s.node, s.name, s.labels, s.unit,
        r.value, r.quality, r.series FROM ({question.readings(*EVER)}) r JOIN wacket_series s ON s.id = r.series"""
    )
    sandbox.execute(
        f"""CREATE VIEW logs AS SELECT l.id, l."at" AS time, l.observed_at, n.name AS node, l.source,
        l.severity, l.body, l.attrs FROM ({question.logs(logs, with_tail=True)}) l
        LEFT JOIN wacket_nodes n ON n.id = l.node"""
    )


def _table(rows: Sequence[tuple[Any, ...]], columns: Mapping[str, DataType]) -> Table:
    by_column: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(columns)
    pairs = zip(columns.items(), by_column, strict=True)
    return Table.from_pydict({name: Array(list(values), type=kind) for (name, kind), values in pairs})


def _answer(sandbox: Any, text: str, limit: int) -> Answer:
    described = sandbox.execute(f"DESCRIBE SELECT * FROM ({text}\n)").fetchall()
    names = [row[0] for row in described]
    columns = [f"c{place}" for place in range(len(names))]
    shown = [_shown(column, row[1]) for column, row in zip(columns, described, strict=True)]
    sandbox.execute(
        f"""SELECT {", ".join(sql for sql, _ in shown)} FROM ({text}\n) AS answer({", ".join(columns)})
        LIMIT {limit + 1}"""
    )
    documents = [place for place, (_, document) in enumerate(shown) if document]
    answer, size, wanted = Answer(names), 0, 1
    while rows := _taken(sandbox, wanted, documents):
        added = len(msgspec.json.encode(rows))
        if size + added > _MOST_BYTES:
            return _cut_short(answer)
        size += added
        answer.rows += rows
        wanted = min(2 * wanted, _PIECE) if added < _PIECE_BYTES else max(1, wanted // 2)
    answer.truncated = len(answer.rows) > limit
    del answer.rows[limit:]
    return answer


def _taken(sandbox: Any, wanted: int, documents: Sequence[int]) -> list[list[Any]]:
    """The next rows. The engine makes two thousand or so at a time, which is the memory that no setting bounds."""
    rows = list(map(list, sandbox.fetchmany(wanted)))
    for place in documents:
        for row in rows:
            row[place] = row[place] and _document(row[place])
    return rows


def _cut_short(answer: Answer) -> Answer:
    """What fits. Raises BadRequest where nothing does."""
    if not answer.rows:
        most = _MOST_BYTES >> 20
        raise BadRequest(f"a row has more than {most} MiB; ask for less of it, for example left(body, 1000)", "sql")
    answer.truncated = True
    return answer


def _shown(column: str, kind: str) -> tuple[str, bool]:
    """SQL that gives a column of this type as something JSON can say, and whether that is a JSON document."""
    if _AS_IT_IS.fullmatch(kind):
        return column, False
    if kind.startswith("DECIMAL"):
        return f"{column}::DOUBLE", False
    if kind in _TIMES:
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%fZ')", False
    if kind in ("HUGEINT", "UBIGINT", "UHUGEINT"):
        return f"coalesce(to_json(try_cast({column} AS BIGINT)), to_json({column}::VARCHAR))::VARCHAR", True
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "JSON")):
        return f"to_json({column})::VARCHAR", True
    return f"{column}::VARCHAR", False


def _document(text: str) -> Any:
    try:
        value = msgspec.json.decode(text)
        msgspec.json.encode(value)  # whole numbers beyond 64 bits can be read but not written
    except (msgspec.DecodeError, OverflowError, RecursionError):
        return text
    return value


def _may_be_a_file(error: duckdb.Error) -> bool:
    """Whether the engine met something that may not be the question's fault."""
    if isinstance(error, duckdb.ProgrammingError | duckdb.PermissionException):
        return isinstance(error, duckdb.InvalidInputException) and any(sign in said(error) for sign in _SIGNS)
    return isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.InternalException)


_SIGNS = ("Snappy", "ZSTD", "decompress", "Parquet", "parquet", "Thrift", "corrupt")


def refusal(error: Exception) -> BadRequest:
    """What to answer where the engine did not like the question."""
    return BadRequest(said(error), "sql")


def said(error: Exception) -> str:
    """The engine's reason, without the text of the question."""
    return str(error).strip().split("\n\nLINE")[0][:1000]
