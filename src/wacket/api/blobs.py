"""Files that jobs send along: given to the hub first, under the SHA-256 of what is in them."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict
from starlette.requests import ClientDisconnect

from wacket.api import body as bodies
from wacket.api.access import Caller, may, parts_of
from wacket.commands.kept.blobs import Draft

router = APIRouter(tags=["jobs"])
Operator = Annotated[Caller, Depends(may("operate"))]
Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="the SHA-256 of the file, 64 hexadecimal digits")]
NAME = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class Kept(BaseModel):
    """A file that the hub has now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"sha256": NAME, "size": 0}]})

    sha256: str
    size: int


@router.put(
    "/api/v1/blobs/{sha256}",
    status_code=201,
    summary="Give the hub a file to send along",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "a,b\n1,2\n"}
            },
        }
    },
)
async def put_blob(caller: Operator, sha256: Hash, request: Request) -> Kept:
    """The raw bytes as body. They are on disk, and are what their name says, when this is answered; else status 400."""
    with parts_of(request).jobs.blobs.draft(sha256) as draft:
        await _gather(request, draft)
        await asyncio.to_thread(draft.finish)
    return Kept(sha256=sha256, size=draft.size)


async def _gather(request: Request, draft: Draft) -> None:
    room = bodies.room_of(request)
    more = True
    while more:
        try:
            async with asyncio.timeout(room.patience):
                message = await request.receive()
        except TimeoutError:
            raise room.stalled() from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        if piece := message.get("body", b""):
            await asyncio.to_thread(draft.add, piece)
        more = message.get("more_body", False)
