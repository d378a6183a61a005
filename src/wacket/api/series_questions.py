"""What one asks of series before and beside a chart: which names there are, and a range of time in a few numbers."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api.access import Caller, may, parts_of
from wacket.api.parts import Parts, apart
from wacket.api.series import SERIES, Selected, Selection, Since, Until, as_answer, chosen_few, described
from wacket.history import times
from wacket.history.summaries import FIELDS
from wacket.intake import naming
from wacket.intake.naming import Named

router = APIRouter(tags=["readings"])
Reader = Annotated[Caller, Depends(may("read"))]

_NUMBERS: JsonDict = {
    **{"count": 8640, "min": 212.0, "max": 1921.5, "mean": 1105.2, "p95": 1880.1, "first": 231.0, "last": 245.5},
    **{"first_at": 1795163400000000, "last_at": 1795249790000000, "gaps": 0},
    **{"integral": 26524.8, "covered": 86390000000},
}
_SUMMARY: JsonDict = {
    "since_us": 1795163400000000,
    "until_us": 1795249800000000,
    "of": "readings",
    "series": [{**SERIES, "name": "power", "unit": "W", **_NUMBERS}],
}
_NAMES: JsonDict = {
    "names": [
        {"name": "temp", "unit": "°C", "series": 60, "nodes": 30, "labels": ["place"], "example": SERIES},
    ],
    "count": 1,
}


class SeriesSummary(BaseModel):
    id: int
    node: str
    name: str
    labels: dict[str, str]
    unit: str
    count: int
    min: float | None
    max: float | None
    mean: float | None
    p95: float | None
    first: float | None
    last: float | None
    first_at: int | None
    last_at: int | None
    gaps: int | None
    integral: float | None
    covered: int | None


class Summary(BaseModel):
    """`of` says what the numbers were made of: `readings`, or with many readings the roll-ups `1m`, `1h` or `1d`; then
    the range is widened to whole ones, `p95` is of their means, and gaps within one are not seen.

    All but `count` is null where a series has no readings. Times are µs since 1970. A gap is longer than three times
    the usual distance between readings. `integral` is the value times hours (of W it is Wh) but for gaps; `covered` is
    how many µs it speaks of.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_SUMMARY]})

    since_us: int
    until_us: int
    of: str
    series: list[SeriesSummary]


class SeriesSample(BaseModel):
    id: int
    node: str
    name: str
    labels: dict[str, str]
    unit: str


class SeriesName(BaseModel):
    name: str
    unit: str
    series: int
    nodes: int
    labels: list[str]
    example: SeriesSample | None


class Names(BaseModel):
    """`count` is how many names fit, also beyond `limit`. `unit` is what most series of that name have, `labels` tell
    them apart, `example` is one of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [_NAMES]})

    names: list[SeriesName]
    count: int


@router.get("/api/v1/series/summary", summary="A range of time in a few numbers", response_model=Summary)
async def series_summary(
    caller: Reader, selected: Selected, request: Request, since: Since = "24h", until: Until = "now"
) -> Response:
    """Least, greatest, mean, 95th percentile, count, first, last, gaps, and the area below the line, of each series."""
    parts = parts_of(request)
    begin, end = times.bounds(since, until, parts.clock())
    return as_answer(await apart(parts, _summed, parts, selected, begin, end))


@router.get("/api/v1/series/names", summary="The names that series have", response_model=Names)
async def series_names(
    caller: Reader,
    request: Request,
    find: Annotated[str, Query(description="Only names that hold this, in any case.", max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=10_000, description="At most so many.")] = 200,
) -> Response:
    """Each name once, with how many series of how many nodes have it: what one chooses from first."""
    parts = parts_of(request)

    def answer() -> bytes:
        found = naming.search(parts.catalogue.names(), find)
        rows = [_name(parts, one) for one in found[:limit]]
        return msgspec.json.encode({"names": rows, "count": len(found)})

    return as_answer(await apart(parts, answer))


def _name(parts: Parts, one: Named) -> dict[str, Any]:
    example = parts.catalogue.get(one.example)
    return one._asdict() | {"example": described(example) if example else None}


def _summed(parts: Parts, selected: Selection, since: int, until: int) -> bytes:
    chosen = chosen_few(parts, selected)
    found = parts.query.summary([one.id for one in chosen], since, until)
    columns = [found.columns[name].tolist() for name in FIELDS]
    by_series = dict(zip(found.columns["series"].tolist(), zip(*columns, strict=True), strict=True))
    nothing = (0, *(None for _ in FIELDS[1:]))
    rows = [described(one) | dict(zip(FIELDS, by_series.get(one.id, nothing), strict=True)) for one in chosen]
    begin, end = times.aligned(since, until, found.width)
    return msgspec.json.encode({"since_us": begin, "until_us": end, "of": found.of, "series": rows})
