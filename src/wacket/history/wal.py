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
    seeds = np.vstack([np.array([fields[6:8]], np.uint32), heads[:-1, 4:6]]) if count else heads[:, 4:6]
    good = np.all(_advance(seeds, matrix) + sums == heads[:, 4:6], axis=1)
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
    wal.write_bytes(_rechained(raw, fields, sums[: commits[-1] + 1], matrix, size))
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


def _power(steps: int) -> _Matrix:
    """What `steps` rounds of the checksum make of the seed: a matrix (a b; c d) modulo 2**32."""
    result, base = (1, 0, 0, 1), (1, 1, 1, 2)
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


def _rechained(raw: bytes, fields: tuple[int, ...], sums: _U32, matrix: _Matrix, size: int) -> bytes:
    """The log up to the last frame of `sums`, every frame with the salt and the checksum it should have."""
    a, b, c, d = matrix
    out = bytearray(raw[: _HEADER + len(sums) * (_FRAME + size)])
    first, second = fields[6], fields[7]
    for number, (x, y) in enumerate(sums.tolist()):
        first, second = (a * first + b * second + x) & _MASK, (c * first + d * second + y) & _MASK
        struct.pack_into(">4I", out, _HEADER + number * (_FRAME + size) + 8, *fields[4:6], first, second)
    return bytes(out)
