"""Who sends what the hub cannot understand: rejects counted by node and format."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from wacket.api.access import Caller, iso, may, parts_of
from wacket.api.parts import apart
from wacket.api.series import Since, Until
from wacket.history import times

router = APIRouter(tags=["logs"])
Reader = Annotated[Caller, Depends(may("read"))]


class RejectCount(BaseModel):
    """`count` is of frames: lines or bodies. `last` is when the newest came, `reason` what was wrong with it."""

    node: str
    format: str
    count: int
    last: str
    reason: str


class RejectCounts(BaseModel):
    """The most frequent first, at most 500; `total` is of these."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total": 12,
                    "rejects": [
                        {
                            **{"node": "rig-3", "format": "plotter", "count": 12},
                            **{"last": "2026-11-21T08:30:00.125Z", "reason": "expected name=value"},
                        }
                    ],
                }
            ]
        }
    )

    total: int
    rejects: list[RejectCount]


@router.get("/api/v1/rejects/counts", summary="How much could not be understood")
async def reject_counts(caller: Reader, request: Request, since: Since = "24h", until: Until = "now") -> RejectCounts:
    """Rejects by node and format. GET /api/v1/rejects has them themselves."""
    parts = parts_of(request)
    begin, end = times.bounds(since, until, parts.clock())
    found = await apart(parts, parts.query.rejected, begin, end)
    rows = [
        RejectCount(
            node=parts.catalogue.node_name(one.node),
            format=one.format,
            count=one.frames,
            last=iso(one.last),
            reason=one.reason,
        )
        for one in found
    ]
    return RejectCounts(total=sum(row.count for row in rows), rejects=rows)
