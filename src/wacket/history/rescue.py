"""Reads what can be read of a damaged journal's tables: SQLite gives up at the first page that makes no sense.

Batches are found even if the page that leads to them is damaged: then every page that can hold some is read by itself.
What could not be read is told as Damage. `source` must be a copy, since it is changed on the way.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from wacket.history.schema import NONSENSE, fit, tables
from wacket.history.shapes import Damage

_ORDERS = {  # both ways, to get at the rows before and behind a damaged page
    "state": ("key", "key desc"),
    "segments": ("id", "id desc"),
    "missing": ("id", "id desc"),
    "obsolete": ("name", "name desc"),
    "damage": ("rowid", "rowid desc"),
    "marks": ("source, epoch", "source desc, epoch desc"),
    "receipts": ("source, key", "source desc, key desc"),
}
_SPARE = 1_000_000  # what was lost had row numbers too, which must not be given again
_LEAF = b"\x0d"  # how a page begins that holds rows of a table with row numbers

Row = tuple[Any, ...]


class _Listing:
    """Rows up to the first that cannot be read; `whole` says afterwards whether that was all."""

    def __init__(self, source: sqlite3.Connection, query: str) -> None:
        self._source, self._query, self.whole = source, query, False

    def __iter__(self) -> Iterator[Row]:
        with contextlib.suppress(*NONSENSE):
            yield from self._source.execute(self._query)
            self.whole = True


def copy(
    source: sqlite3.Connection, target: sqlite3.Connection, name: str, now: int, told: Sequence[Damage]
) -> list[Damage]:
    """Copy everything that is readable in one transaction, and what was told and is found; the damage that was found.

    Raises sqlite3.Error when `target` cannot take it.
    """
    target.execute("begin immediate")
    short = [table for table in _ORDERS if not _copy_table(source, target, table)]
    if not _copy_all(source, target, "batches", "id"):
        _copy_leaves(source, target)
        short.append("batches")
    found = []
    if short:
        reason = f"rows that cannot be read in the tables {', '.join(short)}"
        found.append(Damage(name, "journal", 0, 0, 0, reason, now))
    if "batches" in short and (lost := _lost(target)):
        found.append(Damage(name, "journal", 0, 0, lost, f"journal rows that cannot be read: up to {lost}", now))
    for damage in (*told, *found):
        _insert(target, "damage", damage)
    target.execute("delete from state where key = 'made'")  # so the list of segments is compared with the files
    highest = max(_sealed(target), _told_of(target), _maximum(target, "max(id) from batches"))
    target.execute("insert or replace into state values('spare', ?)", (highest + _SPARE,))
    target.execute("commit")
    return found


def _copy_table(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> bool:
    """False when there are rows that cannot be read."""
    forward, backward = _ORDERS[table]
    if _copy_all(source, target, table, forward):
        return True
    _copy_all(source, target, table, backward)
    return False


def _copy_all(source: sqlite3.Connection, target: sqlite3.Connection, table: str, order: str) -> bool:
    """False when there are rows that cannot be read or make no sense; those before it are copied."""
    listing = _Listing(source, f"select {', '.join(tables()[table])}, {fit(table)} from {table} order by {order}")
    unfit = 0
    for *row, good in listing:
        if good:
            _insert(target, table, row)
        unfit += not good
    return listing.whole and not unfit


def _copy_leaves(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy the batches of every page that holds rows, as if it were the table. Pages that are not in use any more hold
    rows that were sealed and deleted: these are left out."""
    source.create_function("crc_of", 1, lambda blob: zlib.crc32(blob) if isinstance(blob, bytes) else -1)
    columns = ", ".join(tables()["batches"])
    condition = f"{fit('batches')} and id > {_sealed(target)} and crc_of(blob) = crc"
    for page in _leaves(source):
        _become_table(source, page)
        for order in ("id", "id desc"):
            for row in _Listing(source, f"select {columns} from batches where {condition} order by {order}"):
                _insert(target, "batches", row)


def _become_table(source: sqlite3.Connection, page: int) -> None:
    with contextlib.suppress(*NONSENSE):  # then what was the table before is read again, and nothing added
        source.execute("pragma writable_schema = on")
        source.execute("update sqlite_master set rootpage = ? where name = 'batches'", (page,))
        source.execute("pragma writable_schema = reset")


def _leaves(source: sqlite3.Connection) -> list[int]:
    """The numbers of all pages that may hold rows of the table."""
    with contextlib.suppress(*NONSENSE):
        source.execute("pragma wal_checkpoint(truncate)").fetchall()
    size = source.execute("pragma page_size").fetchone()[0]
    path = Path(source.execute("pragma database_list").fetchone()[2])
    found = []
    with path.open("rb") as file:
        for number in range(1, path.stat().st_size // size + 1):
            file.seek((number - 1) * size)
            if file.read(1) == _LEAF:
                found.append(number)
    return found


def _lost(target: sqlite3.Connection) -> int:
    """How many row numbers are missing. They are given without a gap, but where a call failed or, by `_SPARE` at once,
    where something was lost before."""
    before, lost = _sealed(target), 0
    for (number,) in target.execute("select id from batches where id > ? order by id", (before,)):
        lost += (number - before - 1) % _SPARE
        before = number
    return lost + max(0, _told_of(target) - before) % _SPARE


def _sealed(target: sqlite3.Connection) -> int:
    """The last journal row that is known to be in a segment."""
    state = "max(value) from state where key = 'row'"
    return max(_maximum(target, query) for query in ("max(last) from segments", "max(last) from missing", state))


def _told_of(target: sqlite3.Connection) -> int:
    """The last journal row that a sender's numbers or answers speak of."""
    return max(_maximum(target, query) for query in ("max(row) from marks", "max(row) from receipts"))


def _maximum(target: sqlite3.Connection, query: str) -> int:
    return int(target.execute(f"select {query}").fetchone()[0] or 0)


def _insert(target: sqlite3.Connection, table: str, row: Sequence[Any]) -> None:
    target.execute(f"insert or ignore into {table} values({','.join('?' * len(row))})", row)
