"""Reads a request's body, bounded, and unpacks gzip. Decides nothing about what is in it."""

from __future__ import annotations

import asyncio
import zlib

from starlette.exceptions import HTTPException
from starlette.requests import Request

from wacket.errors import BadRequest

ON_THE_LOOP = 64 * 1024  # unpacking more than this is done in a thread
MOST_MEMBERS = 64  # of one gzip body; each costs a copy of what follows it


async def read(request: Request, limit: int) -> bytes:
    """The body, unpacked. Raises HTTPException 413 over `limit` bytes, 415, or BadRequest if it is not gzip."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit)
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        pieces.append(piece)
    body = b"".join(pieces) if len(pieces) != 1 else pieces[0]
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding in ("identity", ""):
        return body
    if encoding not in ("gzip", "deflate"):
        raise HTTPException(415, f"content encoding {encoding[:40]!r} is not known here; send gzip or none")
    if size <= ON_THE_LOOP:
        return unpack(body, limit)
    return await asyncio.to_thread(unpack, body, limit)


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


def too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"the body is larger than {limit} bytes; send it in pieces")
