"""Why a node is not there: the checks in order, what follows from them, and what it said last."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket import __version__
from wacket.api.access import Caller, may, parts_of
from wacket.api.logs import LogLine, as_json
from wacket.api.nodes import known
from wacket.api.parts import Parts, apart
from wacket.errors import WacketError
from wacket.fleet.diagnosis import Facts, checks, verdict
from wacket.fleet.messages import About
from wacket.history.logsearch import LogQuery, LogRow
from wacket.ledger.nodes import NodeRow

router = APIRouter(tags=["nodes"])
Operator = Annotated[Caller, Depends(may("operate"))]

PATIENCE = 2.5  # seconds for the last lines
LAST_LOGS = 20
EXAMPLE: JsonDict = {
    "checks": [
        {"name": "let in", "ok": True, "text": "it belongs to this hub"},
        {"name": "heard", "ok": False, "text": "last heard 4 min ago"},
        {"name": "ping", "ok": False, "text": "10.0.2.14 does not answer"},
    ],
    "verdict": "Nothing answers at 10.0.2.14: is it switched on, and in the network?",
    "last_logs": [],
}


class CheckInfo(BaseModel):
    """`ok` is null for what is neither right nor wrong, or could not be found out."""

    name: str
    ok: bool | None
    text: str


class Why(BaseModel):
    """`verdict` is one sentence with the next step; `last_logs` are the newest lines, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    checks: list[CheckInfo]
    verdict: str
    last_logs: list[LogLine]


@router.get("/api/v1/nodes/{name}/why", summary="Why a node is not there", response_model=Why)
async def why(
    caller: Operator, name: Annotated[str, Path(description="what the node is called now")], request: Request
) -> Response:
    """Looks at what is known of a node, and asks the network for its name and its last address; answers within 3 s."""
    parts = parts_of(request)
    row = known(parts, name)
    facts, lines = await asyncio.gather(_facts(parts, row), _last_lines(parts, row))
    answer = {
        "checks": [check._asdict() for check in checks(facts)],
        "verdict": verdict(facts),
        "last_logs": as_json(parts, lines),
    }
    return Response(msgspec.json.encode(answer), media_type="application/json")


async def _facts(parts: Parts, row: NodeRow) -> Facts:
    fleet = parts.fleet
    state = fleet.presence.of(row)
    about = msgspec.convert(fleet.presence.about(row.id) or {}, About)
    fleet.overview.look()
    clock = fleet.overview.sights.worst(row.id).get("clock")
    copy = fleet.copies.of_node(row.id)
    found, pinged = await asyncio.gather(fleet.reach.name(about.host), fleet.reach.ping(row.last_peer))
    return Facts(
        name=row.name,
        state=row.state,
        presence=state.state,
        why=state.why,
        now=parts.clock(),
        seen=max(row.last_seen if row.last_peer else 0, fleet.overview.sights.at(row.id)),
        peer=row.last_peer,
        doors=parts.addresses,
        hub=__version__,
        agent=about.agent if fleet.agents.of_node(row.id) else "",
        name_found=found,
        ping=pinged,
        clock=clock.told.value if clock else None,
        copy=copy.host if copy else None,
    )


async def _last_lines(parts: Parts, row: NodeRow) -> list[LogRow]:
    """The newest; none where the history does not answer in time."""
    wanted = LogQuery(nodes=frozenset({row.id}), limit=LAST_LOGS)
    with suppress(TimeoutError, WacketError):
        async with asyncio.timeout(PATIENCE):
            return (await apart(parts, parts.query.search, wanted)).rows
    return []
