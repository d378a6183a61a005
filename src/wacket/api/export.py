"""Any selection of readings or logs as a file, streamed: as large as it is, the hub's memory stays the same."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, Generator, Sequence
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from wacket.api import export_names, logs, series, series_values
from wacket.api.access import Caller, caller_of, may, parts_of
from wacket.api.parts import Parts, apart
from wacket.api.patient import PatientResponse
from wacket.errors import BadRequest
from wacket.history import computed
from wacket.history.exporting import MEDIA_TYPES, Export, Logs, Name, Readings
from wacket.records import Series

router = APIRouter(tags=["export"])
log = logging.getLogger(__name__)
Reader = Annotated[Caller, Depends(may("read"))]
Format = Annotated[Literal["csv", "ndjson", "parquet"], Query(description="What the file is to be.")]

_READING = '{"node":"rig-3","name":"temp","labels":{},"at":"2026-11-21T08:30:00.000000Z","value":21.5}\n'
_LOG = (
    '{"id":7340033,"at":"2026-11-21T08:30:00.125000Z","node":"rig-3","source":"valve","severity":13,'
    '"body":"valve 4 is slow to close","attrs":{"valve":4}}\n'
)


def _responses(example: str) -> dict[int | str, dict[str, Any]]:
    content: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()}
    content[MEDIA_TYPES["ndjson"]]["example"] = example
    return {200: {"description": "The file.", "content": content}}


@router.get(
    "/api/v1/export/readings",
    summary="Export readings",
    response_class=StreamingResponse,
    responses=_responses(_READING),
)
async def export_readings(
    caller: Reader,
    selected: series.Selected,
    request: Request,
    since: logs.Since = "",
    until: logs.Until = "",
    step: Annotated[
        str, Query(description="`raw` (every reading), `auto` (as a chart has it), or 10s, 5m, 1h.")
    ] = "raw",
    fn: series_values.Function = "mean",
    format: Format = "ndjson",  # noqa: A002
) -> StreamingResponse:
    """Every reading of the series that match: node, name, labels, time, value; Parquet also has unit and quality.

    Rows come in order of storage: roughly by time, and within each stored file by series and time. With a `step` there
    is a row for each step that has readings, as a chart shows it, in order of series and time; `fn=band` gives value
    (the mean), min and max.
    """
    parts = parts_of(request)
    wanted = await apart(parts, _wanted, parts, selected, (since, until), step, fn)
    return await _stream(request, Export(wanted, format), export_names.of_readings(wanted, step, fn))


def _wanted(parts: Parts, selected: series.Selection, span: tuple[str, str], step: str, fn: str) -> Readings:
    since, until = span
    begin, end = logs.ever(since, until, parts.clock())
    if step == "raw":
        return Readings(_names(series.choose(parts, selected)), begin, end)
    if not since:
        raise BadRequest("a step needs a range of time: give since", "since")
    chosen = series.chosen_few(parts, selected)
    asked = series_values.understood(since, until or "now", step, fn, parts.clock())
    found = series_values.columns_of(parts, chosen, asked)
    columns = tuple(found[0].numbers) if found else ("value",)
    ids = [one.id for one in chosen]
    table = computed.table(ids, [(one.at, *one.numbers.values()) for one in found], columns)
    return Readings(_names(chosen), asked.since, asked.until, table, columns)


def _names(chosen: Sequence[Series]) -> list[Name]:
    return [Name(one.id, one.node_name, one.name, one.labels, one.unit) for one in chosen]


@router.get(
    "/api/v1/export/logs",
    summary="Export logs",
    response_class=StreamingResponse,
    responses=_responses(_LOG),
)
async def export_logs(
    caller: Reader,
    wanted: logs.Asked,
    request: Request,
    format: Format = "ndjson",  # noqa: A002
) -> StreamingResponse:
    """Every log line that fits all that is given, the oldest stored file first."""
    parts = parts_of(request)
    nodes = parts.catalogue.node_names()
    return await _stream(request, Export(Logs(wanted, nodes), format), export_names.of_logs(wanted))


async def _stream(request: Request, wanted: Export, name: str) -> StreamingResponse:
    parts = parts_of(request)
    pieces = cast(Generator[bytes, None, None], parts.query.export(wanted))
    first = await apart(parts, next, pieces, b"")  # what is wrong with the question shows here
    patience = parts.settings.doors.slow_seconds
    streamed = _streamed(request, first, pieces)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{wanted.format}"'}
    return PatientResponse(streamed, patience, "an export", MEDIA_TYPES[wanted.format], headers)


async def _streamed(
    request: Request, first: bytes, pieces: Generator[bytes, None, None]
) -> AsyncGenerator[bytes, None]:
    parts, piece = parts_of(request), first
    try:
        while piece:
            yield piece
            await caller_of(request, "read")  # a token may have been revoked meanwhile
            piece = await apart(parts, next, pieces, b"")
    finally:
        # The caller has gone while a thread makes the next piece: then it is closed when the thread lets go of it.
        with contextlib.suppress(ValueError):
            pieces.close()
