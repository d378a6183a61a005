"""Exports over HTTP: whole files, streamed; and what happens when the caller leaves in the middle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from tests.support.past import FakePast

from wacket import settings
from wacket.api import export
from wacket.history.exporting import Export, Name, Readings
from wacket.history.query import Query
from wacket.history.question import EVER
from wacket.history.times import SECOND
from wacket.ledger import nodes as node_rows
from wacket.records import SeriesKey

pytestmark = pytest.mark.slow  # each test writes Parquet files

ROWS = 50_000


@pytest.fixture
def past(api: Any, tmp_path: Path) -> Iterator[FakePast]:
    (tmp_path / "past").mkdir()
    past = FakePast(tmp_path / "past")
    api.parts.query = Query(past, settings.History())
    api.app.include_router(export.router)
    api.parts.ledger.write_sync(lambda c: node_rows.create(c, "rig-3", "board", "adopted", "name:rig-3", api.now))
    api.parts.catalogue.refresh_nodes()
    api.parts.catalogue.intern([SeriesKey(2, "temp"), SeriesKey(2, "hum")], {})
    at = api.now - np.arange(ROWS)[::-1] * SECOND
    past.seal_readings(np.full(ROWS, 1), at, np.arange(ROWS) / 4)
    past.keep_readings([2], [api.now], [40.0])
    past.keep_logs([(1, api.now, 2, "app", 9, "one", ""), (2, api.now, 2, "app", 17, "two", '{"a":1}')])
    yield past
    api.parts.query.close()
    assert past.views == 0


def test_readings_as_ndjson(api: Any, past: FakePast) -> None:
    answer = api.owner.get("/api/v1/export/readings", params={"match": "rig-3/*"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"] == 'attachment; filename="readings.ndjson"'
    lines = answer.content.splitlines()
    assert len(lines) == ROWS + 1
    assert json.loads(lines[-1]) == {
        "node": "rig-3",
        "name": "hum",
        "labels": {},
        "at": "2027-01-15T08:00:00.000000Z",
        "value": 40.0,
    }


def test_readings_as_csv_of_a_range(api: Any, past: FakePast) -> None:
    asked = {"match": "temp", "since": "10s", "until": "5s", "format": "csv"}
    answer = api.owner.get("/api/v1/export/readings", params=asked)
    assert answer.headers["content-type"].startswith("text/csv")
    assert [line.rsplit(",", 1)[-1] for line in answer.text.splitlines()] == [
        "value",
        *(str((ROWS - 1 - k) / 4) for k in range(10, 5, -1)),
    ]


@pytest.mark.parametrize(("what", "rows"), [("readings", ROWS + 1), ("logs", 2)])
def test_parquet_is_a_file_that_others_can_read(api: Any, past: FakePast, tmp_path: Path, what: str, rows: int) -> None:
    answer = api.owner.get(f"/api/v1/export/{what}", params={"format": "parquet"})
    path = tmp_path / "answer.parquet"
    path.write_bytes(answer.content)
    with duckdb.connect() as engine:
        assert engine.execute(f"SELECT count(*), min(node) FROM '{path}'").fetchall() == [(rows, "rig-3")]


def test_logs_that_fit(api: Any, past: FakePast) -> None:
    answer = api.owner.get("/api/v1/export/logs", params={"severity": "error", "node": "rig-3"})
    (row,) = map(json.loads, answer.text.splitlines())
    assert (row["body"], row["attrs"], row["severity"]) == ("two", {"a": 1}, 17)


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("readings", {"format": "xlsx"}, 400),
        ("readings", {"since": "?"}, 400),
        ("readings", {"node": "nobody"}, 404),
        ("logs", {"regex": "("}, 400),
        ("logs", {"format": "parquet", "regex": "("}, 400),
    ],
)
def test_what_is_wrong_is_told_before_the_file_begins(
    api: Any, past: FakePast, path: str, asked: dict[str, str], status: int
) -> None:
    answer = api.owner.get(f"/api/v1/export/{path}", params=asked)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_a_caller_who_leaves_frees_the_files(api: Any, past: FakePast) -> None:
    pieces = api.parts.query.export(Export(Readings([Name(1, "rig-3", "temp", {})], *EVER), "csv"))
    streamed = export._streamed(next(pieces), pieces)
    assert (await anext(streamed)).startswith(b"node,")
    assert past.views == 1
    await streamed.aclose()  # type: ignore[attr-defined]
    assert past.views == 0


def test_exporting_needs_the_right_to_read(api: Any, past: FakePast) -> None:
    for path in ("/api/v1/export/readings", "/api/v1/export/logs"):
        assert api.client().get(path).status_code == 401
        assert api.client(bearer=api.token("ingest")).get(path).status_code == 403
