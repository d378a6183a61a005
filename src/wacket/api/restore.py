"""A backup brought back through the page: checked whole, put beside the data, and put in their place at the next start.

Until then nothing has changed, and it can be called off. The hub itself is stopped and started by whoever runs it.
"""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict
from starlette.requests import ClientDisconnect

from wacket.api import body as bodies
from wacket.api.access import Caller, audit, may, parts_of
from wacket.api.backup import SCHEMA, one_at_a_time, stamp
from wacket.api.parts import Parts
from wacket.backup import restoring
from wacket.backup.restoring import Waiting
from wacket.backup.unpacking import Contents, Unpacking
from wacket.errors import BadRequest, NotFound, Unavailable

router = APIRouter(tags=["backup"])
Admin = Annotated[Caller, Depends(may("admin"))]
GATHER = 1 << 20  # bytes that are unpacked at once
EXAMPLE: JsonDict = {
    "made": "2026-11-21T08:30:00Z",
    "host": "lab",
    "wacket": "0.1.0",
    "files": 412,
    "bytes": 734003200,
    "replaces": ["blobs", "history", "keys", "ledger.db", "outputs", "owner.key", "wacket.toml"],
    "kept_as": "before-restore-2026-11-22T101500Z",
    "left_out": 0,
    "next": "stop the hub and start it again: then it has what is in the backup",
}
NEXT = "stop the hub and start it again: then it has what is in the backup"


class WaitingRestore(BaseModel):
    """What takes place at the next start. `replaces` are the entries of the data folder that are moved into `kept_as`
    then. `left_out` counts files that were not in the backup as they should be when it was made.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    made: str
    host: str
    wacket: str
    files: int
    bytes: int
    replaces: list[str]
    kept_as: str
    left_out: int
    next: str


class RestoreState(BaseModel):
    """`waiting` is null where the next start changes nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"waiting": EXAMPLE}]})

    waiting: WaitingRestore | None


@router.get("/api/v1/restore", summary="Does a restore wait?")
async def read_restore(caller: Admin, request: Request) -> RestoreState:
    """The backup that takes the place of the hub's data at its next start, if one was given."""
    found = await asyncio.to_thread(restoring.waiting, parts_of(request).folder)
    return RestoreState(waiting=_shown(found) if found else None)


@router.post(
    "/api/v1/restore",
    status_code=201,
    summary="Restore a backup at the next start",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": SCHEMA | {"example": "(the archive of a backup)"}},
        }
    },
)
async def begin_restore(caller: Admin, request: Request) -> WaitingRestore:
    """The archive as body. It is read to its end and every file compared with its sum; then it waits beside the data,
    and takes their place when the hub starts the next time. The data of now are kept in the folder that is named.
    """
    parts = parts_of(request)
    with one_at_a_time(request).taken("a restore"):
        await asyncio.to_thread(_require_free, parts.folder)
        staged = await asyncio.to_thread(restoring.staging, parts.folder, secrets.token_hex(8))
        try:
            found = await _armed(request, parts, staged)
        except BaseException:
            await asyncio.to_thread(restoring.discard, staged)
            raise
    await audit(parts, caller, "restore.prepare", str(found.about["made"]), {"kept_as": found.aside})
    return _shown(found)


@router.delete("/api/v1/restore", status_code=204, summary="Call a restore off")
async def cancel_restore(caller: Admin, request: Request) -> None:
    """Think better of it: the next start changes nothing."""
    parts = parts_of(request)
    with one_at_a_time(request).taken("a restore"):
        found = await asyncio.to_thread(restoring.waiting, parts.folder)
        if found is None:
            raise NotFound("no restore waits for the next start")
        await asyncio.to_thread(restoring.cancel, parts.folder)
    await audit(parts, caller, "restore.cancel", str(found.about.get("made", "")))


def _require_free(folder: Path) -> None:
    if restoring.waiting(folder) is not None:
        raise BadRequest("a restore waits already: call it off first (DELETE /api/v1/restore)")
    restoring.require_movable(folder)


async def _armed(request: Request, parts: Parts, staged: Path) -> Waiting:
    contents = await _unpacked(request, parts, staged)
    restoring.require_known(contents)
    about = {
        **{name: str(contents.about.get(name, ""))[:100] for name in ("made", "host", "wacket")},
        **{"files": contents.files, "bytes": contents.bytes, "left_out": contents.lost},
        "replaces": await asyncio.to_thread(restoring.present, parts.folder),
    }
    return await asyncio.to_thread(restoring.arm, parts.folder, staged, stamp(parts.clock()), about)


async def _unpacked(request: Request, parts: Parts, staged: Path) -> Contents:
    def room(size: int) -> None:
        space = parts.history.space
        if not space.has_room(size):
            raise Unavailable(
                f"the hub's disk has no room for this backup: {space.free >> 20} MB are free, and some of it is kept "
                "for new data; make space and try again (nothing was replaced)",
                60,
            )

    unpacking = Unpacking(staged, room)
    try:
        await _feed(request, unpacking)
        return await asyncio.to_thread(unpacking.finish)
    finally:
        unpacking.abandon()


async def _feed(request: Request, unpacking: Unpacking) -> None:
    room, more, pieces, size = bodies.room_of(request), True, list[bytes](), 0
    while more:
        try:
            async with asyncio.timeout(room.patience):
                message = await request.receive()
        except TimeoutError:
            raise room.stalled() from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        more = message.get("more_body", False)
        if size >= GATHER or not more:
            await asyncio.to_thread(unpacking.add, b"".join(pieces))
            pieces, size = [], 0


def _shown(found: Waiting) -> WaitingRestore:
    return WaitingRestore(**found.about, kept_as=found.aside, next=NEXT)
