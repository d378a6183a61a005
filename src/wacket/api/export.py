"""Any selection of readings or logs as a file, streamed: as large as it is, the hub's memory stays the same."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from wacket.api import logs, series
from wacket.api.access import Caller, may, parts_of
from wacket.api.parts import Parts
from wacket.history.exporting import MEDIA_TYPES, Export, Logs, Name, Readings

router = APIRouter(tags=["export"])
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
    request: Request,
    match: series.Match = [],  # noqa: B006 - FastAPI copies it
    node: series.NodeName = None,
    since: logs.Since = "",
    until: logs.Until = "",
    format: Format = "ndjson",  # noqa: A002
) -> StreamingResponse:
    """Every reading of the series that match: node, name, labels, time, value; Parquet also has unit and quality.

    Rows come in order of storage: roughly by time, and within each stored file by series and time.
    """
    parts = parts_of(request)
    begin, end = logs.ever(since, until, parts.clock())
    chosen = series.choose(parts, match, node)
    names = [Name(one.id, one.node_name, one.name, one.labels, one.unit) for one in chosen]
    return await _stream(parts, Export(Readings(names, begin, end), format), "readings")


@router.get(
    "/api/v1/export/logs",
    summary="Export logs",
    response_class=StreamingResponse,
    responses=_responses(_LOG),
)
async def export_logs(
    caller: Reader,
    request: Request,
    find: logs.Find = "",
    exact: logs.Exact = False,
    regex: logs.Regex = "",
    node: logs.Node = [],  # noqa: B006
    severity: logs.Severity = "",
    source: logs.Source = "",
    since: logs.Since = "",
    until: logs.Until = "",
    format: Format = "ndjson",  # noqa: A002
) -> StreamingResponse:
    """Every log line that fits all that is given, the oldest stored file first."""
    parts = parts_of(request)
    wanted = logs.asked(
        parts,
        find=find,
        exact=exact,
        regex=regex,
        node=node,
        severity=severity,
        source=source,
        since=since,
        until=until,
    )
    nodes = {row.id: row.name for row in parts.catalogue.nodes()}
    return await _stream(parts, Export(Logs(wanted, nodes), format), "logs")


async def _stream(parts: Parts, wanted: Export, name: str) -> StreamingResponse:
    pieces = parts.query.export(wanted)
    first = await asyncio.to_thread(next, pieces, b"")  # what is wrong with the question shows here
    return StreamingResponse(
        _streamed(first, pieces),
        media_type=MEDIA_TYPES[wanted.format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{wanted.format}"'},
    )


async def _streamed(first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    try:
        piece = first
        while piece:
            yield piece
            piece = await asyncio.to_thread(next, pieces, b"")
    finally:
        # The caller has gone while a thread makes the next piece: then it is closed when the thread lets go of it.
        with contextlib.suppress(ValueError):
            cast(Generator[bytes, None, None], pieces).close()
