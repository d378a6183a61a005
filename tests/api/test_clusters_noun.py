"""The clusters for the page: the last result, computing one, and who may."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wacket.api import clusters, energy
from wacket.errors import Unavailable
from wacket.ledger.results import Result

CLUSTER = {
    "label": 0,
    "count": 9,
    "avg_power_active_w": 1.5,
    "avg_power_reactive_var": 2.5,
    "avg_power_apparent_va": 3.5,
    "avg_line_current_a": 4.5,
    "avg_line_voltage_v": 5.5,
}
RESULT = Result(1_800_000_000_000_000, 10, 9, 2.5, 0.25, [CLUSTER], np.zeros((1, 8)))


class Watch:
    """A watch that finds what the test says."""

    def __init__(self) -> None:
        self.found: Result | None = None
        self.next: Result | Exception | None = RESULT

    def latest(self) -> Result | None:
        return self.found

    async def compute_now(self) -> Result | None:
        if isinstance(self.next, Exception):
            raise self.next
        self.found = self.next
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
    assert lab.owner.get("/api/v1/clusters").json() == shown
    assert lab.acts("clusters.compute")[0]["details"] == {"events": 10}


def test_computing_with_no_events_and_with_a_failing_worker(lab: Any) -> None:
    lab.parts.clusters.next = None
    assert lab.owner.post("/api/v1/clusters/compute").json()["clusters"] == []
    lab.parts.clusters.next = Unavailable("the worker failed", retry_after=5)
    answer = lab.owner.post("/api/v1/clusters/compute")
    assert (answer.status_code, answer.json()["error"]) == (503, "the worker failed")


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
