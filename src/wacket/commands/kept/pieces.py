"""Reads the records that the output of a command is made of: standard output and error, in order, and cuts.

Pure. What a node sends is looked at here once; whatever is not whole records is refused as a whole.
docs/reference/agent-protocol.md has the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from struct import Struct
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from wacket.errors import BadRequest

HEAD = Struct(">BQI")
CUT, OUT, ERR = 0, 1, 2
STREAMS = {OUT: "out", ERR: "err"}
LONGEST = 65_536  # bytes of a record's payload
FURTHEST = 2**62  # of any offset
IN_MEMORY = 256  # bytes that a record takes beside its payload

Count = Annotated[int, Meta(ge=0, lt=FURTHEST)]


class Cut(msgspec.Struct, frozen=True):
    """What is not there: bytes of each stream, and of the sequence."""

    out: Count
    err: Count
    skipped: Count = msgspec.field(name="bytes")

    def payload(self) -> bytes:
        return json.dumps({"out": self.out, "err": self.err, "bytes": self.skipped}).encode()


NOTHING = Cut(0, 0, 0)
_READ_CUT = msgspec.json.Decoder(Cut)


class Piece(NamedTuple):
    """One record. `next` is the offset of the one behind it, which after a cut is further on than its bytes say."""

    offset: int
    kind: int
    at: int
    payload: bytes
    next: int
    cut: Cut = NOTHING

    @property
    def size(self) -> int:
        """Bytes of the record itself."""
        return HEAD.size + len(self.payload)

    @property
    def weight(self) -> int:
        """Bytes of memory, which for tiny records is much more."""
        return IN_MEMORY + len(self.payload)

    def record(self) -> bytes:
        return HEAD.pack(self.kind, self.at, len(self.payload)) + self.payload


class Extent(NamedTuple):
    """A place in a sequence: its offset, and the bytes that the program wrote until there."""

    offset: int = 0
    out: int = 0
    err: int = 0

    def behind(self, piece: Piece) -> Extent:
        if piece.kind == CUT:
            return Extent(piece.next, self.out + piece.cut.out, self.err + piece.cut.err)
        size = len(piece.payload)
        return Extent(piece.next, self.out + size * (piece.kind == OUT), self.err + size * (piece.kind == ERR))


def pieces(data: bytes, offset: int) -> Iterator[Piece]:
    """The whole records at the beginning of `data`, the first at `offset`. Raises BadRequest for what is none."""
    place = 0
    while place + HEAD.size <= len(data):
        kind, at, size = HEAD.unpack_from(data, place)
        if kind not in (CUT, OUT, ERR) or size > LONGEST:
            raise BadRequest(f"the output has a record of kind {kind} with {size} bytes")
        end = place + HEAD.size + size
        if end > len(data):
            return
        payload = data[place + HEAD.size : end]
        cut = NOTHING if kind else _cut(payload)
        behind = offset + HEAD.size + size + cut.skipped
        if behind > FURTHEST:
            raise BadRequest("the output is cut beyond what can be counted")
        yield Piece(offset, kind, at, payload, behind, cut)
        place, offset = end, behind


def whole(data: bytes, offset: int, most: int | None = None) -> list[Piece]:
    """The records of `data`. Raises BadRequest if it is not made of whole ones, or of more than `most`."""
    found = list(islice(pieces(data, offset), None if most is None else most + 1))
    if most is not None and len(found) > most:
        raise BadRequest(f"a message has at most {most} records of output")
    if sum(piece.size for piece in found) != len(data):
        raise BadRequest("the output does not end with a whole record")
    return found


def between(before: Extent, after: Extent) -> Piece:
    """The cut that stands for all between two places."""
    cut = Cut(after.out - before.out, after.err - before.err, after.offset - before.offset)
    return Piece(before.offset, CUT, 0, cut.payload(), after.offset, cut)


def _cut(payload: bytes) -> Cut:
    try:
        cut = _READ_CUT.decode(payload)
    except (msgspec.DecodeError, RecursionError):
        raise BadRequest("a cut in the output says not what was cut") from None
    if cut.out + cut.err > cut.skipped + HEAD.size + len(payload):
        raise BadRequest("a cut in the output says that more was said than could be")
    return cut
