"""The records that output is made of: one byte of kind, eight of time (µs), four of length, then the bytes.

Pure. The numbers are unsigned and big-endian. A cut says what is not there; on the node it is no record but a file of
its own, so it is only ever made here, never read.
"""

from __future__ import annotations

CUT, OUT, ERR = 0, 1, 2
HEAD = 13
LONGEST = 65_536
_CUT_SIZE = 100


def head(kind: int, at: int, size: int) -> bytes:
    return bytes((kind,)) + at.to_bytes(8, "big") + size.to_bytes(4, "big")


def cut(at: int, out: int, err: int, length: int) -> bytes:
    """The record that stands for `length` bytes of the sequence, at least `LEAST_CUT`, so many of each stream.

    The sequence goes on behind this record and what it says in `bytes`. It has always the same size: blanks at the end
    of JSON mean nothing.
    """
    text = f'{{"out": {out}, "err": {err}, "bytes": {length - LEAST_CUT}}}'.ljust(_CUT_SIZE)
    return head(CUT, at, _CUT_SIZE) + text.encode()


LEAST_CUT = HEAD + _CUT_SIZE


def whole(data: bytes, most: int | None = None) -> tuple[int, int, int]:
    """(bytes, out, err) of the whole records at the beginning of `data`, of at most `most` bytes but at least one.

    It ends where something is no record that a runner writes, as after a power cut.
    """
    place = out = err = 0
    while place + HEAD <= len(data):
        kind = data[place]
        size = int.from_bytes(data[place + 9 : place + HEAD], "big")
        end = place + HEAD + size
        if kind not in (OUT, ERR) or not 0 < size <= LONGEST or end > len(data):
            break
        if most is not None and place and end > most:
            break
        place = end
        out, err = (out + size, err) if kind == OUT else (out, err + size)
    return place, out, err


def start_of(data: bytes, place: int) -> int:
    """The greatest beginning of a whole record that is at most `place`."""
    start = 0
    while start < place:
        size, _, _ = whole(data[start : start + HEAD + LONGEST], 0)
        if not size or start + size > place:
            break
        start += size
    return start
