"""Which segments count, and which are missing. Tables of the journal's file, changed only within its transactions.

A segment is missing when its file was damaged or gone: it counts again when a sound file is put back. Each row carries
its own crc: a row that was changed on disk is not believed, and is made again from the file it names. The functions
take the connection that `Journal.transaction` gives; they neither open nor delete files.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from wacket.history.segments import file_name
from wacket.history.shapes import Damage, Segment

_COLUMNS = "id, name, kind, level, t_min, t_max, series_min, series_max, rows, bytes, crc, first, last"
_Table = Literal["segments", "missing"]


def load(connection: sqlite3.Connection, folder: Path, table: _Table = "segments") -> tuple[list[Segment], list[str]]:
    """(the segments, names of the files whose rows are not as they were written)."""
    good, bad = [], []
    for *row, row_crc in connection.execute(f"select {_COLUMNS}, row_crc from {table} order by first, id"):
        if _row_crc(row) == row_crc:
            good.append(_segment(row, folder))
        else:
            bad.append(str(row[1]))
    return good, bad


def change(connection: sqlite3.Connection, added: Iterable[Segment], removed: Iterable[Segment]) -> None:
    """Let some segments count and others no longer; the files of those are remembered until they are deleted."""
    for segment in removed:
        forget(connection, segment)
        name = file_name(segment)
        connection.execute("insert or replace into obsolete values(?, ?)", (name, _row_crc((name,))))
    for segment in added:
        _insert(connection, segment, "segments")
        forget_file(connection, file_name(segment))
        set_state(connection, "segment", segment.id)


def miss(connection: sqlite3.Connection, lost: Iterable[Segment]) -> None:
    """Let segments count no more whose files are damaged or gone, until they are put back."""
    for segment in lost:
        forget(connection, segment)
        _insert(connection, segment, "missing")


def forget(connection: sqlite3.Connection, segment: Segment) -> None:
    """The segment neither counts nor is missing."""
    connection.execute("delete from segments where id = ?", (segment.id,))
    connection.execute("delete from missing where id = ?", (segment.id,))


def replace_all(connection: sqlite3.Connection, segments: Iterable[Segment], missing: Iterable[Segment]) -> None:
    connection.execute("delete from segments")
    connection.execute("delete from missing")
    change(connection, segments, ())
    miss(connection, missing)


def forget_file(connection: sqlite3.Connection, name: str) -> None:
    """The obsolete file is deleted."""
    connection.execute("delete from obsolete where name = ?", (name,))


def obsolete(connection: sqlite3.Connection) -> list[str]:
    """Names of files that were replaced and may be deleted."""
    return [name for name, crc in connection.execute("select name, crc from obsolete") if _row_crc((name,)) == crc]


def add_damage(connection: sqlite3.Connection, told: Iterable[Damage]) -> None:
    connection.executemany("insert into damage values(?, ?, ?, ?, ?, ?, ?)", told)


def forget_damage(connection: sqlite3.Connection, path: str) -> None:
    connection.execute("delete from damage where path = ?", (path,))


def damages(connection: sqlite3.Connection) -> list[Damage]:
    return [Damage(*row) for row in connection.execute("select * from damage order by rowid")]


def state(connection: sqlite3.Connection, key: str) -> int:
    """A number that is kept, 0 before it was ever set."""
    row = connection.execute("select value from state where key = ?", (key,)).fetchone()
    return int(row[0]) if row else 0


def set_state(connection: sqlite3.Connection, key: str, value: int) -> None:
    """Keep a number that only grows."""
    connection.execute(
        "insert into state values(?, ?) on conflict do update set value = max(value, excluded.value)",
        (key, value),
    )


def put_state(connection: sqlite3.Connection, key: str, value: int) -> None:
    """Keep a number, whatever it was."""
    connection.execute("insert or replace into state values(?, ?)", (key, value))


def _insert(connection: sqlite3.Connection, segment: Segment, table: _Table) -> None:
    row = _row(segment)
    connection.execute(
        f"insert or replace into {table}({_COLUMNS}, row_crc) values({','.join('?' * 14)})", (*row, _row_crc(row))
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
