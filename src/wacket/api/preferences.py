"""What the page remembers for a person: theme, density, keys. The page decides what is in it; here it is only kept.

Not in the audit log: it changes nothing for anybody else.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, RootModel
from pydantic.config import JsonDict

from wacket.api.access import Caller, may, parts_of
from wacket.errors import BadRequest
from wacket.ledger import place

router = APIRouter(tags=["people"])
Anybody = Annotated[Caller, Depends(may("own"))]
EXAMPLE: JsonDict = {"theme": "dark", "shortcuts": False, "logs": {"wrap": True}}


class Preferences(RootModel[dict[str, Any]]):
    """A JSON object of up to 16 KiB."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


@router.get("/api/v1/me/preferences", summary="What the page remembers for me")
async def read_preferences(caller: Anybody, request: Request) -> Preferences:
    """As the page last put it; an empty object before that, and for tokens and the owner's key."""
    if caller.kind != "person":
        return Preferences({})
    return Preferences(parts_of(request).ledger.read(lambda c: place.preferences_of(c, caller.name)))


@router.put("/api/v1/me/preferences", summary="Let the page remember")
async def put_preferences(caller: Anybody, body: Preferences, request: Request) -> Preferences:
    """Put this object in the place of all that was remembered for this person."""
    if caller.kind != "person":
        raise BadRequest("preferences are a person's: sign in; a token and the owner's key have none")
    await parts_of(request).ledger.write(lambda c: place.put_preferences(c, caller.name, body.root))
    return body
