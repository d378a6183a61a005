"""Reading the audit log. Nothing here writes it: every route that does something does."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api.access import Caller, iso, may, parts_of
from wacket.ledger import audit as audit_rows

router = APIRouter(tags=["audit"])
EXAMPLE: JsonDict = {
    "id": 17,
    "at": "2026-11-21T08:00:00Z",
    "actor": "person:ada",
    "peer": "192.168.1.20",
    "act": "token.create",
    "subject": "rig-3",
    "outcome": "ok",
    "details": {"id": 3, "scopes": ["ingest"]},
}


class ActInfo(BaseModel):
    """Who did what, from where, to what, and how it ended (ok or refused).

    In the details of what was refused `repeated` counts equal refusals, of which only some are written down,
    and `untold` those before it that were not.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    at: str
    actor: str
    peer: str
    act: str
    subject: str
    outcome: str
    details: dict[str, Any]


class ActPage(BaseModel):
    """Newest first. `before` asks for the next page; null when there is none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"acts": [EXAMPLE], "before": 17}]})

    acts: list[ActInfo]
    before: int | None


@router.get("/api/v1/audit", summary="Read the audit log")
async def read_audit(
    caller: Annotated[Caller, Depends(may("admin"))],
    request: Request,
    limit: Annotated[int, Query(ge=1, le=1000, description="entries at most")] = 100,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="`before` of the page before")] = None,
    find: Annotated[str, Query(max_length=200, description="Only with this in who, where, what or details.")] = "",
    outcome: Annotated[Literal["ok", "refused"] | None, Query(description="Only those that ended so.")] = None,
) -> ActPage:
    """What was done and what was refused, newest first."""
    ledger = parts_of(request).ledger
    rows = await asyncio.to_thread(ledger.read, lambda c: audit_rows.page(c, limit + 1, before, find, outcome))
    acts = [ActInfo(**row._asdict() | {"at": iso(row.at)}) for row in rows[:limit]]
    return ActPage(acts=acts, before=acts[-1].id if len(rows) > limit else None)
