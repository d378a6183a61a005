"""Mends a SQLite write-ahead log in which bytes were changed, before SQLite opens it.

SQLite stops reading at the first frame whose checksum is wrong and forgets the sound, acknowledged transactions behind
it without a word; with a wrong byte in the header it forgets all of them. Here header and checksums are made right
again, so that only what was in the damaged page is lost; the crc that the journal keeps beside each batch then finds
and names it. A copy of the damaged log is kept first, and the mended one takes its place whole.

The last transaction is left out when it is incomplete: a power cut leaves it like that, and then it was never
acknowledged.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wacket.history import durable
from wacket.history.walformat import FRAME, HEADER, MASK, SIZES, U32, Frames, Head, Pair, advance, power

_PAGE = 4096  # SQLite's usual page
_LEFT_OUT = (
    "the last transaction in its write-ahead log is incomplete and was left out; "
    "if the power failed, it was never acknowledged"
)


def mend(log: Path) -> str:
    """Mend the log in place; says what was found, or nothing when all is well. Raises OSError."""
    raw = log.read_bytes() if log.exists() else b""
    if len(raw) < HEADER + FRAME:
        return ""
    sound = Head.of(raw)
    head = sound or _guessed(raw, _page_size(log))
    frames = Frames(raw, head.size, head.order)
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
    return size if size in SIZES else _PAGE


def _guessed(raw: bytes, size: int) -> Head:
    """The header as it must have been, going by the frames: those of one log build on each other."""
    number, *salts = struct.unpack(">3I", raw[12:24])
    native, other = ("<", ">") if sys.byteorder == "little" else (">", "<")
    tried = [Frames(raw, size, order) for order in (native, other)]
    frames = max(tried, key=lambda one: int(one.good(_start_of_first(one))[1:].sum()))
    return Head.made(frames.order, size, number, _salts(frames, (salts[0], salts[1])))


def _salts(frames: Frames, stated: Pair) -> Pair:
    """Those of the header where a frame has them, else those of the first frame, else of the first that builds on
    another. Frames further on may be left over from an older log, with other salts."""
    chained = frames.good(_start_of_first(frames))
    chained[:1] = False
    pairs = frames.heads[:, 2:4]
    for pair in (stated, *pairs[:1].tolist(), *pairs[chained][:1].tolist()):
        if any(pair) and (pairs == pair).all(axis=1).any():
            return int(pair[0]), int(pair[1])
    return stated


def _start_of_first(frames: Frames) -> U32:
    """The checksum of a header that the first frame would be right with."""
    a, b, c, d = frames.matrix
    difference = frames.heads[:1, 4:6] - frames.sums[:1]
    return advance(difference, (d, -b & MASK, -c & MASK, a))  # its inverse: the determinant is 1


def _salted(frames: Frames, head: Head) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (frames.heads[:, 2:4] == head.salts).all(axis=1)
    return found


def _count(frames: Frames, head: Head) -> int:
    """How many frames are of this log: those with its salts, and those with other ones that build on them."""
    mine = np.flatnonzero(_salted(frames, head))
    count = int(mine[-1]) + 1 if len(mine) else 0
    chained = frames.good(np.array([head.start], np.uint32))
    while count < len(chained) and chained[count]:
        count += 1
    return count


def _mended(frames: Frames, start: U32) -> NDArray[np.bool_]:
    """Put right what is not the page itself; which frames are whole then."""
    for number in np.flatnonzero(~frames.good(start)):
        _mend_sum(frames, int(number), start)
    wanted = frames.wanted(start)
    for number in np.flatnonzero(~frames.good(start)):
        _mend_head(frames, int(number), wanted[number])
    return frames.good(start)


def _end(frames: Frames, good: NDArray[np.bool_]) -> tuple[int, list[str]]:
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


def _mend_sum(frames: Frames, number: int, start: U32) -> None:
    """Put right the checksum that stands in a frame, if the next frame shows that only this was changed."""
    before = frames.heads[number - 1 : number, 4:6] if number else start
    computed = advance(before, frames.matrix) + frames.sums[number]
    after = advance(computed, frames.matrix) + frames.sums[number + 1 : number + 2]
    if len(after) and np.array_equal(after, frames.heads[number + 1 : number + 2, 4:6]):
        frames.heads[number, 4:6] = computed


def _mend_head(frames: Frames, number: int, wanted: U32) -> None:
    """Put right the page number and size of a frame, if these are what was changed and the page itself is sound.

    The checksum is linear, so the change that would explain the difference can be computed; where it was the page that
    was changed, that mostly comes out as nonsense. A few bytes in the middle of a page have the same weight, though.
    """
    heads, order = frames.heads, frames.order
    difference = [int(x) for x in wanted - frames.sums[number]]
    a, b, c, d = power(frames.size // 8, (2, MASK, MASK, 1))  # the inverse, for all steps after the first
    first = (a * difference[0] + b * difference[1]) & MASK
    second = (c * difference[0] + d * difference[1] - first) & MASK
    steps = np.array([first, second], np.uint32)
    # The header is big-endian, but its words are summed in the order of the machine that wrote the log.
    summed = heads[number, :2].astype(">u4").view(f"{order}u4").astype(np.uint32) + steps
    page, pages = (int(x) for x in summed.astype(f"{order}u4").view(">u4"))
    if (first or second) and _likelier_page(frames, number, page) and _likelier_size(frames, number, pages):
        heads[number, 0], heads[number, 1] = page, pages
        frames.sums[number] = wanted


def _likelier_page(frames: Frames, number: int, page: int) -> bool:
    """Whether the frame rather holds this page than the one that it says."""
    said = int(frames.heads[number, 0])
    return page == said or _likeness(frames, number, page) > _likeness(frames, number, said)


def _likeness(frames: Frames, number: int, page: int) -> float:
    """How much the frame is like the nearest one with this page: a page that is written again changes little."""
    most = 2 * len(frames.heads) + int(np.median(frames.heads[:, 0]))
    others = np.flatnonzero(frames.heads[:, 0] == page)
    others = others[others != number]
    if not len(others):
        return 0.0 if 0 < page <= most else -1.0
    nearest = others[np.argmin(np.abs(others - number))]
    return float((frames.pages[nearest] == frames.pages[number]).mean())


def _likelier_size(frames: Frames, number: int, pages: int) -> bool:
    """Whether the database rather has this size after the frame than the one that it says: it never shrinks, and all
    frames but the last of a transaction say 0."""
    said = int(frames.heads[number, 1])
    before, after = (part[part != 0] for part in (frames.heads[:number, 1], frames.heads[number + 1 :, 1]))
    least = int(before[-1]) if len(before) else 1
    most = int(after[0]) if len(after) else least + len(frames.heads)
    return pages == said or ((pages == 0 or least <= pages <= most) and not (said == 0 or least <= said <= most))


def _rechained(head: Head, frames: Frames, end: int, good: NDArray[np.bool_]) -> bytes:
    """The log as far as `end`, every frame with the salt and the checksum it should have."""
    a, b, c, d = frames.matrix
    out = bytearray(head.packed())
    first, second = head.start
    for number, (x, y) in enumerate(frames.sums[:end].tolist()):
        first, second = (a * first + b * second + x) & MASK, (c * first + d * second + y) & MASK
        out += struct.pack(">6I", *frames.heads[number, :2].tolist(), *head.salts, first, second)
        out += frames.pages[number].tobytes()
    return bytes(out)
