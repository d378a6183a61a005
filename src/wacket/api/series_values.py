"""Values of series over time: points for charts, as rows or as columns, and what can be said of them in a few numbers.

Answers are made from columns; no row is touched on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api import drawn
from wacket.api.access import Caller, may, parts_of
from wacket.api.parts import Parts, apart
from wacket.api.series import SERIES, Selected, Selection, Since, Until, as_answer, chosen_few, described
from wacket.errors import BadRequest
from wacket.history import times, values
from wacket.history.bands import BAND, SUMMARY
from wacket.records import Series

router = APIRouter(tags=["readings"])
Reader = Annotated[Caller, Depends(may("read"))]

MOST_RAW = 1_000_000  # readings in one answer
FUNCTIONS = {**values.SUMMARIES, BAND: SUMMARY}

_VALUES: JsonDict = {
    "step_us": 60_000_000,
    "begin_us": 1795249800000000,
    "shift_us": 0,
    "series": [{**SERIES, "points": [[1795249800000000, 21.4], [1795249860000000, 21.5]]}],
}
_COLUMNS: JsonDict = _VALUES | {
    "series": [{**SERIES, "at": [1795249800000000, 1795249860000000], "value": [21.4, 21.5]}]
}

Step = Annotated[str, Query(description="`auto` (at most 1,000 points), `raw` (every reading), or 10s, 5m, 1h, 1d.")]
Function = Annotated[str, Query(description="; ".join(f"`{name}`: {text}" for name, text in FUNCTIONS.items()) + ".")]
Shift = Annotated[
    str, Query(description="The values of so long before, such as 1d or 1w, with their times moved into the range.")
]
Layout = Annotated[Literal["points", "columns"], Query(description="Rows of points, or a list for each column.")]


class SeriesValues(BaseModel):
    """`points` are [µs since 1970, value] in order of time, or [µs, mean, least, greatest] with `fn=band`; a step
    without readings has no point.

    With `layout=columns` there are `at` and `value` (for a band also `min` and `max`) instead: as many digits as one
    can see, and a null where values are missing for more than three times the usual distance.
    """

    id: int
    node: str
    name: str
    labels: dict[str, str]
    unit: str
    points: list[list[float | None]] | None = None
    at: list[int] | None = None
    value: list[float | None] | None = None
    min: list[float | None] | None = None
    max: list[float | None] | None = None


class Values(BaseModel):
    """`step_us` is the length of a step in µs, 0 where every reading is given; `begin_us` is where the first begins."""

    model_config = ConfigDict(json_schema_extra={"examples": [_VALUES, _COLUMNS]})

    step_us: int
    begin_us: int
    shift_us: int
    series: list[SeriesValues]


class Asked(NamedTuple):
    """Which points: [since, until), how long a step is and what is taken of it; `shift` is how much earlier."""

    since: int
    until: int
    step: int
    function: str
    shift: int = 0


@router.get("/api/v1/series/values", summary="Values of series over time", response_model=Values)
async def series_values(
    caller: Reader,
    selected: Selected,
    request: Request,
    since: Since = "24h",
    until: Until = "now",
    step: Step = "auto",
    fn: Function = "mean",
    shift: Shift = "",
    layout: Layout = "points",
) -> Response:
    """One point for each step that has readings, or every reading with `step=raw`.

    Steps are counted from 1970 UTC, and the range is widened to whole steps, so a point always stands for a whole one.
    """
    parts = parts_of(request)
    asked = understood(since, until, step, fn, parts.clock(), shift)
    return as_answer(await apart(parts, _values, parts, selected, asked, layout))


def understood(since: str, until: str, step: str, fn: str, now: int, shift: str = "") -> Asked:
    """What these fields mean. Raises BadRequest naming the field."""
    begin, end = times.bounds(since, until, now)
    if fn not in FUNCTIONS:
        raise BadRequest(f"{fn[:40]!r} is not a function; known: {', '.join(sorted(FUNCTIONS))}", "fn")
    earlier = times.span(shift, "shift") if shift else 0
    if earlier > begin:
        raise BadRequest(f"{shift[:40]!r} before this range nothing can be: it would be before 1970", "shift")
    return Asked(begin, end, times.step(step, begin, end), fn, earlier)


def columns_of(parts: Parts, chosen: Sequence[Series], asked: Asked) -> list[drawn.Drawn]:
    """The points of each of these series. Raises BadRequest where they would be too many."""
    ids, query = [one.id for one in chosen], parts.query
    since, until = asked.since - asked.shift, asked.until - asked.shift
    if asked.step == times.RAW:
        found = [drawn.of_points(one) for one in query.raw(ids, since, until, MOST_RAW)]
        return [drawn.as_band(one) for one in found] if asked.function == BAND else found
    if asked.function == BAND:
        return [drawn.of_band(one) for one in query.bands(ids, since, until, asked.step)]
    return [drawn.of_points(one) for one in query.values(ids, since, until, asked.step, asked.function)]


def _values(parts: Parts, selected: Selection, asked: Asked, layout: str) -> bytes:
    chosen = chosen_few(parts, selected)
    shown = drawn.columns if layout == "columns" else drawn.points
    rows: list[dict[str, Any]] = [
        described(one) | shown(drawn.moved(found, asked.shift), asked.step)
        for one, found in zip(chosen, columns_of(parts, chosen, asked), strict=True)
    ]
    begin, _ = times.aligned(asked.since - asked.shift, asked.until - asked.shift, asked.step)
    answer = {"step_us": asked.step, "begin_us": begin + asked.shift, "shift_us": asked.shift, "series": rows}
    return msgspec.json.encode(answer)
