"""What the streams of a node lack, as people read it. What is missing is found out in fleet/completeness.py."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from wacket.api.access import Caller, iso, may, parts_of
from wacket.api.nodes import known
from wacket.ledger.gaps import Gap

router = APIRouter(tags=["agents"])
Reader = Annotated[Caller, Depends(may("read"))]
Name = Annotated[str, Path(description="what the node is called now")]
GAP: JsonDict = {
    "stream": "metrics",
    "kind": "away",
    "since": "2026-11-21T08:00:00Z",
    "until": "2026-11-21T09:00:00Z",
    "lines": 3600,
    "came": "2026-11-21T09:00:12Z",
}


class GapInfo(BaseModel):
    """`kind` is away (the node was not connected: `lines` came later, or are still to come while `came` is null),
    thinned (the node had no room any more: of that time only a part came) or lost. Each line counts in one gap only. An
    absence without lines: nothing was measured, or none of it came.
    """

    stream: str
    kind: str
    since: str
    until: str | None
    lines: int
    came: str | None


class CompletenessInfo(BaseModel):
    """`complete` is false where something is missing that never came, or has not come yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"node": "pi-11", "presence": "up", "since": GAP["until"], "complete": True, "gaps": [GAP]}]
        }
    )

    node: str
    presence: str
    since: str
    complete: bool
    gaps: list[GapInfo]


@router.get("/api/v1/nodes/{name}/completeness", summary="What is missing of a node")
async def completeness(caller: Reader, name: Name, request: Request) -> CompletenessInfo:
    """When a node was away, and whether what it had to tell came later; what it left out; what is lost."""
    parts = parts_of(request)
    row = known(parts, name)
    await parts.fleet.completeness.flush()
    gaps, state = parts.fleet.completeness.of_node(row.id), parts.fleet.presence.of(row)
    return CompletenessInfo(
        node=row.name,
        presence=state.state,
        since=iso(state.since),
        complete=all(gap.came is not None or not gap.lines for gap in gaps),
        gaps=[_info(gap) for gap in gaps],
    )


def _info(gap: Gap) -> GapInfo:
    until, came = (None if at is None else iso(at) for at in (gap.until, gap.came))
    return GapInfo(stream=gap.stream, kind=gap.kind, since=iso(gap.since), until=until, lines=gap.lines, came=came)
