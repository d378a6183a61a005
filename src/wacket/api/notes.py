"""Notes on the time axis: what people write beside the data. Plain text; nothing in it is ever markup."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from wacket.api.access import Caller, iso, may, parts_of, perform
from wacket.api.parts import Parts
from wacket.errors import BadRequest
from wacket.history import times
from wacket.ledger import notes
from wacket.ledger.notes import LONGEST, Note

router = APIRouter(tags=["notes"])
Reader = Annotated[Caller, Depends(may("read"))]
Operator = Annotated[Caller, Depends(may("operate"))]
NoteId = Annotated[int, Path(ge=1, le=2**63 - 1, description="its `id` in the list of notes")]
Time = Annotated[str, Field(max_length=40)]
EXAMPLE: JsonDict = {
    "id": 4,
    "at": "2026-11-21T08:30:00Z",
    "until": None,
    "text": "fan on",
    "node": "rig-3",
    "match": "rig-3/temp*",
    "author": "person:ada",
    "created": "2026-11-21T08:31:12Z",
}


class NoteInfo(BaseModel):
    """A note of a moment, or until `until`; of one node, or (null) of the whole place. `match` is a glob over
    NODE/NAME: the series that it is about, empty for all.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    at: str
    until: str | None
    text: str
    node: str | None
    match: str
    author: str
    created: str


class NoteList(BaseModel):
    """In order of time. `more` says that older ones in the range were left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"notes": [EXAMPLE], "more": False}]})

    notes: list[NoteInfo]
    more: bool


class NewNote(BaseModel):
    """Times as in questions: ISO-8601, seconds since 1970, a time ago such as 5m, or now."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "fan on", "at": "2026-11-21T08:30:00Z", "node": "rig-3"}]}
    )

    text: str = Field(max_length=LONGEST)
    at: Time = "now"
    until: Time | None = None
    node: str | None = Field(None, max_length=200)
    match: str = Field("", max_length=notes.LONGEST_MATCH)


class NoteChange(BaseModel):
    """What is left out stays; an `until` or `node` of null takes it away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "fan on, full speed"}]})

    text: str | None = Field(None, max_length=LONGEST)
    at: Time | None = None
    until: Time | None = None
    node: str | None = Field(None, max_length=200)
    match: str | None = Field(None, max_length=notes.LONGEST_MATCH)


@router.get("/api/v1/notes", summary="Notes in a range of time")
async def list_notes(
    caller: Reader,
    request: Request,
    since: Annotated[str, Query(description="ISO-8601, seconds since 1970, or a time ago such as 24h or 7d.")] = "7d",
    until: Annotated[str, Query(description="Like `since`; this moment itself is not in the range.")] = "now",
    node: Annotated[str | None, Query(description="Of this node and of the whole place.", max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=5000, description="At most so many, the newest.")] = 1000,
) -> NoteList:
    """Those that begin, end or last in the range, oldest first."""
    parts = parts_of(request)
    # A note that was written this moment is in a range that ends now.
    begin, end = times.bounds(since, until, parts.clock() + 1)
    number = None if node is None else _node(parts, node)
    found, more = await asyncio.to_thread(parts.ledger.read, lambda c: notes.between(c, begin, end, number, limit))
    return NoteList(notes=[_info(note) for note in found], more=more)


@router.post("/api/v1/notes", status_code=201, summary="Write a note")
async def create_note(caller: Operator, body: NewNote, request: Request) -> NoteInfo:
    """Put a note on the time axis. Everybody who may read sees it."""
    parts = parts_of(request)
    values, now = _values(parts, body), parts.clock()
    note = await perform(
        parts,
        caller,
        "note.create",
        body.text,
        lambda c: notes.create(c, values, caller.actor, now),
        at=iso(values["at"]),
        node=body.node,
    )
    _tell(parts)
    return _info(note)


@router.patch("/api/v1/notes/{note_id}", summary="Change a note")
async def change_note(caller: Operator, note_id: NoteId, body: NoteChange, request: Request) -> NoteInfo:
    """Change what a note says or where it stands. Its author stays who first wrote it."""
    parts = parts_of(request)
    values = _values(parts, body)
    note = await perform(
        parts, caller, "note.change", str(note_id), lambda c: notes.change(c, note_id, values), **body.model_dump()
    )
    _tell(parts)
    return _info(note)


@router.delete("/api/v1/notes/{note_id}", status_code=204, summary="Delete a note")
async def remove_note(caller: Operator, note_id: NoteId, request: Request) -> None:
    """Take a note away, for good."""
    parts = parts_of(request)
    await perform(parts, caller, "note.delete", str(note_id), lambda c: notes.remove(c, note_id))
    _tell(parts)


def _values(parts: Parts, body: NewNote | NoteChange) -> dict[str, Any]:
    """The columns that the request says, or all of a new note."""
    now = parts.clock()
    said = body.model_dump(exclude_unset=isinstance(body, NoteChange))
    for name in ("text", "at", "match"):
        if name in said and said[name] is None:
            raise BadRequest(f"{name} cannot be taken away; leave it out, and it stays", name)
    for name in ("at", "until"):
        if said.get(name) is not None:
            said[name] = times.instant(said[name], now, name)
    if said.get("node") is not None:
        said["node"] = _node(parts, said["node"])
    return said


def _node(parts: Parts, name: str) -> int:
    row = parts.catalogue.node_named(name)
    if row is None:
        raise BadRequest(f"there is no node named {name!r}", "node")
    return row.id


def _tell(parts: Parts) -> None:
    parts.bus.publish_nowait("changed", {"notes": True})


def _info(note: Note) -> NoteInfo:
    until = None if note.until is None else iso(note.until)
    return NoteInfo(**note._asdict() | {"at": iso(note.at), "until": until, "created": iso(note.created)})
