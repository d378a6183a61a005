"""SQL over HTTP: for admins only, and written down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.past import FakePast

from wacket import settings
from wacket.api import sql
from wacket.history.query import Query
from wacket.ledger import nodes as node_rows
from wacket.records import SeriesKey


@pytest.fixture
def past(api: Any, tmp_path: Path) -> Iterator[FakePast]:
    (tmp_path / "past").mkdir()
    past = FakePast(tmp_path / "past")
    api.parts.query = Query(past, settings.History())
    api.app.include_router(sql.router)
    api.parts.ledger.write_sync(lambda c: node_rows.create(c, "rig-3", "board", "adopted", "name:rig-3", api.now))
    api.parts.catalogue.refresh_nodes()
    api.parts.catalogue.intern([SeriesKey(2, "temp", (("place", "top"),))], {"temp": "°C"})
    past.keep_readings([1, 1], [api.now - 1, api.now], [20.0, float("nan")])
    yield past
    api.parts.query.close()


def test_an_admin_asks_and_is_written_down(api: Any, past: FakePast) -> None:
    text = "select node, name, labels->>'place' as place, unit, value, time from readings order by time"
    answer = api.owner.post("/api/v1/sql", json={"sql": text})
    assert answer.json() == {
        "columns": ["node", "name", "place", "unit", "value", "time"],
        "rows": [
            ["rig-3", "temp", "top", "°C", 20.0, "2027-01-15T07:59:59.999999Z"],
            ["rig-3", "temp", "top", "°C", None, "2027-01-15T08:00:00.000000Z"],
        ],
        "truncated": False,
    }
    assert api.acts("sql")[0]["actor"] == "owner"


def test_the_hub_and_its_nodes_can_be_asked_for(api: Any, past: FakePast) -> None:
    answer = api.owner.post("/api/v1/sql", json={"sql": "select name from nodes order by id", "limit": 1}).json()
    assert (answer["rows"], answer["truncated"]) == ([["hub"]], True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"sql": "drop view readings"}, "sql"),
        ({"sql": "select * from read_csv('/etc/passwd')"}, "sql"),
        ({"sql": "select 1; select 2"}, "sql"),
        ({"sql": "\0"}, "sql"),
        ({"sql": ""}, "sql"),
        ({"sql": "select 1", "limit": 0}, "limit"),
        ({}, "sql"),
    ],
)
def test_what_is_wrong_is_named(api: Any, past: FakePast, body: dict[str, Any], field: str) -> None:
    answer = api.owner.post("/api/v1/sql", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]
    assert answer.json()["field"] == field


def test_only_admins_may_ask(api: Any, past: FakePast) -> None:
    asked = {"sql": "select 1"}
    assert api.client().post("/api/v1/sql", json=asked).status_code == 401
    for scope in ("ingest", "read", "operate"):
        assert api.client(bearer=api.token(scope)).post("/api/v1/sql", json=asked).status_code == 403
    assert api.client(bearer=api.token("admin")).post("/api/v1/sql", json=asked).json()["rows"] == [[1]]
