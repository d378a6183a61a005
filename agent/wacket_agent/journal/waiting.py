"""Lines that are not on disk yet: taken from any thread, bounded, given to the store a group at a time.

When the disk does not take them and the room is used up, the oldest go, metrics before logs. What goes leaves a piece
without lines in its place, so that it is numbered and the hub is told of it. Numbers nothing and writes nothing itself.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Iterable, Iterator, Mapping, NamedTuple

STREAMS = ("metrics", "logs")  # in the order in which they give way
LONGEST_LINE = 65_536  # bytes; the hub refuses longer ones
LONGEST_PIECE = 65_536
ROOM = 4 << 20  # bytes
PIECE_COST = 250  # bytes that a piece takes beside its lines
DROPPED = "dropped"


class Piece(NamedTuple):
    """`amount` lines of one stream, and the times (µs) of the first and last. With `why` the lines are gone."""

    amount: int
    since: int
    until: int
    lines: bytes
    why: str = ""

    @property
    def cost(self) -> int:
        return len(self.lines) + PIECE_COST


class Group(NamedTuple):
    """What one transaction writes. `marks` are what readers want to find again once these lines are safe."""

    pieces: dict[str, list[Piece]]
    marks: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.marks or any(self.pieces.values()))


class Waiting:
    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._pieces: dict[str, deque[Piece]] = {stream: deque() for stream in STREAMS}
        self._marks: dict[str, str] = {}
        self.bytes = 0
        self.lost = 0  # lines

    def __contains__(self, stream: str) -> bool:
        return bool(self._pieces[stream])

    def __bool__(self) -> bool:
        return bool(self._marks) or any(self._pieces.values())

    def add(self, stream: str, lines: bytes, at: int, marks: Mapping[str, str]) -> None:
        found = list(_cut(lines, at)) if lines else []
        with self._lock:
            self._marks.update(marks)
            self._pieces[stream].extend(found)
            self._grow(found)

    def take(self) -> Group:
        with self._lock:
            taken = {stream: list(pieces) for stream, pieces in self._pieces.items()}
            marks, self._marks = self._marks, {}
            for pieces in self._pieces.values():
                pieces.clear()
            self.bytes = 0
        return Group({stream: list(_joined(pieces)) for stream, pieces in taken.items()}, marks)

    def put_back(self, group: Group) -> None:
        """What was taken and could not be written is the oldest again."""
        with self._lock:
            self._marks = {**group.marks, **self._marks}
            for stream, pieces in group.pieces.items():
                self._pieces[stream].extendleft(reversed(pieces))
                self._grow(pieces)

    def _grow(self, added: Iterable[Piece]) -> None:
        self.bytes += sum(piece.cost for piece in added)
        for stream in STREAMS:
            while self.bytes > self._room and self._lose_oldest(self._pieces[stream]):
                pass

    def _lose_oldest(self, pieces: deque[Piece]) -> bool:
        """Make the first piece that has lines one without, joined with what is gone before it."""
        if not pieces or (len(pieces) == 1 and pieces[0].why):
            return False
        first = pieces.popleft()
        self.bytes -= first.cost
        if first.why:
            second = pieces.popleft()
            self.bytes -= second.cost
            self.lost += 0 if second.why else second.amount
            gone = Piece(first.amount + second.amount, first.since, second.until, b"", DROPPED)
        else:
            self.lost += first.amount
            gone = first._replace(lines=b"", why=DROPPED)
        pieces.appendleft(gone)
        self.bytes += gone.cost
        return True


def _cut(lines: bytes, at: int) -> Iterator[Piece]:
    """Pieces of bounded size; a line that is too long becomes one that is gone."""
    if not lines.endswith(b"\n"):
        raise ValueError("lines are given whole, each with its line feed")
    if len(lines) <= LONGEST_PIECE:
        yield Piece(lines.count(b"\n"), at, at, lines)
        return
    single = (line + b"\n" for line in lines[:-1].split(b"\n"))
    one_by_one = (
        Piece(1, at, at, line) if len(line) <= LONGEST_LINE else Piece(1, at, at, b"", DROPPED) for line in single
    )
    yield from _joined(one_by_one)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same lines in as few pieces as their size allows."""
    held: list[Piece] = []
    size = 0
    for piece in pieces:
        if held and (piece.why != held[0].why or size + len(piece.lines) > LONGEST_PIECE):
            yield _one(held)
            held, size = [], 0
        held.append(piece)
        size += len(piece.lines)
    if held:
        yield _one(held)


def _one(pieces: list[Piece]) -> Piece:
    if len(pieces) == 1:
        return pieces[0]
    amount = sum(piece.amount for piece in pieces)
    return Piece(amount, pieces[0].since, pieces[-1].until, b"".join(p.lines for p in pieces), pieces[0].why)
