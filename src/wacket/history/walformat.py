"""What a SQLite write-ahead log consists of, and the arithmetic of its checksums. Judges and changes nothing.

Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

HEADER, FRAME = 32, 24
SIZES = tuple(512 << n for n in range(8))  # of a page
U32 = NDArray[np.uint32]
MASK = 0xFFFFFFFF
Pair = tuple[int, int]
_MAGIC, _VERSION = 0x377F0682, 3007000
_Matrix = tuple[int, int, int, int]


class Head(NamedTuple):
    """The log's header. `order` is that of the words which are summed; `start` its checksum, on which frames build."""

    order: str
    size: int  # of a page
    number: int
    salts: Pair
    start: Pair

    @classmethod
    def of(cls, raw: bytes) -> Head | None:
        """As it stands in the log; None when that is not what was written."""
        magic, version, size, number, *pairs = struct.unpack(">8I", raw[:HEADER])
        order = ">" if magic & 1 else "<"
        sound = magic & ~1 == _MAGIC and version == _VERSION and size in SIZES
        head = cls(order, size, number, (pairs[0], pairs[1]), (pairs[2], pairs[3]))
        return head if sound and head.packed() == raw[:HEADER] else None

    @classmethod
    def made(cls, order: str, size: int, number: int, salts: Pair) -> Head:
        head = cls(order, size, number, salts, (0, 0))
        return head._replace(start=summed(head.packed()[:24], order))

    def packed(self) -> bytes:
        magic = _MAGIC | (self.order == ">")
        fields = struct.pack(">6I", magic, _VERSION, self.size, self.number, *self.salts)
        return fields + struct.pack(">2I", *summed(fields, self.order))


class Frames:
    """All frames of a log: header words, and checksums as from a seed of zero."""

    def __init__(self, raw: bytes, size: int, order: str) -> None:
        self.size, self.order = size, order
        count = (len(raw) - HEADER) // (FRAME + size)
        whole = np.frombuffer(raw, np.uint8, count * (FRAME + size), HEADER).reshape(count, FRAME + size)
        self.heads = whole[:, :FRAME].copy().view(">u4").astype(np.uint32)
        self.pages = whole[:, FRAME:]
        self.matrix = power((size // 4 + 2) // 2)
        words = np.hstack([whole[:, :8], self.pages]).view(f"{order}u4").astype(np.uint32).T.copy()
        first, second = np.zeros(count, np.uint32), np.zeros(count, np.uint32)
        for word in range(0, len(words), 2):
            first = first + words[word] + second
            second = second + words[word + 1] + first
        self.sums = np.column_stack([first, second])

    def wanted(self, start: U32) -> U32:
        """What each frame should add to the checksum before it, going by the checksums that stand in the frames."""
        if not len(self.heads):
            return self.heads[:, 4:6]
        return self.heads[:, 4:6] - advance(np.vstack([start, self.heads[:-1, 4:6]]), self.matrix)

    def good(self, start: U32) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = np.all(self.wanted(start) == self.sums, axis=1)
        return found

    def keep(self, count: int) -> None:
        self.heads, self.sums, self.pages = self.heads[:count], self.sums[:count], self.pages[:count]


def summed(data: bytes, order: str) -> Pair:
    first = second = 0
    for x, y in struct.iter_unpack(f"{order}2I", data):
        first = (first + x + second) & MASK
        second = (second + y + first) & MASK
    return first, second


def power(steps: int, base: _Matrix = (1, 1, 1, 2)) -> _Matrix:
    """What `steps` rounds of the checksum make of the seed: a matrix (a b; c d) modulo 2**32."""
    result = (1, 0, 0, 1)
    while steps:
        if steps & 1:
            result = _times(result, base)
        base = _times(base, base)
        steps >>= 1
    return result


def _times(x: _Matrix, y: _Matrix) -> _Matrix:
    a, b, c, d = x
    e, f, g, h = y
    return (
        (a * e + b * g) & MASK,
        (a * f + b * h) & MASK,
        (c * e + d * g) & MASK,
        (c * f + d * h) & MASK,
    )


def advance(seeds: U32, matrix: _Matrix) -> U32:
    a, b, c, d = (np.uint32(x) for x in matrix)
    return np.column_stack([seeds[:, 0] * a + seeds[:, 1] * b, seeds[:, 0] * c + seeds[:, 1] * d])
