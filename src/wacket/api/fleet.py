"""All nodes at a glance, for a page that shows the place. What changes after that is told over the live connection."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api.access import Caller, may, parts_of
from wacket.api.parts import Parts
from wacket.fleet.rows import STATUSES

router = APIRouter(tags=["nodes"])
Reader = Annotated[Caller, Depends(may("read"))]

AT_ONCE = 100  # rows that are made before others have their turn
_AT = 1795262400000000
MACHINE: JsonDict = {
    "name": "demo-04",
    "kind": "machine",
    "state": "adopted",
    "presence": "up",
    "since": _AT - 86_400_000_000,
    "why": "",
    "os": "linux",
    "agent": "0.1.0",
    "tags": {"demo": ""},
    "code": "K7QD-M2PX",
    "allows": {"metrics": True, "logs": True, "run": True, "root": False, "shell": False, "files": False},
    "at": _AT,
    "period": 10_000_000,
    "status": "warn",
    "problems": [{"level": "warn", "word": "disk", "text": "disk / 94 %", "series": 31}],
    "numbers": {"cpu": 14.2, "memory": 38.0, "disk": {"value": 94.0, "of": "/", "count": 3}, "temperature": 52.0},
    "spark": [12.1, None, 14.2],
    "drawn": 3,
    "newest": [],
    "series": 64,
    "log": {"at": _AT - 60_000_000, "severity": 13, "body": "camera: frame late 212 ms"},
}


class Problem(BaseModel):
    """`word` is the short form of `text`; `series` is the number of the series that shows it, where one does."""

    level: Literal["warn", "down"]
    word: str
    text: str
    series: int | None


class WorstOf(BaseModel):
    """The worst of `count` values: that of `of`."""

    value: float | None
    of: str
    count: int


class Headline(BaseModel):
    """A series and its newest value."""

    id: int
    name: str
    labels: dict[str, str]
    unit: str
    value: float | None
    at: int


class LastLog(BaseModel):
    """The last warning or worse of the last hour, its text cut to 200 characters."""

    at: int
    severity: int
    body: str


class FleetRow(BaseModel):
    """A node at a glance; times in µs since 1970 UTC. `presence` is up, late, down, off, pending or retired, `since`
    when, and `why` says more where there is more to say.

    `at` is when it was heard last, `period` how often it speaks (µs), null where that is not known; what is older
    than three periods is not as it is now. `numbers` are the worst of each kind, never a mean: cpu, memory, swap,
    disk, temperature, load, failed (services), battery, clock (seconds that the hub's is ahead), uptime (seconds),
    watched (0: something that should run does not), reboot. `spark` are the last values of the series
    `drawn`, null for a gap: the processor's, or the first thing that a board tells. What tells none of these numbers
    has its `newest` values here instead.
    """

    name: str
    kind: str
    state: str
    presence: str
    since: int
    why: str
    os: str
    agent: str
    tags: dict[str, str]
    code: str
    allows: dict[str, bool] | None
    at: int | None
    period: int | None
    status: Literal["up", "warn", "down", "off", "pending", "unknown"]
    problems: list[Problem]
    numbers: dict[str, float | WorstOf | None]
    spark: list[float | None]
    drawn: int | None
    newest: list[Headline]
    series: int
    log: LastLog | None


class FleetView(BaseModel):
    """`counts` are of the nodes by `status`. What comes after `cursor` is told over the live connection; `now` is the
    hub's clock."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"nodes": [MACHINE], "counts": {"up": 0, "warn": 1}, "cursor": 7340034, "now": _AT}]
        }
    )

    nodes: list[FleetRow]
    counts: dict[str, int]
    cursor: int
    now: int


@router.get("/api/v1/fleet", summary="All nodes at a glance", response_model=FleetView)
async def fleet(
    caller: Reader,
    request: Request,
    retired: Annotated[bool, Query(description="The retired ones too.")] = False,
) -> Response:
    """A row for each node, by name: how it is, what is wrong, its worst numbers. An adopted node that was never heard
    has the status `unknown`; a retired one is left out unless it is asked for."""
    return Response(await _view(parts_of(request), retired), media_type="application/json")


async def _view(parts: Parts, retired: bool) -> bytes:
    overview, counts, rows = parts.fleet.overview, dict.fromkeys(STATUSES, 0), []
    overview.look()
    cursor = overview.cursor  # what comes while the rows are made is told, and may be in them already
    nodes = sorted(parts.catalogue.nodes(), key=lambda row: row.name)
    for number, node in enumerate(node for node in nodes if retired or node.state != "retired"):
        if number % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
        counts[overview.status(node.id)] += 1
        rows.append(overview.encoded(node.id))
    return msgspec.json.encode({"nodes": rows, "counts": counts, "cursor": cursor, "now": parts.clock()})
