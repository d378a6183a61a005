"""Which series there are, and their values over time. Answers are made from columns; no row is touched on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api.access import Caller, may, parts_of
from wacket.api.parts import Parts, apart
from wacket.errors import BadRequest, NotFound
from wacket.history import times, values
from wacket.history.values import Points
from wacket.records import Series

router = APIRouter(tags=["readings"])
Reader = Annotated[Caller, Depends(may("read"))]

MOST_SERIES = 2000  # in one question for values
MOST_RAW = 1_000_000  # readings in one answer

_SERIES: JsonDict = {"id": 7, "node": "rig-3", "name": "temp", "labels": {"place": "top"}, "unit": "°C"}
_LISTED: JsonDict = {"series": [{**_SERIES, "adopted": True, "at": "2026-11-21T08:30:00Z", "value": 21.5}]}
_VALUES: JsonDict = {
    "step_us": 60_000_000,
    "series": [{**_SERIES, "points": [[1795249800000000, 21.4], [1795249860000000, 21.5]]}],
}

Match = Annotated[
    list[str],
    Query(
        description="A glob over NODE/NAME, or over NAME where it has no slash; several are added together.",
        examples=[["rig-3/*"]],
        max_length=100,
    ),
]
NodeName = Annotated[str | None, Query(description="Only of the node with this name.", max_length=200)]
Since = Annotated[
    str, Query(description="ISO-8601, seconds since 1970, a time ago such as 24h or 7d, or now.", examples=["24h"])
]
Until = Annotated[str, Query(description="Like `since`; this moment itself is not in the range.", examples=["now"])]


class SeriesInfo(BaseModel):
    """A series and its newest reading; `at` and `value` are null where there is none."""

    id: int
    node: str
    name: str
    labels: dict[str, str]
    unit: str
    adopted: bool
    at: str | None
    value: float | None


class SeriesList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_LISTED]})

    series: list[SeriesInfo]


class SeriesValues(BaseModel):
    """`points` are [µs since 1970, value] in order of time; a step without readings has no point."""

    id: int
    node: str
    name: str
    labels: dict[str, str]
    unit: str
    points: list[tuple[int, float | None]]


class Values(BaseModel):
    """`step_us` is the length of a step in µs, 0 where every reading is given."""

    model_config = ConfigDict(json_schema_extra={"examples": [_VALUES]})

    step_us: int
    series: list[SeriesValues]


@router.get("/api/v1/series", summary="List series with their newest values", response_model=SeriesList)
async def list_series(
    caller: Reader,
    request: Request,
    match: Match = [],  # noqa: B006 - FastAPI copies it
    node: NodeName = None,
    limit: Annotated[int, Query(ge=1, le=100_000, description="At most so many.")] = 10_000,
) -> Response:
    """Series by node and name. Those of nodes that nobody has adopted yet have `adopted` false."""
    parts = parts_of(request)
    return _json(await apart(parts, _listed, parts, match, node, limit))


@router.get("/api/v1/series/values", summary="Values of series over time", response_model=Values)
async def series_values(
    caller: Reader,
    request: Request,
    match: Match = [],  # noqa: B006
    id: Annotated[list[int], Query(description="Series by number.", max_length=MOST_SERIES)] = [],  # noqa: A002, B006
    node: NodeName = None,
    since: Since = "24h",
    until: Until = "now",
    step: Annotated[
        str, Query(description="`auto` (at most 1,000 points), `raw` (every reading), or 10s, 5m, 1h, 1d.")
    ] = "auto",
    fn: Annotated[
        str, Query(description="; ".join(f"`{name}`: {text}" for name, text in values.SUMMARIES.items()) + ".")
    ] = "mean",
) -> Response:
    """One point for each step that has readings, or every reading with `step=raw`.

    Steps are counted from 1970 UTC, and the range is widened to whole steps, so a point always stands for a whole one.
    """
    parts = parts_of(request)
    begin, end = times.bounds(since, until, parts.clock())
    width = times.step(step, begin, end)

    def answer() -> bytes:  # choosing too: a hundred globs over thousands of series take a while
        return _values(parts, choose(parts, match, node, id), begin, end, width, fn)

    return _json(await apart(parts, answer))


def choose(parts: Parts, match: Sequence[str], node: str | None, ids: Sequence[int] = ()) -> list[Series]:
    """The series that are asked for, by node and name. Raises NotFound for a node or number that there is not."""
    if node is not None:
        node_ids(parts, [node])
    found = {} if ids and not match else {one.id: one for one in parts.catalogue.find(match, node)}
    for number in ids:
        one = parts.catalogue.get(number)
        if one is None:
            raise NotFound(f"no series has the number {number}; see /api/v1/series")
        if node in (None, one.node_name):
            found[number] = one
    return sorted(found.values(), key=lambda one: (one.node_name, one.name, sorted(one.labels.items())))


def node_ids(parts: Parts, names: Sequence[str]) -> frozenset[int]:
    """The ids under which the past of these nodes is kept. Raises NotFound."""
    known = {row.name: row.id for row in parts.catalogue.nodes()}
    for name in names:
        if name not in known:
            raise NotFound(f"no node is named {name[:80]!r}; see /api/v1/nodes")
    return frozenset(parts.catalogue.aliases.of(known[name] for name in names))


def _listed(parts: Parts, match: Sequence[str], node: str | None, limit: int) -> bytes:
    chosen = choose(parts, match, node)[:limit]
    latest = parts.query.latest([one.id for one in chosen])
    moments = times.iso_column(np.array([at for at, _ in latest.values()], np.int64))
    when = dict(zip(latest, moments, strict=True))
    rows = [
        _described(one) | {"adopted": one.adopted, "at": when.get(one.id), "value": latest.get(one.id, (0, None))[1]}
        for one in chosen
    ]
    return msgspec.json.encode({"series": rows})


def _values(parts: Parts, chosen: Sequence[Series], since: int, until: int, step: int, function: str) -> bytes:
    if len(chosen) > MOST_SERIES:
        raise BadRequest(f"{len(chosen)} series match, and {MOST_SERIES} is the most in one question", "match")
    ids = [one.id for one in chosen]
    if step == times.RAW:
        if function not in values.SUMMARIES:
            raise BadRequest(f"{function!r} is not a function; known: {', '.join(sorted(values.SUMMARIES))}", "fn")
        found = parts.query.raw(ids, since, until, MOST_RAW)
    else:
        found = parts.query.values(ids, since, until, step, function)
    rows = [_described(one) | {"points": points_json(points)} for one, points in zip(chosen, found, strict=True)]
    return msgspec.json.encode({"step_us": step, "series": rows})


def points_json(points: Points) -> msgspec.Raw:
    """[[at, value], …] as JSON; NaN becomes null."""
    return msgspec.Raw(msgspec.json.encode(list(zip(points.at.tolist(), points.value.tolist(), strict=True))))


def _described(one: Series) -> dict[str, Any]:
    return {"id": one.id, "node": one.node_name, "name": one.name, "labels": one.labels, "unit": one.unit}


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
