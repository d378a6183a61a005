"""Clusters of the energy events for the page and programs: the last result, and computing one now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api.access import Caller, audit, iso, may, parts_of
from wacket.ledger.results import Result

router = APIRouter(tags=["clusters"])

CLUSTER: JsonDict = {
    "label": 0,
    "count": 981,
    "avg_power_active_w": 1748.2,
    "avg_power_reactive_var": 279.0,
    "avg_power_apparent_va": 403.0,
    "avg_line_current_a": 7.38,
    "avg_line_voltage_v": 230.1,
}


class Cluster(BaseModel):
    """How many events, and their averages. Label -1 is for events that belong to no cluster."""

    label: int
    count: int
    avg_power_active_w: float
    avg_power_reactive_var: float
    avg_power_apparent_va: float
    avg_line_current_a: float
    avg_line_voltage_v: float


class Clustering(BaseModel):
    """A result and how it came about. Before the first one `at` is null and there are no clusters.

    `events` were looked at, `skipped` of them lack a number that is needed, `sample` were clustered and the rest
    assigned; `seconds` is how long it took.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "at": "2026-11-21T08:00:00Z",
                    "events": 1000,
                    "skipped": 0,
                    "sample": 1000,
                    "bandwidth": 58.1,
                    "seconds": 4.2,
                    "clusters": [CLUSTER],
                }
            ]
        }
    )

    at: str | None = None
    events: int = 0
    skipped: int = 0
    sample: int = 0
    bandwidth: float = 0.0
    seconds: float = 0.0
    clusters: list[Cluster] = []


@router.get("/api/v1/clusters", summary="Clusters of the energy events")
async def clusters(caller: Annotated[Caller, Depends(may("read"))], request: Request) -> Clustering:
    """The last result and how it came about; nothing is computed for this."""
    return _shown(parts_of(request).clusters.latest())


@router.post("/api/v1/clusters/compute", summary="Compute the clusters now")
async def compute(caller: Annotated[Caller, Depends(may("operate"))], request: Request) -> Clustering:
    """Compute from all stored events and answer the result; with no events it is empty. 503 if it cannot be done."""
    parts = parts_of(request)
    found = await parts.clusters.compute_now()
    await audit(parts, caller, "clusters.compute", details={"events": found.events if found else 0})
    return _shown(found)


def _shown(result: Result | None) -> Clustering:
    if result is None:
        return Clustering()
    return Clustering(
        at=iso(result.at),
        events=result.events,
        skipped=result.skipped,
        sample=result.sample,
        bandwidth=result.bandwidth,
        seconds=result.seconds,
        clusters=[Cluster(**cluster) for cluster in result.clusters],
    )
