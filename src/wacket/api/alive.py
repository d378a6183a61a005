"""A board that has nothing to tell says that it is there. Who may, and as which node, is admission's to say."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from wacket.api.access import parts_of, peer_of
from wacket.api.shown import token_in

router = APIRouter(tags=["sending data"])
Name = Annotated[str, Path(description="what the board calls itself")]


@router.post("/api/v1/nodes/{name}/alive", status_code=204, summary="Say that a board is there")
async def alive(name: Name, request: Request) -> None:
    """As if it had sent something: a board without an agent is late when it has missed twice its own habit. Sending
    data does the same, so this is for those that have nothing to send.
    """
    parts = parts_of(request)
    await parts.admission.admit(token_in(request.headers.get("authorization", "")), name, peer_of(request))
