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
from wacket.api.series import node_ids
from wacket.errors import BadRequest
from wacket.history import times
from wacket.history.logsearch import MOST_ROWS, MOST_TEXT, LogQuery, LogRow
from wacket.history.question import EVER
from wacket.records import DEBUG, ERROR, FATAL, INFO, REJECT_SOURCE, TRACE, WARN

router = APIRouter(tags=["logs"])
Reader = Annotated[Caller, Depends(may("read"))]

SEVERITIES = {"trace": TRACE, "debug": DEBUG, "info": INFO, "warn": WARN, "error": ERROR, "fatal": FATAL}
_NAMES = [""] + [name.upper() for name in SEVERITIES for _ in range(4)]  # by severity number

_LINE: JsonDict = {
    "id": 7340033,
    "at": "2026-11-21T08:30:00.125Z",
    "node": "rig-3",
    "source": "valve",
    "severity": 13,
    "severity_text": "WARN",
    "body": "valve 4 is slow to close",
    "attrs": {"valve": 4},
}
_REJECT: JsonDict = _LINE | {
    "source": REJECT_SOURCE,
    "body": "temp=21,5,7",
    "attrs": {"reason": "expected name=value", "format": "plotter", "door": "tcp", "peer": "192.0.2.7", "frame": 0},
}

Find = Annotated[str, Query(description="Lines that hold this text, in any case.", max_length=MOST_TEXT)]
Exact = Annotated[bool, Query(description="`find` must agree in case too.")]
Regex = Annotated[str, Query(description="Lines that fit this regular expression (RE2).", max_length=MOST_TEXT)]
Node = Annotated[list[str], Query(description="Only of these nodes.", max_length=100)]
Severity = Annotated[
    str, Query(description="This and worse: trace, debug, info, warn, error, fatal, or a number from 1 to 24.")
]
Source = Annotated[str, Query(description="Only of this source within the node.", max_length=MOST_TEXT)]
Since = Annotated[
    str, Query(description="ISO-8601, seconds since 1970, or a time ago such as 24h; everything if not given.")
]
Until = Annotated[str, Query(description="Like `since`; this moment itself is not in the range.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Lines in one page.")]
Cursor = Annotated[str, Query(description="The `cursor` of the page before.", max_length=100)]
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
    """`cursor` gives the next page; null at the end."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"logs": [_LINE], "cursor": None}]})

    logs: list[LogLine]
    cursor: str | None


class Rejects(LogLines):
    """What could not be understood: `body` is how it began, `attrs` says why, and how it came."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"logs": [_REJECT], "cursor": None}]})


@router.get("/api/v1/logs", summary="Search the logs", response_model=LogLines)
async def search_logs(
    caller: Reader,
    request: Request,
    find: Find = "",
    exact: Exact = False,
    regex: Regex = "",
    node: Node = [],  # noqa: B006 - FastAPI copies it
    severity: Severity = "",
    source: Source = "",
    since: Since = "",
    until: Until = "",
    limit: Limit = 100,
    cursor: Cursor = "",
    order: Order = "desc",
) -> Response:
    """Lines that fit all that is given, a page at a time. Follow `cursor` with the same question for more."""
    parts = parts_of(request)
    wanted = asked(
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
    wanted = replace(wanted, limit=limit, cursor=cursor, order=order)
    return await _page(parts, wanted)


@router.get("/api/v1/rejects", summary="Search what could not be understood", response_model=Rejects)
async def search_rejects(
    caller: Reader,
    request: Request,
    find: Find = "",
    exact: Exact = False,
    regex: Regex = "",
    node: Node = [],  # noqa: B006
    since: Since = "",
    until: Until = "",
    limit: Limit = 100,
    cursor: Cursor = "",
    order: Order = "desc",
) -> Response:
    """Frames that no format could read, kept as they came: `attrs.reason` says why."""
    parts = parts_of(request)
    wanted = asked(
        parts, find=find, exact=exact, regex=regex, node=node, source=REJECT_SOURCE, since=since, until=until
    )
    wanted = replace(wanted, limit=limit, cursor=cursor, order=order)
    return await _page(parts, wanted)


def asked(
    parts: Parts,
    *,
    find: str = "",
    exact: bool = False,
    regex: str = "",
    node: Sequence[str] = (),
    severity: str = "",
    source: str = "",
    since: str = "",
    until: str = "",
) -> LogQuery:
    """The question that these fields mean. Raises BadRequest naming the field, NotFound for a node."""
    begin, end = ever(since, until, parts.clock())
    nodes = node_ids(parts, node) if node else None
    least = severity_number(severity) if severity else 0
    return LogQuery(find, exact, regex, nodes, least, source, begin, end)


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
        return msgspec.json.encode({"logs": as_json(parts, page.rows), "cursor": page.cursor or None})

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
