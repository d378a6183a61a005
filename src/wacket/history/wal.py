"""Mends a SQLite write-ahead log in which bytes were changed, before SQLite opens it.

SQLite stops reading at the first frame whose checksum is wrong and forgets the sound, acknowledged transactions behind
it without a word; with a wrong byte in the header it forgets all of them. Here header and checksums are made right
again, so that only what was in the damaged page is lost; the crc that the journal keeps beside each batch then finds
and names it. A copy of the damaged log is kept first, and the mended one takes its place whole.

The last transaction is left out when it is incomplete: a power cut leaves it like that, and then it was never
acknowledged. Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wacket.history import durable

_HEADER, _FRAME = 32, 24
_MAGIC, _VERSION = 0x377F0682, 3007000
_SIZES = tuple(512 << n for n in range(8))
_PAGE = 4096  # SQLite's usual page
_LEFT_OUT = (
    "the last transaction in its write-ahead log is incomplete and was left out; "
    "if the power failed, it was never acknowledged"
)
_U32 = NDArray[np.uint32]
_MASK = 0xFFFFFFFF
_Pair = tuple[int, int]
_Matrix = tuple[int, int, int, int]


class _Head(NamedTuple):
    """The log's header. `order` is that of the words which are summed; `start` its checksum, on which frames build."""

    order: str
    size: int  # of a page
    number: int
    salts: _Pair
    start: _Pair

    @classmethod
    def of(cls, raw: bytes) -> _Head | None:
        """As it stands in the log; None when that is not what was written."""
        magic, version, size, number, *pairs = struct.unpack(">8I", raw[:_HEADER])
        order = ">" if magic & 1 else "<"
        sound = magic & ~1 == _MAGIC and version == _VERSION and size in _SIZES
        head = cls(order, size, number, (pairs[0], pairs[1]), (pairs[2], pairs[3]))
        return head if sound and head.packed() == raw[:_HEADER] else None

    @classmethod
    def made(cls, order: str, size: int, number: int, salts: _Pair) -> _Head:
        head = cls(order, size, number, salts, (0, 0))
        return head._replace(start=_summed(head.packed()[:24], order))

    def packed(self) -> bytes:
        magic = _MAGIC | (self.order == ">")
        fields = struct.pack(">6I", magic, _VERSION, self.size, self.number, *self.salts)
        return fields + struct.pack(">2I", *_summed(fields, self.order))


