"""Which series there are, with their newest values; what they were over time is in series_values.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api.access import Caller, may, parts_of
from wacket.api.parts import Parts, apart
from wacket.api.targeting import Target, meant
from wacket.errors import BadRequest, NotFound
from wacket.history import times
from wacket.records import Series

router = APIRouter(tags=["readings"])
Reader = Annotated[Caller, Depends(may("read"))]

MOST_SERIES = 2000  # in one question about values

SERIES: JsonDict = {"id": 7, "node": "rig-3", "name": "temp", "labels": {"place": "top"}, "unit": "°C"}
_LISTED: JsonDict = {
    "series": [{**SERIES, "adopted": True, "at": "2026-11-21T08:30:00Z", "value": 21.5, "period": 10_000_000}]
}

Match = Annotated[
    list[str],
    Query(
        description="A glob over NODE/NAME, or over NAME where it has no slash; several are added together.",
        examples=[["rig-3/*"]],
        max_length=100,
    ),
]
Ids = Annotated[list[int], Query(description="Series by number.", max_length=MOST_SERIES)]
NodeName = Annotated[str | None, Query(description="Only of the node with this name.", max_length=200)]
Since = Annotated[
    str, Query(description="ISO-8601, seconds since 1970, a time ago such as 24h or 7d, or now.", examples=["24h"])
]
Until = Annotated[str, Query(description="Like `since`; this moment itself is not in the range.", examples=["now"])]


class SeriesInfo(BaseModel):
    """A series and its newest reading; `at` and `value` are null where there is none. `period` is how often it speaks
    (µs), null where that is not known or differs too much: what is older than three periods is not as it is now.
    """

    id: int
    node: str
    name: str
    labels: dict[str, str]
    unit: str
    adopted: bool
    at: str | None
    value: float | None
    period: int | None


class SeriesList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_LISTED]})

    series: list[SeriesInfo]


class Selection(NamedTuple):
    """What a question says of the series that it is about."""

    match: Sequence[str] = ()
    ids: Sequence[int] = ()
    node: str | None = None
    target: str = ""


async def selection(
    match: Match = [],  # noqa: B006 - FastAPI copies it
    id: Ids = [],  # noqa: A002, B006
    node: NodeName = None,
    target: Target = "",
) -> Selection:
    """As a dependency of routes. Nothing is looked up yet: `choose` does that, in a thread."""
    return Selection(match, id, node, target)


Selected = Annotated[Selection, Depends(selection)]


@router.get("/api/v1/series", summary="List series with their newest values", response_model=SeriesList)
async def list_series(
    caller: Reader,
    selected: Selected,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=100_000, description="At most so many.")] = 10_000,
) -> Response:
    """Series by node and name. Those of nodes that nobody has adopted yet have `adopted` false."""
    parts = parts_of(request)
    return as_answer(await apart(parts, _listed, parts, selected, limit))


def choose(parts: Parts, wanted: Selection) -> list[Series]:
    """The series that are asked for, by node and name. Raises NotFound for a node or number that there is not."""
    nodes = meant(parts, [] if wanted.node is None else [wanted.node], wanted.target)
    by_number = wanted.ids and not wanted.match
    found = {} if by_number else {one.id: one for one in parts.catalogue.find(wanted.match, nodes)}
    for number in wanted.ids:
        one = parts.catalogue.get(number)
        if one is None:
            raise NotFound(f"no series has the number {number}; see /api/v1/series")
        if nodes is None or one.node in nodes:
            found[number] = one
    return sorted(found.values(), key=lambda one: (one.node_name, one.name, sorted(one.labels.items())))


def chosen_few(parts: Parts, wanted: Selection) -> list[Series]:
    """The same, if they are not too many for a question about their values. Raises BadRequest."""
    chosen = choose(parts, wanted)
    if len(chosen) > MOST_SERIES:
        raise BadRequest(f"{len(chosen)} series match, and {MOST_SERIES} is the most in one question", "match")
    return chosen


def _listed(parts: Parts, wanted: Selection, limit: int) -> bytes:
    chosen = choose(parts, wanted)[:limit]
    latest = parts.query.latest([one.id for one in chosen])
    moments = times.iso_column(np.array([at for at, _ in latest.values()], np.int64))
    when = dict(zip(latest, moments, strict=True))
    periods = parts.fleet.overview.sights.pulse.periods([one.id for one in chosen])
    rows = [
        described(one)
        | {"adopted": one.adopted, "at": when.get(one.id), "value": latest.get(one.id, (0, None))[1], "period": period}
        for one, period in zip(chosen, periods, strict=True)
    ]
    return msgspec.json.encode({"series": rows})


def described(one: Series) -> dict[str, Any]:
    return {"id": one.id, "node": one.node_name, "name": one.name, "labels": one.labels, "unit": one.unit}


def as_answer(body: bytes) -> Response:
    return Response(body, media_type="application/json")
