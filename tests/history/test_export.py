"""Exports: every row once, with its names, in three formats, in bounded pieces."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from tests.support.past import FakePast

from wacket import settings
from wacket.errors import BadRequest, Unavailable
from wacket.history.exporting import Export, Logs, Name, Readings
from wacket.history.logsearch import LogQuery
from wacket.history.query import Query
from wacket.history.question import EVER
from wacket.history.times import SECOND

pytestmark = pytest.mark.slow  # each test writes Parquet files

BASE = 1_764_547_200 * SECOND
NAMES = [Name(1, 'rig "3"', "temp,in", {"place": "top"}, "°C"), Name(2, "rig-4", "n", {})]
NODES = {1: "rig-3", 2: 'a "b"'}


@pytest.fixture
def past(tmp_path: Path) -> FakePast:
    past = FakePast(tmp_path)
    past.seal_readings([1, 1, 2, 3], [BASE, BASE + SECOND, BASE, BASE], [1.5, 2.0, 1e300, 9.0])
    past.keep_readings([2, 1], [BASE + 2 * SECOND, BASE + 2 * SECOND + 250_000], [np.nan, -0.1])
    past.seal_logs([(1, BASE, 1, "app", 9, 'said "hi",\nleft', '{ "a": [1, 2] }'), (2, BASE, 2, "", 13, "two", "")])
    past.keep_logs([(3, BASE + SECOND, 1, "app", 17, "\x00 three \u2028", "not json")])
    return past


@pytest.fixture
def query(past: FakePast) -> Iterator[Query]:
    query = Query(past, settings.History())
    yield query
    query.close()
    assert past.views == 0


def export(query: Query, what: Readings | Logs, form: str) -> bytes:
    return b"".join(query.export(Export(what, form)))  # type: ignore[arg-type]


def parquet(body: bytes, folder: Path) -> list[dict[str, Any]]:
    path = folder / "answer.parquet"
    path.write_bytes(body)
    with duckdb.connect() as engine:
        cursor = engine.execute(f"SELECT * FROM '{path}'")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_readings_as_ndjson(query: Query) -> None:
    rows = [json.loads(line) for line in export(query, Readings(NAMES, *EVER), "ndjson").splitlines()]
    first = {"node": 'rig "3"', "name": "temp,in", "labels": {"place": "top"}}
    second = {"node": "rig-4", "name": "n", "labels": {}}
    assert rows == [
        first | {"at": "2025-12-01T00:00:00.000000Z", "value": 1.5},
        first | {"at": "2025-12-01T00:00:01.000000Z", "value": 2.0},
        second | {"at": "2025-12-01T00:00:00.000000Z", "value": 1e300},
        second | {"at": "2025-12-01T00:00:02.000000Z", "value": None},
        first | {"at": "2025-12-01T00:00:02.250000Z", "value": -0.1},
    ]


def test_readings_as_csv(query: Query) -> None:
    rows = list(csv.reader(io.StringIO(export(query, Readings(NAMES, *EVER), "csv").decode())))
    assert rows[0] == ["node", "name", "labels", "at", "value"]
    assert rows[1] == ['rig "3"', "temp,in", '{"place":"top"}', "2025-12-01T00:00:00.000000Z", "1.5"]
    assert [row[4] for row in rows[1:]] == ["1.5", "2.0", "1e+300", "nan", "-0.1"]


def test_readings_as_parquet(query: Query, tmp_path: Path) -> None:
    rows = parquet(export(query, Readings(NAMES, *EVER), "parquet"), tmp_path)
    assert [(row["node"], row["unit"], row["quality"]) for row in rows[:1]] == [('rig "3"', "°C", 0)]
    assert [row["value"] for row in rows if row["name"] == "temp,in"] == [1.5, 2.0, -0.1]
    assert [str(row["at"]) for row in rows[:2]] == ["2025-12-01 00:00:00", "2025-12-01 00:00:01"]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_a_range_of_time_narrows_and_its_end_is_left_out(query: Query, form: str) -> None:
    body = export(query, Readings(NAMES[:1], BASE + SECOND, BASE + 2 * SECOND + 250_000), form)
    assert body.count(b"rig") == 1
    assert b"2.0" in body


def test_logs_as_ndjson_are_one_line_each_whatever_they_hold(query: Query) -> None:
    lines = export(query, Logs(LogQuery(), NODES), "ndjson").decode().split("\n")
    rows = [json.loads(line) for line in lines[:-1]]
    assert lines[-1] == ""
    assert [row["body"] for row in rows] == ['said "hi",\nleft', "two", "\x00 three \u2028"]
    assert [row["attrs"] for row in rows] == [{"a": [1, 2]}, {}, "not json"]
    assert rows[1] == {
        "id": 2,
        "at": "2025-12-01T00:00:00.000000Z",
        "node": 'a "b"',
        "source": "",
        "severity": 13,
        "body": "two",
        "attrs": {},
    }


def test_logs_as_csv(query: Query) -> None:
    rows = list(
        csv.DictReader(io.StringIO(export(query, Logs(LogQuery(severity=9), NODES), "csv").decode(), newline=""))
    )
    assert [row["body"] for row in rows] == ['said "hi",\nleft', "two", "\x00 three \u2028"]
    assert rows[1]["node"] == 'a "b"'


def test_logs_as_parquet(query: Query, tmp_path: Path) -> None:
    rows = parquet(export(query, Logs(LogQuery(find="T", nodes=frozenset({1, 2})), NODES), "parquet"), tmp_path)
    assert [(row["id"], row["node"]) for row in rows] == [(1, "rig-3"), (2, 'a "b"'), (3, "rig-3")]


def test_a_search_narrows_an_export(query: Query) -> None:
    assert export(query, Logs(LogQuery(find="TWO"), NODES), "csv").count(b"\n") == 2
    with pytest.raises(BadRequest, match="RE2"):
        export(query, Logs(LogQuery(regex="("), NODES), "ndjson")


def test_nothing_is_a_whole_file_too(query: Query, tmp_path: Path) -> None:
    nothing = Readings([], *EVER)
    assert export(query, nothing, "csv") == b"node,name,labels,at,value\n"
    assert export(query, nothing, "ndjson") == b""
    assert parquet(export(query, nothing, "parquet"), tmp_path) == []
    empty = Query(FakePast(tmp_path), settings.History())
    assert parquet(export(empty, Readings(NAMES, *EVER), "parquet"), tmp_path) == []
    assert parquet(export(empty, Logs(LogQuery(), NODES), "parquet"), tmp_path) == []
    assert export(empty, Logs(LogQuery(), NODES), "csv") == b"id,at,node,source,severity,body,attrs\n"
    empty.close()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_large_export_comes_in_pieces_and_in_order(tmp_path: Path, form: str) -> None:
    past = FakePast(tmp_path)
    rows = 300_000
    past.seal_readings(np.full(rows, 1), BASE + np.arange(rows) * SECOND, np.arange(rows) / 8)
    query = Query(past, settings.History())
    tracemalloc.start()
    size, largest, seen = 0, 0, []
    for piece in query.export(Export(Readings(NAMES[:1], *EVER), form)):  # type: ignore[arg-type]
        size, largest = size + len(piece), max(largest, len(piece))
        if form == "csv":
            seen += [
                float(line.rpartition(b",")[2])
                for line in piece.splitlines()[:: 1 + len(piece) // 1000]
                if b"rig" in line
            ]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    query.close()
    assert largest <= 4 << 20
    assert peak < 32 << 20
    assert size > (20_000_000 if form == "csv" else 10_000)
    assert seen == sorted(seen)


def test_a_parquet_file_may_take_longer_than_a_question(tmp_path: Path) -> None:
    past = FakePast(tmp_path)
    past.seal_readings(np.full(1_000_000, 1), BASE + np.arange(1_000_000) * SECOND, np.arange(1_000_000) / 8)
    query = Query(past, settings.History(query_seconds=0.001))
    assert len(parquet(export(query, Readings(NAMES[:1], *EVER), "parquet"), tmp_path)) == 1_000_000
    query.close()


@pytest.mark.parametrize("what", [Readings(NAMES, *EVER), Logs(LogQuery(), NODES)])
def test_a_parquet_file_is_refused_where_the_disk_has_no_room_for_it(
    past: FakePast, query: Query, what: Readings | Logs
) -> None:
    past.kept_free = 1 << 60
    with pytest.raises(Unavailable, match="csv or ndjson"):
        export(query, what, "parquet")
    assert export(query, what, "ndjson")


def test_an_export_leaves_no_file_even_if_the_hub_is_killed_meanwhile(past: FakePast, query: Query) -> None:
    before = sorted(past.folder.iterdir())
    pieces = query.export(Export(Readings(NAMES, *EVER), "parquet"))
    assert next(pieces)
    assert sorted(past.folder.iterdir()) == before  # it has no name from the beginning
    pieces.close()  # type: ignore[attr-defined]
    assert past.views == 0
