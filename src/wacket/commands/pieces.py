"""Reads the records that the output of a command is made of: standard output and error, in order, and cuts.

Pure. What a node sends is looked at here once; whatever is not whole records is refused as a whole.
docs/reference/agent-protocol.md has the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from wacket.errors import BadRequest

HEAD = Struct(">BQI")
CUT, OUT, ERR = 0, 1, 2
STREAMS = {OUT: "out", ERR: "err"}
LONGEST = 65_536  # bytes of a record's payload
FURTHEST = 2**62  # of any offset


class Cut(NamedTuple):
    """What is not there: bytes of each stream, and of the sequence."""

    out: int
    err: int
    skipped: int

    def payload(self) -> bytes:
        return json.dumps({"out": self.out, "err": self.err, "bytes": self.skipped}).encode()


class Piece(NamedTuple):
    """One record. `next` is the offset of the one behind it, which after a cut is further on than its bytes say."""

    offset: int
    kind: int
    at: int
    payload: bytes
    next: int

    @property
    def cut(self) -> Cut:
        return _cut(self.payload)

    @property
    def size(self) -> int:
        """Bytes of the record itself."""
        return HEAD.size + len(self.payload)

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
        behind = offset + HEAD.size + size + (_cut(payload).skipped if kind == CUT else 0)
        if behind > FURTHEST:
            raise BadRequest("the output is cut beyond what can be counted")
        yield Piece(offset, kind, at, payload, behind)
        place, offset = end, behind


def whole(data: bytes, offset: int) -> list[Piece]:
    """The records of `data`. Raises BadRequest if it is not made of whole ones."""
    found = list(pieces(data, offset))
    if sum(piece.size for piece in found) != len(data):
        raise BadRequest("the output does not end with a whole record")
    return found


def between(before: Extent, after: Extent) -> Piece:
    """The cut that stands for all between two places."""
    cut = Cut(after.out - before.out, after.err - before.err, after.offset - before.offset)
    return Piece(before.offset, CUT, 0, cut.payload(), after.offset)


def _cut(payload: bytes) -> Cut:
    try:
        said = json.loads(payload)
        cut = Cut(said["out"], said["err"], said["bytes"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadRequest("a cut in the output says not what was cut") from None
    if any(type(number) is not int or not 0 <= number < FURTHEST for number in cut):
        raise BadRequest("a cut in the output says not what was cut")
    return cut
