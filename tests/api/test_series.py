"""Series and their values over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.past import FakePast

from wacket import settings
from wacket.api import series, series_questions, series_values
from wacket.history.query import Query
from wacket.history.times import SECOND, iso
from wacket.ledger import nodes as node_rows
from wacket.records import SeriesKey

pytestmark = pytest.mark.slow  # each test writes Parquet files

MINUTE, HOUR = 60 * SECOND, 3600 * SECOND


@pytest.fixture
def past(api: Any, tmp_path: Path) -> Iterator[FakePast]:
    """Two nodes, three series; `temp` has an hour of readings, one a second, up to now."""
    (tmp_path / "past").mkdir()
    past = FakePast(tmp_path / "past")
    api.parts.query = Query(past, settings.History())
    for noun in (series, series_values, series_questions):
        api.app.include_router(noun.router)
    ledger, catalogue = api.parts.ledger, api.parts.catalogue
    for name, state in (("rig-3", "adopted"), ("stranger", "pending")):
        ledger.write_sync(lambda c, n=name, s=state: node_rows.create(c, n, "board", s, f"name:{n}", api.now))
    catalogue.refresh_nodes()
    keys = [SeriesKey(2, "temp", (("place", "top"),)), SeriesKey(2, "n"), SeriesKey(3, "temp")]
    assert catalogue.intern(keys, {"temp": "°C"}).tolist() == [1, 2, 3]
    at = api.now - HOUR + np.arange(3600) * SECOND
    past.seal_readings(np.full(1800, 1), at[:1800], np.arange(1800.0))
    past.keep_readings(np.r_[np.full(1800, 1), 2], np.r_[at[1800:], at[-1]], np.r_[np.arange(1800.0, 3600), np.nan])
    yield past
    api.parts.query.close()
    assert past.views == 0


def test_series_are_listed_with_their_newest_value(api: Any, past: FakePast) -> None:
    listed = api.owner.get("/api/v1/series").json()["series"]
    assert [series.pop("period") for series in listed] == [None, None, None]
    assert listed == [
        {"id": 2, "node": "rig-3", "name": "n", "labels": {}, "unit": "", "adopted": True, "at": None, "value": None},
        {
            "id": 1,
            "node": "rig-3",
            "name": "temp",
            "labels": {"place": "top"},
            "unit": "°C",
            "adopted": True,
            "at": iso(api.now - SECOND),
            "value": 3599.0,
        },
        {
            "id": 3,
            "node": "stranger",
            "name": "temp",
            "labels": {},
            "unit": "°C",
            "adopted": False,
            "at": None,
            "value": None,
        },
    ]


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({"match": "temp"}, [1, 3]),
        ({"match": ["rig-3/*", "nothing"]}, [2, 1]),
        ({"match": "*", "node": "stranger"}, [3]),
        ({"limit": 1}, [2]),
        ({"match": "nothing"}, []),
    ],
)
def test_series_are_chosen_by_pattern_and_node(api: Any, past: FakePast, asked: dict[str, Any], ids: list[int]) -> None:
    assert [row["id"] for row in api.owner.get("/api/v1/series", params=asked).json()["series"]] == ids


def test_values_over_time(api: Any, past: FakePast) -> None:
    asked = {"match": "rig-3/temp", "since": "1h", "step": "15m", "fn": "max"}
    answer = api.owner.get("/api/v1/series/values", params=asked).json()
    begin = api.now - HOUR
    assert answer["step_us"] == 15 * MINUTE
    assert [(row["id"], row["unit"]) for row in answer["series"]] == [(1, "°C")]
    assert answer["series"][0]["points"] == [[begin + k * 15 * MINUTE, 899.0 + 900 * k] for k in range(4)]


def test_auto_step_fits_the_range_and_every_second_can_be_had(api: Any, past: FakePast) -> None:
    asked = {"id": [1, 2], "since": "1h"}
    auto = api.owner.get("/api/v1/series/values", params=asked).json()
    assert auto["step_us"] == 5 * SECOND
    assert [len(row["points"]) for row in auto["series"]] == [0, 720]
    raw = api.owner.get("/api/v1/series/values", params=asked | {"step": "raw"}).json()
    assert raw["step_us"] == 0
    assert [row["name"] for row in raw["series"]] == ["n", "temp"]
    assert raw["series"][0]["points"] == [[api.now - SECOND, None]]  # NaN
    assert raw["series"][1]["points"] == [[api.now - HOUR + k * SECOND, float(k)] for k in range(3600)]


@pytest.mark.parametrize(
    ("path", "asked", "status", "field"),
    [
        ("/series/values", {"since": "yesterday"}, 400, "since"),
        ("/series/values", {"until": "99"}, 400, "until"),
        ("/series/values", {"step": "0s"}, 400, "step"),
        ("/series/values", {"step": "1s", "since": "9000d"}, 400, "step"),
        ("/series/values", {"fn": "median"}, 400, "fn"),
        ("/series/values", {"fn": "median", "step": "raw"}, 400, "fn"),
        ("/series/values", {"id": "x"}, 400, "id.0"),
        ("/series/values", {"id": "99"}, 404, None),
        ("/series/values", {"id": "-1"}, 404, None),
        ("/series/values", {"id": str(1 << 70)}, 404, None),
        ("/series/values", {"node": "nobody"}, 404, None),
        ("/series", {"limit": "0"}, 400, "limit"),
        ("/series", {"node": "nobody"}, 404, None),
    ],
)
def test_what_is_wrong_is_named(
    api: Any, past: FakePast, path: str, asked: dict[str, str], status: int, field: str | None
) -> None:
    answer = api.owner.get(f"/api/v1{path}", params=asked)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]
    assert answer.json().get("field") == field


@pytest.mark.parametrize("path", ["/api/v1/series", "/api/v1/series/values"])
def test_reading_needs_the_right_to_read(api: Any, past: FakePast, path: str) -> None:
    assert api.client().get(path).status_code == 401
    assert api.client(bearer=api.token("ingest")).get(path).status_code == 403
    assert api.client(bearer=api.token("read")).get(path).status_code == 200


def test_the_interface_is_described_with_examples(api: Any, past: FakePast) -> None:
    document = api.owner.get("/api/v1/openapi.json").json()
    for path in ("/api/v1/series", "/api/v1/series/values"):
        route = document["paths"][path]["get"]
        assert route["summary"] and route["description"]
    assert document["components"]["schemas"]["Values"]["examples"]
    assert document["components"]["schemas"]["SeriesList"]["examples"]
