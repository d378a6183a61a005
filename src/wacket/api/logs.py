"""Log lines, found by what is in them; and rejects, which are log lines of their own source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api.access import Caller, may, parts_of
from wacket.api.parts import Parts, apart
from wacket.api.targeting import Target, meant
from wacket.errors import BadRequest
from wacket.history import times
from wacket.history.logsearch import MOST_ROWS, MOST_TEXT, LogQuery, LogRow
from wacket.history.question import EVER
from wacket.records import DEBUG, ERROR, FATAL, INFO, REJECT_SOURCE, TRACE, WARN

router = APIRouter(tags=["logs"])
Reader = Annotated[Caller, Depends(may("read"))]

SEVERITIES = {"trace": TRACE, "debug": DEBUG, "info": INFO, "warn": WARN, "error": ERROR, "fatal": FATAL}
_NAMES = [""] + [name.upper() for name in SEVERITIES for _ in range(4)]  # by severity number

LINE: JsonDict = {
    "id": 7340033,
    "at": "2026-11-21T08:30:00.125Z",
    "node": "rig-3",
    "source": "valve",
    "severity": 13,
    "severity_text": "WARN",
    "body": "valve 4 is slow to close",
    "attrs": {"valve": 4},
}
_REJECT: JsonDict = LINE | {
    "source": REJECT_SOURCE,
    "body": "temp=21,5,7",
    "attrs": {"reason": "expected name=value", "format": "plotter", "door": "tcp", "peer": "192.0.2.7", "frame": 0},
}

_PAGE: JsonDict = {"logs": [LINE], "cursor": None, "older": None, "newer": "AAZXlA0i1gAAAAAAAHAAAQE"}

Find = Annotated[str, Query(description="Lines that hold this text, in any case.", max_length=MOST_TEXT)]
Exact = Annotated[bool, Query(description="`find` must agree in case too.")]
Regex = Annotated[str, Query(description="Lines that fit this regular expression (RE2).", max_length=MOST_TEXT)]
Node = Annotated[list[str], Query(description="Only of these nodes.", max_length=100)]
Severity = Annotated[
    str, Query(description="This and worse: trace, debug, info, warn, error, fatal, or a number from 1 to 24.")
]
Source = Annotated[str, Query(description="Only of this source within the node.", max_length=MOST_TEXT)]
Hide = Annotated[list[str], Query(description="Not of these sources.", max_length=100)]
Since = Annotated[
    str, Query(description="ISO-8601, seconds since 1970, or a time ago such as 24h; everything if not given.")
]
Until = Annotated[str, Query(description="Like `since`; this moment itself is not in the range.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Lines in one page.")]
Cursor = Annotated[str, Query(description="A cursor of the page before.", max_length=100)]
Order = Annotated[Literal["desc", "asc"], Query(description="desc: the newest first.")]


class LogLine(BaseModel):
    """`severity` is OpenTelemetry's number, 1 to 24. `attrs` is what came with the text, as an object."""

    id: int
    at: str
    node: str
    source: str
    severity: int
    severity_text: str
    body: str
    attrs: Any


class LogLines(BaseModel):
    """`cursor` gives the next page in the same order; null at the end. `older` and `newer` give the pages before and
    after in time: `older` is null where there is nothing older, `newer` only where no place is known."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PAGE]})

    logs: list[LogLine]
    cursor: str | None
    older: str | None
    newer: str | None


class Rejects(LogLines):
    """What could not be understood: `body` is how it began, `attrs` says why, and how it came."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PAGE | {"logs": [_REJECT]}]})


async def told(
    request: Request,
    find: Find = "",
    exact: Exact = False,
    regex: Regex = "",
    node: Node = [],  # noqa: B006 - FastAPI copies it
    target: Target = "",
    since: Since = "",
    until: Until = "",
) -> LogQuery:
    """What a question says of text, nodes and time. Raises BadRequest naming the field, NotFound for a node."""
    parts = parts_of(request)
    begin, end = ever(since, until, parts.clock())
    return LogQuery(find, exact, regex, meant(parts, node, target), since=begin, until=end)


async def asked(
    wanted: Annotated[LogQuery, Depends(told)],
    severity: Severity = "",
    source: Source = "",
    hide: Hide = [],  # noqa: B006
) -> LogQuery:
    """What a question about log lines means, beside its page."""
    least = severity_number(severity) if severity else 0
    return replace(wanted, severity=least, source=source, hide=tuple(hide))


Told = Annotated[LogQuery, Depends(told)]
Asked = Annotated[LogQuery, Depends(asked)]


@router.get("/api/v1/logs", summary="Search the logs", response_model=LogLines)
async def search_logs(
    caller: Reader,
    wanted: Asked,
    request: Request,
    limit: Limit = 100,
    cursor: Cursor = "",
    order: Order = "desc",
) -> Response:
    """Lines that fit all that is given, a page at a time. Follow `cursor` with the same question for more, or `older`
    with `order=desc` and `newer` with `order=asc` to go on in either direction."""
    return await _page(parts_of(request), replace(wanted, limit=limit, cursor=cursor, order=order))


@router.get("/api/v1/rejects", summary="Search what could not be understood", response_model=Rejects)
async def search_rejects(
    caller: Reader,
    wanted: Told,
    request: Request,
    limit: Limit = 100,
    cursor: Cursor = "",
    order: Order = "desc",
) -> Response:
    """Frames that no format could read, kept as they came: `attrs.reason` says why."""
    wanted = replace(wanted, source=REJECT_SOURCE, limit=limit, cursor=cursor, order=order)
    return await _page(parts_of(request), wanted)


def ever(since: str, until: str, now: int) -> tuple[int, int]:
    """A range of time whose ends may be open."""
    begin = times.instant(since, now, "since") if since else EVER[0]
    end = times.instant(until, now, "until") if until else EVER[1]
    if end <= begin:
        raise BadRequest("the range ends before it begins", "until")
    return begin, end


def severity_number(text: str) -> int:
    """A severity by name or number. Raises BadRequest."""
    number = SEVERITIES.get(text.lower(), int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0)
    if not 1 <= number <= 24:
        raise BadRequest(f"{text[:20]!r} is not a severity; known: {', '.join(SEVERITIES)}, or 1 to 24", "severity")
    return number


def as_json(parts: Parts, rows: Sequence[LogRow]) -> list[dict[str, Any]]:
    """Log lines as people and programs read them."""
    moments = times.iso_column(np.array([row.at for row in rows], np.int64))
    return [
        {
            "id": row.id,
            "at": at,
            "node": parts.catalogue.node_name(row.node),
            "source": row.source,
            "severity": row.severity,
            "severity_text": _NAMES[row.severity] if row.severity < len(_NAMES) else "",
            "body": row.body,
            "attrs": _document(row.attrs),
        }
        for row, at in zip(rows, moments, strict=True)
    ]


async def _page(parts: Parts, wanted: LogQuery) -> Response:
    def answer() -> bytes:
        page = parts.query.search(wanted)
        places = {name: getattr(page, name) or None for name in ("cursor", "older", "newer")}
        return msgspec.json.encode({"logs": as_json(parts, page.rows), **places})

    return Response(await apart(parts, answer), media_type="application/json")


def _document(text: str) -> Any:
    """What a device sent as JSON, if it can be written again as JSON; else as text."""
    if not text:
        return {}
    try:
        value = msgspec.json.decode(text)
        msgspec.json.encode(value)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        return text
    return value
