"""Exports over HTTP: whole files, streamed; and what happens when the caller leaves in the middle."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from starlette.requests import Request
from tests.support.past import FakePast

from wacket import settings
from wacket.api import export, series_values
from wacket.api.patient import PatientResponse
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
    api.app.include_router(series_values.router)
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
    assert answer.headers["content-disposition"] == 'attachment; filename="readings_2-series.ndjson"'
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


def downloading(api: Any, bearer: str, patience: float = 60) -> PatientResponse:
    """An export under way, and whoever asked for it."""
    pieces = api.parts.query.export(Export(Readings([Name(1, "rig-3", "temp", {})], *EVER), "csv"))
    headers = [(b"authorization", f"Bearer {bearer}".encode())]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "app": api.app,
        "headers": headers,
        "client": ("127.0.0.1", 1),
    }
    streamed = export._streamed(Request(scope), next(pieces), pieces)
    return PatientResponse(streamed, patience, "an export", "text/csv", {})


async def test_a_caller_who_leaves_frees_the_files(api: Any, past: FakePast) -> None:
    streamed = downloading(api, api.parts.owner_key)._pieces
    assert (await anext(streamed)).startswith(b"node,")
    assert past.views == 1
    await streamed.aclose()
    assert past.views == 0


async def test_a_reader_that_stalls_is_given_up_and_frees_the_files(api: Any, past: FakePast) -> None:
    async def stalled(message: Any) -> None:
        if message.get("body"):
            await asyncio.Event().wait()

    async with asyncio.timeout(10):
        await downloading(api, api.parts.owner_key, patience=0.01).stream_response(stalled)
    assert past.views == 0


async def test_a_revoked_token_ends_its_export_before_the_file_is_whole(api: Any, past: FakePast) -> None:
    made = await asyncio.to_thread(
        lambda: api.owner.post("/api/v1/tokens", json={"name": "notebook", "scopes": ["read"]}).json()
    )
    heard: list[dict[str, Any]] = []

    async def hear(message: Any) -> None:
        heard.append(message)
        if len(heard) == 3:
            await asyncio.to_thread(api.owner.delete, f"/api/v1/tokens/{made['id']}")

    await downloading(api, made["secret"]).stream_response(hear)
    assert len(heard) == 3
    assert heard[-1]["more_body"]  # it was not ended as a whole file is
    assert past.views == 0


def test_exporting_needs_the_right_to_read(api: Any, past: FakePast) -> None:
    for path in ("/api/v1/export/readings", "/api/v1/export/logs"):
        assert api.client().get(path).status_code == 401
        assert api.client(bearer=api.token("ingest")).get(path).status_code == 403


def test_a_file_has_what_a_chart_shows(api: Any, past: FakePast) -> None:
    asked = {"id": 1, "since": "2h", "until": "1h", "step": "10m", "fn": "max", "format": "csv"}
    answer = api.owner.get("/api/v1/export/readings", params=asked)
    lines = answer.text.splitlines()
    assert lines[0] == "node,name,labels,at,value"
    assert lines[1].startswith("rig-3,temp,{},2027-01-15T06:00:00.000000Z,")
    seen = api.owner.get("/api/v1/series/values", params=asked).json()["series"][0]["points"]
    assert [float(line.rsplit(",", 1)[-1]) for line in lines[1:]] == [value for _, value in seen]
    assert answer.headers["content-disposition"] == (
        'attachment; filename="readings_rig-3-temp_20270115-0600_20270115-0700_10m-max.csv"'
    )


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_a_band_has_three_numbers_in_each_row(api: Any, past: FakePast, tmp_path: Path, form: str) -> None:
    asked = {"match": "*", "since": "1h", "until": str(api.now // SECOND + 1)} | {
        "step": "1h",
        "fn": "band",
        "format": form,
    }
    answer = api.owner.get("/api/v1/export/readings", params=asked)
    if form == "csv":
        assert answer.text.splitlines()[0] == "node,name,labels,at,value,min,max"
        assert answer.text.splitlines()[1] == "rig-3,hum,{},2027-01-15T08:00:00.000000Z,40.0,40.0,40.0"
    elif form == "ndjson":
        first = json.loads(answer.text.splitlines()[0])
        assert (first["name"], first["value"], first["min"], first["max"]) == ("hum", 40.0, 40.0, 40.0)
    else:
        path = tmp_path / "answer.parquet"
        path.write_bytes(answer.content)
        with duckdb.connect() as engine:
            found = engine.execute(f"SELECT name, value, min, max FROM '{path}'").fetchall()
        assert found[0] == ("hum", 40.0, 40.0, 40.0)
        assert len(found) == 3


def test_a_step_without_a_range_is_refused(api: Any, past: FakePast) -> None:
    answer = api.owner.get("/api/v1/export/readings", params={"step": "1h"})
    assert (answer.status_code, answer.json()["field"]) == (400, "since")


def test_a_file_of_nothing_has_a_name_and_a_header(api: Any, past: FakePast) -> None:
    asked = {"match": "nothing", "since": "1h", "step": "1h", "format": "csv"}
    answer = api.owner.get("/api/v1/export/readings", params=asked)
    assert answer.text == "node,name,labels,at,value\n"
    assert "readings_none_" in answer.headers["content-disposition"]


def test_hostile_names_do_not_come_into_the_name_of_a_file(api: Any, past: FakePast) -> None:
    api.parts.catalogue.intern([SeriesKey(2, '../../"x\r\n'), SeriesKey(2, "日")], {})
    for number in (3, 4):
        asked = {"id": number, "find": '"; x=\r\n'}
        answer = api.owner.get("/api/v1/export/readings", params=asked)
        name = answer.headers["content-disposition"].partition('filename="')[2].rstrip('"')
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.") and not name.startswith(".")
    named = api.owner.get("/api/v1/export/logs", params={"find": '"; x=/../y'}).headers["content-disposition"]
    assert named == 'attachment; filename="logs_x-..-y.ndjson"'
