"""Reads a request's body, bounded, and unpacks gzip. Decides nothing about what is in it.

All bodies that are not whole yet share one room, so that many of them cannot fill the memory together either.
"""

from __future__ import annotations

import asyncio
import zlib
from types import TracebackType
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.types import Receive

from wacket.api.access import parts_of, peer_of
from wacket.errors import BadRequest, Unavailable
from wacket.intake.limits import neighbourhood
from wacket.records import Statistics
from wacket.settings import Settings

ON_THE_LOOP = 64 * 1024  # unpacking more than this is done in a thread
MOST_MEMBERS = 64  # of one gzip body; each costs a copy of what follows it
AT_ONCE = 2  # bodies that are unpacked in threads; each may need the whole limit


class Room:
    """What is held of bodies that are not whole yet, in bytes; the rules are those of what waits to be stored.

    Over `limit` a sender is refused who holds more than `share`, over twice the limit everybody is. A sender that
    sends nothing for `patience` seconds gives its place back.
    """

    def __init__(self, limit: int, share: int, patience: float) -> None:
        self._limit, self._share, self.patience = limit, share, patience
        self._held: dict[str, int] = {}
        self._total = 0
        self._refused = 0
        self._stalled = 0
        self.unpacking = asyncio.Semaphore(AT_ONCE)

    def take(self, who: str, size: int) -> None:
        """Raises Unavailable; then nothing was taken."""
        held, total = self._held.get(who, 0) + size, self._total + size
        if total > 2 * self._limit or (total > self._limit and held > self._share):
            self._refused += 1
            raise Unavailable("more is being sent to the hub at once than it can hold; send again a little later")
        self._held[who], self._total = held, total

    def give_back(self, who: str, size: int) -> None:
        self._total -= size
        self._held[who] -= size
        if not self._held[who]:
            del self._held[who]

    def stalled(self) -> HTTPException:
        self._stalled += 1
        reason = f"nothing more of the body came for {self.patience:g} s; nothing of it was stored, send it again"
        return HTTPException(408, reason, {"Connection": "close"})

    def statistics(self) -> Statistics:
        return {"unfinished_bytes": self._total, "refused_for_room": self._refused, "stalled": self._stalled}


class Place:
    """What one body takes of the room; it is given back at the end, however that comes."""

    def __init__(self, room: Room, peer: str) -> None:
        self.room, self._who, self._size = room, neighbourhood(peer), 0

    def __enter__(self) -> Place:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._size:
            self.room.give_back(self._who, self._size)

    def take(self, size: int) -> None:
        if size:
            self.room.take(self._who, size)
            self._size += size


def room_for(settings: Settings) -> Room:
    limits = settings.intake
    return Room(limits.waiting_bytes, limits.waiting_bytes_per_node, settings.doors.slow_seconds)


def room_of(connection: HTTPConnection) -> Room:
    """The room of this application."""
    state = connection.app.state
    if not hasattr(state, "room"):
        state.room = room_for(parts_of(connection).settings)
    return cast(Room, state.room)


async def read(request: Request, limit: int, room: Room | None = None) -> bytes:
    """The body, unpacked. Raises HTTPException 413 over `limit` bytes, 408, 415, BadRequest if it is not gzip,
    Unavailable if there is no room for it now, and ClientDisconnect.
    """
    refuse_declared(request.headers.get("content-length", ""), limit)
    with Place(room or room_of(request), peer_of(request)) as place:
        body = await gather(request.receive, limit, place)
        encoding = request.headers.get("content-encoding", "identity").lower()
        if encoding in ("identity", ""):
            return body
        if encoding not in ("gzip", "deflate"):
            raise HTTPException(415, f"content encoding {encoding[:40]!r} is not known here; send gzip or none")
        if len(body) <= ON_THE_LOOP:
            return unpack(body, limit)
        async with place.room.unpacking:
            return await asyncio.to_thread(unpack, body, limit)


async def gather(receive: Receive, limit: int, place: Place) -> bytes:
    """The body as it was sent. Raises what `read` raises."""
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await _next(receive, place.room)
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        place.take(len(piece))
        pieces.append(piece)
        more = message.get("more_body", False)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def _next(receive: Receive, room: Room) -> dict[str, Any]:
    try:
        async with asyncio.timeout(room.patience):
            return cast(dict[str, Any], await receive())
    except TimeoutError:
        raise room.stalled() from None


def unpack(body: bytes, limit: int) -> bytes:
    """Gzip or zlib data, unpacked, of `limit` bytes at most. Gzip may be of several members, as RFC 1952 allows."""
    pieces: list[bytes] = []
    size = 0
    while body or not pieces:
        if len(pieces) == MOST_MEMBERS:
            raise BadRequest(f"the gzip body has more than {MOST_MEMBERS} members; compress it as one")
        stream = zlib.decompressobj(47)  # 32 + 15: either header
        try:
            piece = stream.decompress(body, limit + 1 - size)
        except zlib.error as error:
            raise BadRequest(f"the body is not valid gzip: {error}; nothing of it was stored") from error
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        if not stream.eof:
            raise BadRequest("the gzip body ends too early; nothing of it was stored")
        pieces.append(piece)
        body = stream.unused_data
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def refuse_declared(length: str, limit: int) -> None:
    """Refuse by what the Content-Length says already. Raises HTTPException 413."""
    if length.isdecimal() and int(length[:20]) > limit:
        raise too_large(limit)


def too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"the body is larger than {limit} bytes; send it in pieces")
