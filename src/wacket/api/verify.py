"""Reading all that is kept, to find what a disk has damaged before a question does."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from wacket.api.access import Caller, audit, may, parts_of

router = APIRouter(tags=["health"])

FOUND = (
    "/srv/wacket/history/readings/0-0000000001-0000000420-00000007.parquet: the checksum is wrong; "
    "lost: 42 rows of readings from 2026-11-20T08:00:00Z to 2026-11-20T09:00:00Z"
)


class Verified(BaseModel):
    """One sentence for each thing that is damaged, known before or found now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"damage": [FOUND]}]})

    damage: list[str]


@router.post("/api/v1/verify", summary="Read everything that is kept")
async def verify(caller: Annotated[Caller, Depends(may("admin"))], request: Request) -> Verified:
    """Reads every byte of journal and segments, which takes as long as the disk needs. A file that is not as it was
    written is moved to quarantine and named."""
    parts = parts_of(request)
    damage = await asyncio.to_thread(parts.history.verify)
    await audit(parts, caller, "history.verify", details={"damage": len(damage)})
    return Verified(damage=damage)