class _Frames:
    """All frames of a log: header words, and checksums as from a seed of zero."""

    def __init__(self, raw: bytes, size: int, order: str) -> None:
        self.size, self.order = size, order
        count = (len(raw) - _HEADER) // (_FRAME + size)
        whole = np.frombuffer(raw, np.uint8, count * (_FRAME + size), _HEADER).reshape(count, _FRAME + size)
        self.heads = whole[:, :_FRAME].copy().view(">u4").astype(np.uint32)
        self.pages = whole[:, _FRAME:]
        self.matrix = _power((size // 4 + 2) // 2)
        words = np.hstack([whole[:, :8], self.pages]).view(f"{order}u4").astype(np.uint32).T.copy()
        first, second = np.zeros(count, np.uint32), np.zeros(count, np.uint32)
        for word in range(0, len(words), 2):
            first = first + words[word] + second
            second = second + words[word + 1] + first
        self.sums = np.column_stack([first, second])

    def wanted(self, start: _U32) -> _U32:
        """What each frame should add to the checksum before it, going by the checksums that stand in the frames."""
        if not len(self.heads):
            return self.heads[:, 4:6]
        return self.heads[:, 4:6] - _advance(np.vstack([start, self.heads[:-1, 4:6]]), self.matrix)

    def good(self, start: _U32) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = np.all(self.wanted(start) == self.sums, axis=1)
        return found

    def keep(self, count: int) -> None:
        self.heads, self.sums, self.pages = self.heads[:count], self.sums[:count], self.pages[:count]


def mend(log: Path) -> str:
    """Mend the log in place; says what was found, or nothing when all is well. Raises OSError."""
    raw = log.read_bytes() if log.exists() else b""
    if len(raw) < _HEADER + _FRAME:
        return ""
    sound = _Head.of(raw)
    head = sound or _guessed(raw, _page_size(log))
    frames = _Frames(raw, head.size, head.order)
    frames.keep(_count(frames, head))
    start = np.array([head.start], np.uint32) if sound else _start_of_first(frames)
    before = frames.good(start) & _salted(frames, head)
    good = _mended(frames, start)
    end, said = _end(frames, good)
    damaged = int((~before[:end]).sum())
    if damaged:
        said.insert(0, f"{damaged} of {len(good)} pages of its write-ahead log are damaged")
    if sound is None:
        said.insert(0, "the header of its write-ahead log was damaged" + ("" if end else "; nothing in it can be read"))
    if not said:
        return ""
    kept = _keep(log)
    durable.write(log, _rechained(head, frames, end, good))
    return f"{'; '.join(said)}; as it was: {kept}"


def _page_size(log: Path) -> int:
    """As the database beside the log has it."""
    database = log.with_name(log.name.removesuffix("-wal"))
    try:
        with database.open("rb") as file:
            size = int.from_bytes(file.read(18)[16:], "big")
    except FileNotFoundError:
        return _PAGE
    size = 65536 if size == 1 else size
    return size if size in _SIZES else _PAGE


def _guessed(raw: bytes, size: int) -> _Head:
    """The header as it must have been, going by the frames: those of one log build on each other."""
    number, *salts = struct.unpack(">3I", raw[12:24])
    native, other = ("<", ">") if sys.byteorder == "little" else (">", "<")
    tried = [_Frames(raw, size, order) for order in (native, other)]
    frames = max(tried, key=lambda one: int(one.good(_start_of_first(one))[1:].sum()))
    return _Head.made(frames.order, size, number, _salts(frames, (salts[0], salts[1])))


def _salts(frames: _Frames, stated: _Pair) -> _Pair:
    """Those of the header where a frame has them, else those of the first frame, else of the first that builds on
    another. Frames further on may be left over from an older log, with other salts."""
    chained = frames.good(_start_of_first(frames))
    chained[:1] = False
    pairs = frames.heads[:, 2:4]
    for pair in (stated, *pairs[:1].tolist(), *pairs[chained][:1].tolist()):
        if any(pair) and (pairs == pair).all(axis=1).any():
            return int(pair[0]), int(pair[1])
    return stated


def _start_of_first(frames: _Frames) -> _U32:
    """The checksum of a header that the first frame would be right with."""
    a, b, c, d = frames.matrix
    difference = frames.heads[:1, 4:6] - frames.sums[:1]
    return _advance(difference, (d, -b & _MASK, -c & _MASK, a))  # its inverse: the determinant is 1


def _salted(frames: _Frames, head: _Head) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (frames.heads[:, 2:4] == head.salts).all(axis=1)
    return found


def _count(frames: _Frames, head: _Head) -> int:
    """How many frames are of this log: those with its salts, and those with other ones that build on them."""
    mine = np.flatnonzero(_salted(frames, head))
    count = int(mine[-1]) + 1 if len(mine) else 0
    chained = frames.good(np.array([head.start], np.uint32))
    while count < len(chained) and chained[count]:
        count += 1
    return count


def _mended(frames: _Frames, start: _U32) -> NDArray[np.bool_]:
    """Put right what is not the page itself; which frames are whole then."""
    for number in np.flatnonzero(~frames.good(start)):
        _mend_sum(frames, int(number), start)
    wanted = frames.wanted(start)
    for number in np.flatnonzero(~frames.good(start)):
        _mend_head(frames, int(number), wanted[number])
    return frames.good(start)


def _end(frames: _Frames, good: NDArray[np.bool_]) -> tuple[int, list[str]]:
    """How many frames are to be kept, and what is to be said of the others."""
    *earlier, last = -1, *np.flatnonzero(frames.heads[:, 1] != 0).tolist()
    unfinished = good[last + 1 :]
    if len(unfinished):  # it was being written when the hub was ended, and nobody was told of it
        return last + 1, [] if unfinished.all() else [_LEFT_OUT]
    if last < 0 or good[earlier[-1] + 1 :].all():
        return last + 1, []
    return earlier[-1] + 1, [_LEFT_OUT]


def _keep(log: Path) -> str:
    """Copy the log as it is; the name of the copy."""
    number = 1
    while (kept := log.with_name(f"{log.name}.damaged-{number}")).exists():
        number += 1
    durable.copy(log, kept)
    return kept.name


def _summed(data: bytes, order: str) -> _Pair:
    first = second = 0
    for x, y in struct.iter_unpack(f"{order}2I", data):
        first = (first + x + second) & _MASK
        second = (second + y + first) & _MASK
    return first, second


def _power(steps: int, base: _Matrix = (1, 1, 1, 2)) -> _Matrix:
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
        (a * e + b * g) & _MASK,
        (a * f + b * h) & _MASK,
        (c * e + d * g) & _MASK,
        (c * f + d * h) & _MASK,
    )


def _advance(seeds: _U32, matrix: _Matrix) -> _U32:
    a, b, c, d = (np.uint32(x) for x in matrix)
    return np.column_stack([seeds[:, 0] * a + seeds[:, 1] * b, seeds[:, 0] * c + seeds[:, 1] * d])


def _mend_sum(frames: _Frames, number: int, start: _U32) -> None:
    """Put right the checksum that stands in a frame, if the next frame shows that only this was changed."""
    before = frames.heads[number - 1 : number, 4:6] if number else start
    computed = _advance(before, frames.matrix) + frames.sums[number]
    after = _advance(computed, frames.matrix) + frames.sums[number + 1 : number + 2]
    if len(after) and np.array_equal(after, frames.heads[number + 1 : number + 2, 4:6]):
        frames.heads[number, 4:6] = computed


def _mend_head(frames: _Frames, number: int, wanted: _U32) -> None:
    """Put right the page number and size of a frame, if these are what was changed and the page itself is sound.

    The checksum is linear, so the change that would explain the difference can be computed; where it was the page that
    was changed, that comes out as nonsense.
    """
    heads, order = frames.heads, frames.order
    difference = [int(x) for x in wanted - frames.sums[number]]
    a, b, c, d = _power(frames.size // 8, (2, _MASK, _MASK, 1))  # the inverse, for all steps after the first
    first = (a * difference[0] + b * difference[1]) & _MASK
    second = (c * difference[0] + d * difference[1] - first) & _MASK
    steps = np.array([first, second], np.uint32)
    # The header is big-endian, but its words are summed in the order of the machine that wrote the log.
    summed = heads[number, :2].astype(">u4").view(f"{order}u4").astype(np.uint32) + steps
    page, pages = (int(x) for x in summed.astype(f"{order}u4").view(">u4"))
    most = 2 * len(heads) + int(np.median(heads[:, 0]))
    if (first or second) and 0 < page <= most and pages <= most:
        heads[number, 0], heads[number, 1] = page, pages
        frames.sums[number] = wanted


def _rechained(head: _Head, frames: _Frames, end: int, good: NDArray[np.bool_]) -> bytes:
    """The log as far as `end`, every frame with the salt and the checksum it should have."""
    a, b, c, d = frames.matrix
    out = bytearray(head.packed())
    first, second = head.start
    for number, (x, y) in enumerate(frames.sums[:end].tolist()):
        first, second = (a * first + b * second + x) & _MASK, (c * first + d * second + y) & _MASK
        out += struct.pack(">6I", *frames.heads[number, :2].tolist(), *head.salts, first, second)
        out += frames.pages[number].tobytes()
    return bytes(out)
