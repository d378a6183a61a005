"""The tables of the two streams, as functions of an open connection.

A row is a piece of a stream: the numbers of its first and last line, their times, and the lines packed. A row without
lines is a gap: its lines will never come, and `why` says why. Rows stand without holes from `first` to `next`. What
cannot be unpacked any more is read as a gap, so that a spot on the disk costs its lines and nothing else.
Nothing here begins or ends a transaction.
"""

from __future__ import annotations

import zlib
from typing import Callable, Iterable, NamedTuple

from wacket_agent.journal.database import Connection, question
from wacket_agent.journal.waiting import DROPPED, STREAMS, Piece

DAMAGED = "damaged"
ROW_COST = 60  # bytes that a row takes beside its lines
_FAST = 1  # zlib's level: text becomes a fifth at 80 MB/s; the next levels cost far more than they save

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS streams (name TEXT PRIMARY KEY, epoch TEXT NOT NULL, next INTEGER NOT NULL,
       bytes INTEGER NOT NULL, once INTEGER NOT NULL, twice INTEGER NOT NULL) WITHOUT ROWID""",
    *(
        f"""CREATE TABLE IF NOT EXISTS {stream} (first INTEGER PRIMARY KEY, last INTEGER NOT NULL,
        since INTEGER NOT NULL, until INTEGER NOT NULL, size INTEGER NOT NULL, why TEXT NOT NULL, lines BLOB)"""
        for stream in STREAMS
    ),
)


class Stream(NamedTuple):
    """What is held of a stream: lines `first` to `next` - 1. Below `twice` it was thinned twice, below `once` once."""

    name: str
    epoch: str
    next: int
    bytes: int
    once: int
    twice: int
    first: int
    since: int  # of `first`, µs; 0 if nothing is held

    @property
    def last(self) -> int:
        return self.next - 1


class Row(NamedTuple):
    first: int
    last: int
    since: int
    until: int
    why: str
    lines: bytes


class Outline(NamedTuple):
    """A row without what is in it."""

    first: int
    last: int
    since: int
    until: int
    size: int
    why: str


def begin(connection: Connection, make_epoch: Callable[[], str]) -> None:
    for stream in STREAMS:
        connection.execute("INSERT OR IGNORE INTO streams VALUES (?, ?, 0, 0, 0, 0)", (stream, make_epoch()))


def load(connection: Connection) -> dict[str, Stream]:
    found = {}
    for row in connection.execute("SELECT name, epoch, next, bytes, once, twice FROM streams").fetchall():
        name, following = row[0], row[2]
        oldest = connection.execute(f"SELECT first, since FROM {name} ORDER BY first LIMIT 1").fetchone()
        found[name] = Stream(*row, *(oldest or (following, 0)))
    return found


def append(connection: Connection, name: str, pieces: Iterable[Piece]) -> None:
    (first,) = question(connection, "SELECT next FROM streams WHERE name = ?", name)
    size = 0
    for piece in pieces:
        packed = None if piece.why else zlib.compress(piece.lines, _FAST)
        cost = ROW_COST + len(packed or b"")
        row = (first, first + piece.amount - 1, piece.since, piece.until, cost, piece.why, packed)
        connection.execute(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        first += piece.amount
        size += cost
    connection.execute("UPDATE streams SET next = ?, bytes = bytes + ? WHERE name = ?", (first, size, name))


def forget(connection: Connection, name: str, seq: int) -> None:
    """Remove the rows whose lines are all at or below `seq`."""
    _remove(connection, name, -1, seq)


def read(connection: Connection, name: str, seq: int, most: int) -> list[Row]:
    """Rows from the one that holds line `seq` on, up to a gap or until they have `most` bytes or a little more."""
    found, size = [], 0
    rows = connection.execute(
        f"""SELECT first, last, since, until, why, lines FROM {name}
        WHERE first >= coalesce((SELECT max(first) FROM {name} WHERE first <= ?), 0) ORDER BY first""",
        (seq,),
    )
    for first, last, since, until, reason, packed in rows:
        lines = b"" if reason else _unpacked(packed)
        why = reason or ("" if lines else DAMAGED)
        if last >= seq:
            found.append(Row(first, last, since, until, why, lines))
        size += len(lines) + ROW_COST
        if size >= most or (found and why):
            break
    rows.close()
    return found


def _unpacked(packed: object) -> bytes:
    """The lines of a row; none if it is damaged: SQLite itself does not notice."""
    try:
        return zlib.decompress(packed) if isinstance(packed, bytes) else b""
    except zlib.error:
        return b""


def outline(connection: Connection, name: str, start: int, most: int) -> list[Outline]:
    sql = f"SELECT first, last, since, until, size, why FROM {name} WHERE first >= ? ORDER BY first LIMIT ?"
    return [Outline(*row) for row in connection.execute(sql, (start, most))]


def oldest(connection: Connection, name: str, start: int) -> tuple[int, int] | None:
    """Number and time of the first row from line `start` on that has its lines."""
    sql = f"SELECT first, since FROM {name} WHERE first >= ? AND why = '' ORDER BY first LIMIT 1"
    found: tuple[int, int] | None = connection.execute(sql, (start,)).fetchone()
    return found


def leave_gap(connection: Connection, name: str, first: int, last: int, why: str) -> None:
    """One gap in place of the rows from `first` to `last` and of a gap before them that is not worse."""
    before = f"SELECT first, last, why FROM {name} WHERE first < ? ORDER BY first DESC LIMIT 1"
    neighbour = connection.execute(before, (first,)).fetchone()
    if neighbour and neighbour[2] and why in (neighbour[2], DROPPED):
        first = neighbour[0]
    times = f"SELECT min(since), max(until) FROM {name} WHERE first >= ? AND first <= ?"
    since, until = question(connection, times, first, last)
    _remove(connection, name, first - 1, last)
    row = (first, last, since, until, ROW_COST, why)
    connection.execute(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?, NULL)", row)
    _grow(connection, name, ROW_COST)


def set_thinned(connection: Connection, name: str, once: int, twice: int) -> None:
    connection.execute("UPDATE streams SET once = ?, twice = ? WHERE name = ?", (once, twice, name))


def renew(connection: Connection, stream: Stream, epoch: str) -> None:
    """Number what is held anew, from 0, under another epoch."""
    base = stream.first
    # Ascending, so that no number is taken by a row that has not moved yet.
    connection.execute(f"UPDATE {stream.name} SET first = first - ?, last = last - ?", (base, base))
    connection.execute(
        "UPDATE streams SET epoch = ?, next = next - ?, once = max(0, once - ?), twice = max(0, twice - ?) "
        "WHERE name = ?",
        (epoch, base, base, base, stream.name),
    )


def _remove(connection: Connection, name: str, above: int, up_to: int) -> None:
    which = f"FROM {name} WHERE first > ? AND first <= ? AND last <= ?"
    (size,) = question(connection, f"SELECT coalesce(sum(size), 0) {which}", above, up_to, up_to)
    if size:
        connection.execute(f"DELETE {which}", (above, up_to, up_to))
        _grow(connection, name, -size)


def _grow(connection: Connection, name: str, size: int) -> None:
    connection.execute("UPDATE streams SET bytes = bytes + ? WHERE name = ?", (size, name))
