"""Clusters of the energy events for the page and programs: the last result, its points, and computing one now."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api.access import Caller, audit, iso, may, parts_of
from wacket.errors import BadRequest, NotFound
from wacket.ledger import results
from wacket.ledger.results import Earlier, Result
from wacket.watch import scatter
from wacket.watch.clusters import Due
from wacket.watch.features import COLUMNS, UNITS

router = APIRouter(tags=["clusters"])
Reader = Annotated[Caller, Depends(may("read"))]

MOST_EARLIER = 50

CLUSTER: JsonDict = {
    "label": 0,
    "count": 981,
    "avg_power_active_w": 1748.2,
    "avg_power_reactive_var": 279.0,
    "avg_power_apparent_va": 403.0,
    "avg_line_current_a": 7.38,
    "avg_line_voltage_v": 230.1,
}
_RESULT: JsonDict = {
    "at": "2026-11-21T08:00:00Z",
    "events": 1000,
    "skipped": 0,
    "sample": 1000,
    "bandwidth": 58.1,
    "seconds": 4.2,
    "clusters": [CLUSTER],
}
_NEXT: JsonDict = {
    "every": 1000,
    "pending": 340,
    "missing": 660,
    "about": "2026-11-21T09:10:00Z",
    "computing": False,
    "why": "after 1000 new events; 340 have come",
}
_EARLIER: JsonDict = {"at": "2026-11-21T08:00:00Z", "events": 1000, "clusters": 1, "bandwidth": 58.1}
_POINTS: JsonDict = {
    "at": "2026-11-21T08:00:00Z",
    "events": 1000,
    "x_unit": "W",
    "y_unit": "A",
    "x": [1748.2, 12.0],
    "y": [7.38, 0.05],
    "cluster": [0, -1],
}

Feature = Query(description=f"One of: {', '.join(COLUMNS)}.", max_length=40)


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

    model_config = ConfigDict(json_schema_extra={"examples": [_RESULT]})

    at: str | None = None
    events: int = 0
    skipped: int = 0
    sample: int = 0
    bandwidth: float = 0.0
    seconds: float = 0.0
    clusters: list[Cluster] = []


class Next(BaseModel):
    """Clusters are computed when `missing` more events came; `about` is when that will be if they go on coming as they
    did, null where nobody can know. `computing`: just now. `why` says all that in words."""

    every: int
    pending: int
    missing: int
    about: str | None
    computing: bool
    why: str


class FeatureInfo(BaseModel):
    name: str
    unit: str


class EarlierResult(BaseModel):
    at: str
    events: int
    clusters: int
    bandwidth: float


class ClustersNow(Clustering):
    """The last result; `since` is when this number of clusters was first found in one go. `features` are what events
    are compared by. `history` has the latest results, the newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_RESULT,
                    "since": "2026-11-20T17:20:00Z",
                    "next": _NEXT,
                    "features": [{"name": "power_active_w", "unit": "W"}],
                    "history": [_EARLIER],
                }
            ]
        }
    )

    since: str | None
    next: Next
    features: list[FeatureInfo]
    history: list[EarlierResult]


class ClusterPoints(BaseModel):
    """Some events of the result that came at `at`, as columns: two features, and the label of the cluster of each. Of
    every cluster as many as of the largest, or all that it has."""

    model_config = ConfigDict(json_schema_extra={"examples": [_POINTS]})

    at: str
    events: int
    x_unit: str
    y_unit: str
    x: list[float]
    y: list[float]
    cluster: list[int]


@router.get("/api/v1/clusters", summary="Clusters of the energy events")
async def clusters(caller: Reader, request: Request) -> ClustersNow:
    """The last result and how it came about, those before it, and when the next is due; nothing is computed."""
    parts = parts_of(request)
    earlier = await asyncio.to_thread(parts.ledger.read, lambda c: results.history(c, MOST_EARLIER))
    return ClustersNow(
        **_shown(parts.clusters.latest()).model_dump(),
        since=_since(earlier),
        next=_next(parts.clusters.next()),
        features=[FeatureInfo(name=name, unit=unit) for name, unit in zip(COLUMNS, UNITS, strict=True)],
        history=[EarlierResult(**one._asdict() | {"at": iso(one.at)}) for one in earlier],
    )


@router.get("/api/v1/clusters/points", summary="Points of the clusters, to be drawn", response_model=ClusterPoints)
async def points(
    caller: Reader,
    request: Request,
    x: Annotated[str, Feature] = "power_active_w",
    y: Annotated[str, Feature] = "line_current_a",
    limit: Annotated[int, Query(ge=1, le=scatter.MOST, description="At most so many points.")] = scatter.MOST,
) -> Response:
    """Events of the last result by two features, so chosen that small clusters can be seen, and always the same."""
    found = _drawable(parts_of(request).clusters.latest(), parts_of(request).clusters.next())
    chosen = scatter.evenly(found.labels, limit)
    across, up = _column(x, "x"), _column(y, "y")
    answer = {
        "at": iso(found.at),
        "events": found.events,
        "x_unit": UNITS[across],
        "y_unit": UNITS[up],
        "x": found.points[chosen, across].tolist(),
        "y": found.points[chosen, up].tolist(),
        "cluster": found.labels[chosen].tolist(),
    }
    return Response(msgspec.json.encode(answer), media_type="application/json")


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


def _next(due: Due) -> Next:
    why = f"after {due.every} new events; {due.pending} have come"
    if due.computing:
        why = "they are being computed just now"
    elif due.trouble:
        why += f". The last computation failed, and is tried again: {due.trouble}"
    about = None if due.about is None else iso(due.about)
    missing = max(0, due.every - due.pending)
    return Next(every=due.every, pending=due.pending, missing=missing, about=about, computing=due.computing, why=why)


def _since(earlier: list[Earlier]) -> str | None:
    """The beginning of the run of results, up to the newest, that found as many clusters as that."""
    same = None
    for one in earlier:
        if one.clusters != earlier[0].clusters:
            break
        same = one
    return iso(same.at) if same else None


def _drawable(result: Result | None, due: Due) -> Result:
    """Raises NotFound."""
    if result is None:
        raise NotFound(f"there are no clusters yet: they need {due.every} events, and {due.pending} have come")
    if not len(result.points):
        raise NotFound("an older version found these clusters and kept no points of them; compute them again")
    return result


def _column(name: str, field: str) -> int:
    if name not in COLUMNS:
        raise BadRequest(f"{name!r} is not a feature; known: {', '.join(COLUMNS)}", field)
    return COLUMNS.index(name)
