"""What this place is: its name, its kind, and how far the guide of its first run has come."""

from __future__ import annotations

import socket
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket.api.access import Caller, may, parts_of, perform
from wacket.ledger import place

router = APIRouter(tags=["place"])
Kind = Literal["class", "demo room", "home", "office", "research", "workshop", "other"]
EXAMPLE: JsonDict = {"name": "Lab 2.17", "kind": "class", "first_run": "done"}


class PlaceInfo(BaseModel):
    """`first_run` is the step at which the guide of the first run goes on, or `done`."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    name: str
    kind: Kind
    first_run: str


class PlaceChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Lab 2.17", "kind": "class"}]})

    name: str | None = Field(None, max_length=place.LONGEST_NAME)
    kind: Kind | None = None
    first_run: str | None = Field(None, max_length=40)


@router.get("/api/v1/place", summary="What this place is")
async def read_place(caller: Annotated[Caller, Depends(may("read"))], request: Request) -> PlaceInfo:
    """Its name (that of the hub's machine until it gets one), its kind, and where the first-run guide is."""
    return PlaceInfo(**parts_of(request).ledger.read(lambda c: place.read(c, socket.gethostname()))._asdict())


@router.put("/api/v1/place", summary="Say what this place is")
async def change_place(
    caller: Annotated[Caller, Depends(may("admin"))], body: PlaceChange, request: Request
) -> PlaceInfo:
    """Name the place, say of what kind it is, or let the guide go on."""
    parts, values = parts_of(request), body.model_dump(exclude_none=True)
    await perform(parts, caller, "place.change", body.name or "", lambda c: place.change(c, values), **values)
    parts.bus.publish_nowait("changed", {"place": True})
    return await read_place(caller, request)
