"""One log line by its number and among its neighbours, and how many lines came when.

A line's number stays for as long as the line is kept, so a link to it does too.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import numpy as np
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api.access import Caller, may, parts_of
from wacket.api.logs import LINE, Asked, LogLine, as_json
from wacket.api.parts import Parts, apart
from wacket.errors import NotFound
from wacket.history.loglines import LEVELS, MOST_AROUND, MOST_BUCKETS
from wacket.history.logsearch import LogQuery, LogRow

router = APIRouter(tags=["logs"])
Reader = Annotated[Caller, Depends(may("read"))]
Number = Annotated[int, Path(ge=0, le=2**63 - 1, description="The `id` of the line.")]

_COUNTS: JsonDict = {
    "begin_us": 1795248000000000,
    "step_us": 3_600_000_000,
    "partial": False,
    "counts": [{"at": 1795248000000000, "total": 12, "by": {"error": 1, "warn": 3, "info": 8, "debug": 0}}],
}
_AROUND: JsonDict = {"line": 7340033, "logs": [LINE], "older": "AAZXlA0i1gAAAAAAAHAAAQA", "newer": None}


class BySeverity(BaseModel):
    error: int
    warn: int
    info: int
    debug: int


class Bucket(BaseModel):
    """How many lines came in the step that begins at `at` (µs)."""

    at: int
    total: int
    by: BySeverity


class Buckets(BaseModel):
    """`counts` are all steps from `begin_us` on, those without lines too. `error` has what is worse too, `debug` all
    that is less than info. `partial`: the question took too long, and only the newest lines are counted."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COUNTS]})

    begin_us: int
    step_us: int
    partial: bool
    counts: list[Bucket]


class OneLine(LogLine):
    model_config = ConfigDict(json_schema_extra={"examples": [LINE]})


class Context(BaseModel):
    """The oldest first, `line` among them. `older` and `newer` go on with GET /api/v1/logs, the same node and
    `order=desc` or `order=asc`; `older` is null where nothing is."""

    model_config = ConfigDict(json_schema_extra={"examples": [_AROUND]})

    line: int
    logs: list[LogLine]
    older: str | None
    newer: str | None


@router.get("/api/v1/logs/histogram", summary="How many log lines came when", response_model=Buckets)
async def histogram(
    caller: Reader,
    wanted: Asked,
    request: Request,
    buckets: Annotated[int, Query(ge=2, le=MOST_BUCKETS, description="At most so many steps.")] = 60,
) -> Response:
    """The lines that GET /api/v1/logs would find, counted by time and severity. Without `since` from the oldest on."""
    parts = parts_of(request)
    return Response(await apart(parts, _counted, parts, wanted, buckets), media_type="application/json")


@router.get("/api/v1/logs/{id}", summary="One log line", response_model=OneLine)
async def one_line(caller: Reader, id: Number, request: Request) -> Response:  # noqa: A002
    """The whole line."""
    parts = parts_of(request)

    def answer() -> bytes:
        return msgspec.json.encode(as_json(parts, [_found(parts, id)])[0])

    return Response(await apart(parts, answer), media_type="application/json")


@router.get("/api/v1/logs/{id}/context", summary="A log line among its neighbours", response_model=Context)
async def context(
    caller: Reader,
    id: Number,  # noqa: A002
    request: Request,
    before: Annotated[int, Query(ge=0, le=MOST_AROUND, description="At most so many lines before it.")] = 50,
    after: Annotated[int, Query(ge=0, le=MOST_AROUND, description="At most so many lines after it.")] = 50,
    same: Annotated[Literal["node", "all"], Query(description="Only lines of the same node, or of all.")] = "node",
) -> Response:
    """The line, and those that came before and after it."""
    parts = parts_of(request)

    def answer() -> bytes:
        row = _found(parts, id)
        aliases = parts.catalogue.aliases
        wanted = LogQuery() if same == "all" else LogQuery(nodes=frozenset(aliases.of([aliases.now(row.node)])))
        found = parts.query.around(row, before, after, wanted)
        places = {"older": found.older or None, "newer": found.newer or None}
        return msgspec.json.encode({"line": id, "logs": as_json(parts, found.rows), **places})

    return Response(await apart(parts, answer), media_type="application/json")


def _found(parts: Parts, number: int) -> LogRow:
    row = parts.query.line(number)
    if row is None:
        days = parts.settings.history.logs_days
        kept = f"lines are deleted after {days:g} days (history.logs_days)" if days else "lines are kept for ever"
        raise NotFound(f"no line has the number {number}, or it is no longer kept: {kept}")
    return row


def _counted(parts: Parts, wanted: LogQuery, buckets: int) -> bytes:
    found = parts.query.histogram(wanted, buckets)
    moments = (found.begin + found.step * np.arange(len(found.counts))).tolist()
    rows = [
        {"at": at, "total": sum(numbers), "by": dict(zip(LEVELS, numbers, strict=True))}
        for at, numbers in zip(moments, found.counts.tolist(), strict=True)
    ]
    answer = {"begin_us": found.begin, "step_us": found.step, "partial": found.partial, "counts": rows}
    return msgspec.json.encode(answer)
