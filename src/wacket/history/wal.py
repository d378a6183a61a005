"""Mends a SQLite write-ahead log in which bytes were changed, before SQLite opens it.

SQLite stops reading at the first frame whose checksum is wrong and forgets the sound, acknowledged transactions behind
it without a word. Here the checksums are made right again, so that only what was in the damaged frame is lost; the
crc that the journal keeps beside each batch then finds and names it. The damaged log is kept beside as it was.

The last transaction is left alone when it is incomplete: a power cut leaves it like that, and then it was never
acknowledged. Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_HEADER, _FRAME = 32, 24
_U32 = NDArray[np.uint32]
_MASK = 0xFFFFFFFF
_Matrix = tuple[int, int, int, int]


def mend(wal: Path) -> str:
    """Mend the log in place; says what was found, or nothing when all is well. Raises OSError."""
    raw = wal.read_bytes() if wal.exists() else b""
    if len(raw) < _HEADER + _FRAME:
        return ""
    fields = struct.unpack(">8I", raw[:_HEADER])
    order, size = (">" if fields[0] & 1 else "<"), fields[2]
    if fields[0] & ~1 != 0x377F0682 or size not in (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536):
        return "the header of its write-ahead log is not readable, so what was in the log is lost"
    heads, sums, words = _frames(raw, size, order)
    mine = np.flatnonzero((heads[:, 2] == fields[4]) & (heads[:, 3] == fields[5]))
    count = int(mine[-1]) + 1 if len(mine) else 0
    heads, sums = heads[:count], sums[:count]
    matrix = _power((words + 2) // 2)
    start = np.array([fields[6:8]], np.uint32)
    salted = (heads[:, 2] == fields[4]) & (heads[:, 3] == fields[5])
    wanted = _wanted(heads, start, matrix)
    good = np.all(wanted == sums, axis=1) & salted
    commits = np.flatnonzero(good & (heads[:, 1] != 0))
    if good.all() or not len(commits) or int(np.argmin(good)) > commits[-1]:
        return ""  # whole, or cut off in the middle of a transaction that nobody was told of
    before_last = commits[-2] if len(commits) > 1 else -1
    if int(np.argmin(good)) > before_last:
        return (
            "the last transaction in its write-ahead log is incomplete and was left out; "
            "if the power failed, it was never acknowledged"
        )
    kept = wal.with_name(wal.name + ".damaged")
    kept.write_bytes(raw)
    end = int(commits[-1]) + 1
    for number in np.flatnonzero(~good[:end]):
        _mend_sum(heads, sums, int(number), start, matrix)
    wanted = _wanted(heads, start, matrix)
    for number in np.flatnonzero(~np.all(wanted == sums, axis=1)[:end]):
        _mend_head(heads, sums, int(number), wanted[number], words, order)
    wal.write_bytes(_rechained(raw, fields, heads[:end], sums[:end], matrix, size))
    return f"{int((~good).sum())} of {count} pages of its write-ahead log are damaged; as it was: {kept.name}"


def _frames(raw: bytes, size: int, order: str) -> tuple[_U32, _U32, int]:
    """All frames: header words (n x 6), checksums as from a seed of zero (n x 2), words in a page."""
    count = (len(raw) - _HEADER) // (_FRAME + size)
    whole = np.frombuffer(raw, np.uint8, count * (_FRAME + size), _HEADER).reshape(count, _FRAME + size)
    heads = whole[:, :_FRAME].copy().view(">u4").astype(np.uint32)
    summed = np.hstack([whole[:, :8], whole[:, _FRAME:]]).view(f"{order}u4").astype(np.uint32).T.copy()
    first, second = np.zeros(count, np.uint32), np.zeros(count, np.uint32)
    for word in range(0, len(summed), 2):
        first = first + summed[word] + second
        second = second + summed[word + 1] + first
    return heads, np.column_stack([first, second]), size // 4


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


def _wanted(heads: _U32, start: _U32, matrix: _Matrix) -> _U32:
    """What each frame should add to the checksum before it, going by the checksums that stand in the frames."""
    if not len(heads):
        return heads[:, 4:6]
    return heads[:, 4:6] - _advance(np.vstack([start, heads[:-1, 4:6]]), matrix)


def _mend_sum(heads: _U32, sums: _U32, number: int, start: _U32, matrix: _Matrix) -> None:
    """Put right the checksum that stands in a frame, if the next frame shows that only this was changed."""
    before = heads[number - 1 : number, 4:6] if number else start
    computed = _advance(before, matrix) + sums[number]
    after = _advance(computed, matrix) + sums[number + 1 : number + 2]
    if len(after) and np.array_equal(after, heads[number + 1 : number + 2, 4:6]):
        heads[number, 4:6] = computed


def _mend_head(heads: _U32, sums: _U32, number: int, wanted: _U32, words: int, order: str) -> None:
    """Put right the page number and size of a frame, if these are what was changed and the page itself is sound.

    The checksum is linear, so the change that would explain the difference can be computed; where it was the page that
    was changed, that comes out as nonsense.
    """
    difference = [int(x) for x in wanted - sums[number]]
    a, b, c, d = _power(words // 2, (2, _MASK, _MASK, 1))  # the inverse, for all steps after the first
    first = (a * difference[0] + b * difference[1]) & _MASK
    second = (c * difference[0] + d * difference[1] - first) & _MASK
    steps = np.array([first, second], np.uint32)
    # The header is big-endian, but its words are summed in the order of the machine that wrote the log.
    summed = heads[number, :2].astype(">u4").view(f"{order}u4").astype(np.uint32) + steps
    page, pages = (int(x) for x in summed.astype(f"{order}u4").view(">u4"))
    most = 2 * len(heads) + int(np.median(heads[:, 0]))
    if (first or second) and 0 < page <= most and pages <= most:
        heads[number, 0], heads[number, 1] = page, pages
        sums[number] = wanted


def _rechained(raw: bytes, fields: tuple[int, ...], heads: _U32, sums: _U32, matrix: _Matrix, size: int) -> bytes:
    """The log as far as `heads` goes, every frame with the salt and the checksum it should have."""
    a, b, c, d = matrix
    out = bytearray(raw[: _HEADER + len(sums) * (_FRAME + size)])
    first, second = fields[6], fields[7]
    for number, (x, y) in enumerate(sums.tolist()):
        first, second = (a * first + b * second + x) & _MASK, (c * first + d * second + y) & _MASK
        head = (*heads[number, :2].tolist(), *fields[4:6], first, second)
        struct.pack_into(">6I", out, _HEADER + number * (_FRAME + size), *head)
    return bytes(out)
