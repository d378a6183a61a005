"""Which segments count. Tables of the journal's file, changed only within the journal's transactions.

Each row carries its own crc: a row that was changed on disk is read again from the file it names. The functions take
the connection that `Journal.transaction` gives; they neither open nor delete files.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from wacket.history.segments import file_name
from wacket.history.shapes import Damage, Segment

_COLUMNS = "id, name, kind, level, t_min, t_max, series_min, series_max, rows, bytes, crc, first, last"


def load(connection: sqlite3.Connection, folder: Path) -> tuple[list[Segment], list[str]]:
    """(the segments, names of the files whose rows are not as they were written)."""
    good, bad = [], []
    for *row, row_crc in connection.execute(f"select {_COLUMNS}, row_crc from segments order by first, id"):
        if _row_crc(row) == row_crc:
            good.append(_segment(row, folder))
        else:
            bad.append(str(row[1]))
    return good, bad


def change(connection: sqlite3.Connection, added: Iterable[Segment], removed: Iterable[Segment]) -> None:
    """Let some segments count and others no longer; the files of those are remembered until they are deleted."""
    for segment in removed:
        connection.execute("delete from segments where id = ?", (segment.id,))
        connection.execute("insert or ignore into obsolete values(?)", (file_name(segment),))
    for segment in added:
        row = _row(segment)
        connection.execute(
            f"insert or replace into segments({_COLUMNS}, row_crc) values({','.join('?' * 14)})",
            (*row, _row_crc(row)),
        )
        set_state(connection, "segment", segment.id)


def replace_all(connection: sqlite3.Connection, segments: Iterable[Segment]) -> None:
    connection.execute("delete from segments")
    change(connection, segments, ())


def forget_file(connection: sqlite3.Connection, name: str) -> None:
    """The obsolete file is deleted."""
    connection.execute("delete from obsolete where name = ?", (name,))


def obsolete(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("select name from obsolete")]


def add_damage(connection: sqlite3.Connection, told: Iterable[Damage]) -> None:
    connection.executemany("insert into damage values(?, ?, ?, ?, ?, ?, ?)", told)


def damages(connection: sqlite3.Connection) -> list[Damage]:
    return [Damage(*row) for row in connection.execute("select * from damage order by rowid")]


def state(connection: sqlite3.Connection, key: str) -> int:
    """A number that is kept, 0 before it was ever set. Numbers only grow."""
    row = connection.execute("select value from state where key = ?", (key,)).fetchone()
    return int(row[0]) if row else 0


def set_state(connection: sqlite3.Connection, key: str, value: int) -> None:
    connection.execute(
        "insert into state values(?, ?) on conflict do update set value = max(value, excluded.value)",
        (key, value),
    )


def _row(segment: Segment) -> tuple[int | str, ...]:
    s = segment
    return (
        *(s.id, file_name(s), s.kind, s.level, s.t_min, s.t_max, s.series_min, s.series_max),
        *(s.rows, s.bytes, s.crc, s.first, s.last),
    )


def _segment(row: Sequence[int | str], folder: Path) -> Segment:
    number, name, kind, *numbers = row
    level, t_min, t_max, low, high, rows, size, crc, first, last = map(int, numbers)
    path = str(folder / str(name))
    return Segment(path, str(kind), level, t_min, t_max, low, high, rows, size, int(number), crc, first, last)


def _row_crc(row: Sequence[int | str]) -> int:
    return zlib.crc32(repr(tuple(row)).encode("utf-8", "replace"))
