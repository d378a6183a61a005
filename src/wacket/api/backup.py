"""The whole hub as one file, made while it runs and as it is sent. What is in it, wacket.backup decides."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import socket
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from starlette.requests import HTTPConnection

from wacket import __version__
from wacket.api.access import Caller, audit, caller_of, iso, may, parts_of
from wacket.api.parts import Parts, apart
from wacket.api.patient import PatientResponse
from wacket.backup.packing import Packing
from wacket.backup.snapshot import snapshot
from wacket.errors import Unavailable
from wacket.ledger.migrate import revisions

router = APIRouter(tags=["backup"])
MEDIA_TYPE = "application/x-tar"
SCHEMA: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/api/v1/backup",
    summary="A backup of the whole hub",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The archive, a plain tar. One that is broken off has no end, and is refused by a restore.",
            "content": {MEDIA_TYPE: SCHEMA | {"example": "(a tar archive)"}},
        }
    },
)
async def read_backup(caller: Annotated[Caller, Depends(may("admin"))], request: Request) -> StreamingResponse:
    """Everything that the hub keeps, as it is at one moment, with sums to check it by: readings, logs, accounts,
    settings, what jobs left, and the hub's keys and the hashes of passwords. Keep it as safe as the hub itself.
    """
    parts = parts_of(request)
    pieces = _made(parts, one_at_a_time(request))
    first = await apart(parts, next, pieces, b"")  # what stands in the way shows here
    await audit(parts, caller, "backup.make")
    name = re.sub(r"[^A-Za-z0-9.-]", "-", f"wacket-{socket.gethostname()}-{stamp(parts.clock())}.tar")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    streamed = _streamed(request, first, pieces)
    return PatientResponse(streamed, parts.settings.doors.slow_seconds, "a backup", MEDIA_TYPE, headers)


def stamp(at: int) -> str:
    """A time as part of a file's name."""
    return iso(at).partition(".")[0].replace(":", "").rstrip("Z") + "Z"


class Turn:
    """Backups and restores go one at a time: each needs the disk for itself."""

    def __init__(self) -> None:
        self._taken = ""

    @contextmanager
    def taken(self, what: str) -> Iterator[None]:
        """Raises Unavailable."""
        if self._taken:
            raise Unavailable(f"{self._taken} is under way already; try again when it has ended", 30)
        self._taken = what
        try:
            yield
        finally:
            self._taken = ""


def one_at_a_time(connection: HTTPConnection) -> Turn:
    state = connection.app.state
    if not hasattr(state, "backup_turn"):
        state.backup_turn = Turn()
    turn: Turn = state.backup_turn
    return turn


def _made(parts: Parts, turn: Turn) -> Generator[bytes, None, None]:
    now = parts.clock()
    about = {"wacket": __version__, "made": iso(now), "host": socket.gethostname(), "ledger": revisions()[-1]}
    with (
        turn.taken("a backup"),
        snapshot(parts.folder, parts.history, parts.ledger, secrets.token_hex(8)) as sources,
    ):
        yield from Packing(about, now // 1_000_000).pieces(sources)


async def _streamed(
    request: Request, first: bytes, pieces: Generator[bytes, None, None]
) -> AsyncGenerator[bytes, None]:
    parts, piece = parts_of(request), first
    try:
        while piece:
            yield piece
            await caller_of(request, "admin")  # who lost the right meanwhile gets no more
            piece = await apart(parts, next, pieces, b"")
    finally:
        # Where the caller has gone a thread may still make the next piece; then it is closed when that has ended.
        with contextlib.suppress(ValueError):
            await asyncio.to_thread(pieces.close)
