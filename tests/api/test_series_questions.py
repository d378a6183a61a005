"""What charts ask of series over HTTP: bands, columns, another time beside it, a range in a few numbers, names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.support.past import FakePast

from wacket import settings
from wacket.api import series, series_questions, series_values
from wacket.history import summaries
from wacket.history.query import Query
from wacket.history.times import DAY, SECOND
from wacket.ledger import nodes as node_rows
from wacket.records import SeriesKey

pytestmark = pytest.mark.slow  # each test writes Parquet files

MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
EVERY = 10 * SECOND


@pytest.fixture
def past(api: Any, tmp_path: Path) -> Iterator[FakePast]:
    """Two days of `power`, a reading each ten seconds, the last hour of it in memory: 100 W yesterday, 300 W today."""
    (tmp_path / "past").mkdir()
    past = FakePast(tmp_path / "past")
    api.parts.query = Query(past, settings.History())
    for noun in (series, series_values, series_questions):
        api.app.include_router(noun.router)
    ledger, catalogue = api.parts.ledger, api.parts.catalogue
    for name in ("rig-3", "rig-4"):
        ledger.write_sync(lambda c, n=name: node_rows.create(c, n, "board", "adopted", f"name:{n}", api.now))
    catalogue.refresh_nodes()
    keys = [SeriesKey(2, "power"), SeriesKey(3, "power", (("phase", "1"),)), SeriesKey(3, "Temp"), SeriesKey(2, "late")]
    assert catalogue.intern(keys, {"power": "W"}).tolist() == [1, 2, 3, 4]
    at = api.now - 2 * DAY + np.arange(2 * DAY // EVERY) * EVERY
    value = np.where(at < api.now - DAY, 100.0, 300.0)
    sealed = at < api.now - HOUR
    past.seal_readings(np.full(sealed.sum(), 1), at[sealed], value[sealed])
    past.keep_readings(np.full((~sealed).sum(), 1), at[~sealed], value[~sealed])
    yield past
    api.parts.query.close()
    assert past.views == 0


def values(api: Any, **asked: Any) -> Any:
    answer = api.owner.get("/api/v1/series/values", params={"id": 1} | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def summed(api: Any, **asked: Any) -> Any:
    answer = api.owner.get("/api/v1/series/summary", params={"id": 1} | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_band_has_mean_least_and_greatest(api: Any, past: FakePast) -> None:
    begin = (api.now - DAY) // DAY * DAY
    answer = values(api, since="2d", step="1d", fn="band")
    half = [row for row in answer["series"][0]["points"] if row[0] == begin]
    early = (api.now - DAY - begin) / DAY  # of the day with both values
    assert half == [[begin, pytest.approx(300 - 200 * early), 100.0, 300.0]]


@pytest.mark.parametrize("step", ["30s", "5m", "auto", "raw"])
def test_a_band_agrees_with_its_parts(api: Any, past: FakePast, step: str) -> None:
    asked = {"since": "26h", "until": "22h", "step": step}
    band = values(api, **asked, fn="band")["series"][0]["points"]
    for place, function in enumerate(("mean", "min", "max"), 1):
        assert [[row[0], row[place]] for row in band] == values(api, **asked, fn=function)["series"][0]["points"]


def test_columns_say_the_same_as_points(api: Any, past: FakePast) -> None:
    points, columns = (values(api, since="2d", fn="band", layout=one) for one in ("points", "columns"))
    assert {name: columns[name] for name in ("step_us", "begin_us")} == {
        name: points[name] for name in ("step_us", "begin_us")
    }
    (one,) = columns["series"]
    assert "points" not in one
    rows = [list(row) for row in zip(one["at"], one["value"], one["min"], one["max"], strict=True)]
    assert rows == points["series"][0]["points"]
    assert points["begin_us"] == rows[0][0]


def test_columns_have_null_in_a_gap(api: Any, past: FakePast) -> None:
    at = api.now - HOUR + np.r_[0:10, 100:110] * EVERY
    past.keep_readings(np.full(20, 4), at, np.arange(20.0))
    (one,) = values(api, id=4, since="1h", step="raw", layout="columns")["series"]
    assert [at for at, value in zip(one["at"], one["value"], strict=True) if value is None] == [
        api.now - HOUR + 10 * EVERY
    ]


def test_another_time_lies_on_the_same_axis(api: Any, past: FakePast) -> None:
    asked = {"since": "6h", "step": "1h", "layout": "columns"}
    today, yesterday = values(api, **asked), values(api, **asked, shift="1d")
    assert yesterday["shift_us"] == DAY
    assert yesterday["begin_us"] == today["begin_us"]
    assert yesterday["series"][0]["at"] == today["series"][0]["at"]
    assert set(today["series"][0]["value"]) == {300.0}
    assert set(yesterday["series"][0]["value"]) == {100.0}


def test_the_number_of_points_is_bounded(api: Any, past: FakePast) -> None:
    for since in ("7s", "10m", "90m", "24h", "30d", "7y"):
        answer = values(api, since=since)
        length = {"7s": 7, "10m": 600, "90m": 5400, "24h": 86400, "30d": 2592000, "7y": 220752000}[since]
        assert length * SECOND / answer["step_us"] <= 1000


@pytest.mark.parametrize("few", [10**9, 100_000, 2000, 40])
def test_a_range_in_a_few_numbers(api: Any, past: FakePast, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(summaries, "FEW", few)
    answer = summed(api, since=str((api.now - 2 * DAY) // SECOND), until=str(api.now // SECOND))
    assert answer["of"] == {10**9: "readings", 100_000: "readings", 2000: "1h", 40: "1d"}[few]
    (one,) = answer["series"]
    assert (one["count"], one["min"], one["max"], one["gaps"]) == (2 * 8640, 100.0, 300.0, 0)
    assert (one["first"], one["last"]) == (100.0, 300.0)
    assert (one["first_at"], one["last_at"]) == (api.now - 2 * DAY, api.now - EVERY)
    assert one["mean"] == pytest.approx(200.0)
    assert one["p95"] == pytest.approx(300.0, rel=0.03)  # of days it is the mean of two
    assert one["integral"] == pytest.approx(24 * 400, rel=0.001)  # Wh
    assert one["covered"] == 2 * DAY - EVERY


def test_a_gap_is_counted_and_nothing_is_summed_up_over_it(api: Any, past: FakePast) -> None:
    at = api.now - HOUR + np.r_[0:100, 200:300] * EVERY
    past.keep_readings(np.full(200, 4), at, np.full(200, 36.0))
    (one,) = summed(api, id=4, since="2h")["series"]
    assert (one["gaps"], one["covered"]) == (1, 2 * 99 * EVERY)
    assert one["integral"] == pytest.approx(36 * 2 * 99 * 10 / 3600)


def test_a_series_without_readings_has_no_numbers(api: Any, past: FakePast) -> None:
    (one,) = summed(api, id=2)["series"]
    assert (one["name"], one["count"], one["mean"], one["gaps"], one["integral"]) == ("power", 0, None, None, None)
    assert summed(api, id=[], match="nothing")["series"] == []


def test_a_single_reading_has_no_length(api: Any, past: FakePast) -> None:
    past.keep_readings([4], [api.now - HOUR], [7.5])
    (one,) = summed(api, id=4)["series"]
    assert [one[name] for name in ("count", "mean", "p95", "gaps", "integral", "covered")] == [1, 7.5, 7.5, 0, 0, 0]


def names(api: Any, **asked: Any) -> Any:
    answer = api.owner.get("/api/v1/series/names", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_names_stand_once_with_how_many_have_them(api: Any, past: FakePast) -> None:
    found = names(api)
    assert [(one["name"], one["unit"], one["series"], one["nodes"]) for one in found["names"]] == [
        ("Temp", "", 1, 1),
        ("late", "", 1, 1),
        ("power", "W", 2, 2),
    ]
    assert found["count"] == 3
    power = found["names"][2]
    assert power["labels"] == ["phase"]
    assert power["example"] == {"id": 1, "node": "rig-3", "name": "power", "labels": {}, "unit": "W"}


def test_names_are_found_by_a_part_of_them(api: Any, past: FakePast) -> None:
    assert [one["name"] for one in names(api, find="TE")["names"]] == ["Temp", "late"]
    assert [one["name"] for one in names(api, find="te", limit=1)["names"]] == ["Temp"]
    assert names(api, find="te", limit=1)["count"] == 2


def test_a_new_series_is_among_the_names(api: Any, past: FakePast) -> None:
    assert names(api, find="humidity")["count"] == 0
    api.parts.catalogue.intern([SeriesKey(2, "humidity")], {})
    assert names(api, find="humidity")["count"] == 1


def test_series_of_the_nodes_that_a_target_means(api: Any, past: FakePast) -> None:
    def listed(**asked: Any) -> list[int]:
        return [one["id"] for one in api.owner.get("/api/v1/series", params=asked).json()["series"]]

    assert listed(target="rig-[3-4],!rig-3") == [3, 2]
    assert listed(target="rig-*", match="power") == [1, 2]
    assert listed(target="rig-4", id=[1, 2]) == [2]


@pytest.mark.parametrize(
    ("path", "asked", "status", "field"),
    [
        ("/series/values", {"fn": "spline"}, 400, "fn"),
        ("/series/values", {"shift": "soon"}, 400, "shift"),
        ("/series/values", {"shift": "100y"}, 400, "shift"),
        ("/series/values", {"layout": "heap"}, 400, "layout"),
        ("/series/values", {"fn": "band", "step": "1s", "since": "9000d"}, 400, "step"),
        ("/series/values", {"target": "rig-99"}, 400, "target"),
        ("/series/summary", {"since": "?"}, 400, "since"),
        ("/series/summary", {"id": "99"}, 404, None),
        ("/series/names", {"limit": "0"}, 400, "limit"),
        ("/series/names", {"find": "x" * 201}, 400, "find"),
    ],
)
def test_what_is_wrong_is_named(
    api: Any, past: FakePast, path: str, asked: dict[str, str], status: int, field: str | None
) -> None:
    answer = api.owner.get(f"/api/v1{path}", params=asked)
    assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text


@pytest.mark.parametrize("path", ["/series/summary", "/series/names"])
def test_reading_needs_the_right_to_read(api: Any, past: FakePast, path: str) -> None:
    assert api.client().get(f"/api/v1{path}").status_code == 401
    assert api.client(bearer=api.token("ingest")).get(f"/api/v1{path}").status_code == 403
    assert api.client(bearer=api.token("read")).get(f"/api/v1{path}").status_code == 200
