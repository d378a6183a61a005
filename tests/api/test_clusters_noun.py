"""The clusters for the page: the last result, computing one, and who may."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wacket.api import clusters, energy
from wacket.errors import Unavailable
from wacket.ledger import results
from wacket.ledger.results import Result
from wacket.watch.clusters import Due

CLUSTER = {
    "label": 0,
    "count": 9,
    "avg_power_active_w": 1.5,
    "avg_power_reactive_var": 2.5,
    "avg_power_apparent_va": 3.5,
    "avg_line_current_a": 4.5,
    "avg_line_voltage_v": 5.5,
}
POINTS = np.arange(80.0).reshape(10, 8)
LABELS = np.array([0] * 8 + [1, -1])
RESULT = Result(1_800_000_000_000_000, 10, 9, 2.5, 0.25, [CLUSTER], np.zeros((1, 8)), POINTS, LABELS)


class Watch:
    """A watch that finds what the test says."""

    def __init__(self) -> None:
        self.found: Result | None = None
        self.coming: Result | Exception | None = RESULT
        self.due = Due(1000, 340, None, False, "")

    def next(self) -> Due:
        return self.due

    def latest(self) -> Result | None:
        return self.found

    async def compute_now(self) -> Result | None:
        if isinstance(self.coming, Exception):
            raise self.coming
        self.found = self.coming
        return self.found


@pytest.fixture
def lab(api: Any) -> Any:
    api.parts.clusters = Watch()
    api.app.include_router(clusters.router)
    api.app.include_router(energy.router)
    return api


def test_before_any_result(lab: Any) -> None:
    shown = lab.owner.get("/api/v1/clusters").json()
    assert (shown["at"], shown["events"], shown["clusters"]) == (None, 0, [])


def test_computing_answers_the_result_and_is_written_down(lab: Any) -> None:
    shown = lab.person("operator", "olga").post("/api/v1/clusters/compute").json()
    assert shown == {
        "at": "2027-01-15T08:00:00Z",
        "events": 10,
        "skipped": 1,
        "sample": 9,
        "bandwidth": 2.5,
        "seconds": 0.25,
        "clusters": [CLUSTER],
    }
    assert shown.items() <= lab.owner.get("/api/v1/clusters").json().items()
    assert lab.acts("clusters.compute")[0]["details"] == {"events": 10}


def test_computing_with_no_events_and_with_a_failing_worker(lab: Any) -> None:
    lab.parts.clusters.coming = None
    assert lab.owner.post("/api/v1/clusters/compute").json()["clusters"] == []
    lab.parts.clusters.coming = Unavailable("the worker failed", retry_after=5)
    answer = lab.owner.post("/api/v1/clusters/compute")
    assert (answer.status_code, answer.json()["error"]) == (503, "the worker failed")


def test_what_is_due_is_said_in_numbers_and_words(lab: Any) -> None:
    coming = lab.owner.get("/api/v1/clusters").json()["next"]
    assert coming == {
        "every": 1000,
        "pending": 340,
        "missing": 660,
        "about": None,
        "computing": False,
        "why": "after 1000 new events; 340 have come",
    }
    lab.parts.clusters.due = Due(1000, 340, lab.now, False, "the disk is full")
    coming = lab.owner.get("/api/v1/clusters").json()["next"]
    assert coming["about"] == "2027-01-15T08:00:00Z"
    assert coming["why"].endswith("failed, and is tried again: the disk is full")
    lab.parts.clusters.due = Due(1000, 0, None, True, "")
    assert lab.owner.get("/api/v1/clusters").json()["next"]["why"] == "they are being computed just now"


def test_earlier_results_and_since_when_it_is_as_it_is(lab: Any) -> None:
    for hour, count in enumerate([1, 2, 1, 1]):
        found = [CLUSTER | {"label": label} for label in range(-1, count)]
        one = RESULT._replace(at=RESULT.at + hour * 3_600_000_000, clusters=found)
        lab.parts.ledger.write_sync(lambda c, one=one: results.save(c, one))
    shown = lab.owner.get("/api/v1/clusters").json()
    assert [row["clusters"] for row in shown["history"]] == [1, 1, 2, 1]
    assert shown["history"][0]["at"] == "2027-01-15T11:00:00Z"
    assert shown["since"] == "2027-01-15T10:00:00Z"


def test_features_have_names_and_units(lab: Any) -> None:
    features = lab.owner.get("/api/v1/clusters").json()["features"]
    assert {one["name"]: one["unit"] for one in features}["line_current_a"] == "A"
    assert len(features) == 8


def test_points_by_two_features(lab: Any) -> None:
    lab.parts.clusters.found = RESULT
    asked = {"x": "power_active_w", "y": "peak_3"}
    shown = lab.owner.get("/api/v1/clusters/points", params=asked).json()
    assert (shown["at"], shown["x_unit"], shown["y_unit"]) == ("2027-01-15T08:00:00Z", "W", "")
    assert shown["x"] == POINTS[:, 0].tolist()
    assert shown["y"] == POINTS[:, 7].tolist()
    assert shown["cluster"] == LABELS.tolist()
    few = lab.owner.get("/api/v1/clusters/points", params=asked | {"limit": 4}).json()
    assert few["cluster"] == [0, 0, 1, -1]


def test_points_that_cannot_be_drawn_and_why(lab: Any) -> None:
    answer = lab.owner.get("/api/v1/clusters/points")
    assert answer.status_code == 404
    assert answer.json()["error"] == "there are no clusters yet: they need 1000 events, and 340 have come"
    lab.parts.clusters.found = RESULT._replace(points=np.empty((0, 8)), labels=np.empty(0, np.int64))
    assert "compute them again" in lab.owner.get("/api/v1/clusters/points").json()["error"]
    lab.parts.clusters.found = RESULT
    wrong = lab.owner.get("/api/v1/clusters/points", params={"y": "colour"})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "y")
    assert lab.client().get("/api/v1/clusters/points").status_code == 401


def test_who_may(lab: Any) -> None:
    assert lab.client().get("/api/v1/clusters").status_code == 401
    assert lab.client().post("/api/v1/clusters/compute").status_code == 401
    viewer = lab.person("viewer", "vera")
    assert viewer.get("/api/v1/clusters").status_code == 200
    assert viewer.post("/api/v1/clusters/compute").status_code == 403


def test_the_old_summary_is_open_to_this_machine_only(lab: Any) -> None:
    lab.parts.clusters.found = RESULT
    here = lab.client(peer="127.0.0.1").get("/clusters/summary")
    assert (here.status_code, here.json()) == (200, {"clusters": [CLUSTER]})
    assert lab.client().get("/clusters/summary").status_code == 401
    reader = lab.client(bearer=lab.token("read"))
    assert reader.get("/clusters/summary").json() == {"clusters": [CLUSTER]}
