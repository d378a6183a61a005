"""What the journal remembers of senders: which numbers they have used, and the answers to keyed requests.

Tables of the journal's file, changed only within its transactions. Each row carries a crc: one that was changed on
disk is forgotten, and that is told. `row` says which call of the journal wrote it, and `before` what stood there.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Sequence
from typing import Any

from wacket.history.shapes import Mark, StoredReceipt

_ADD_MARK = """insert into marks(source, epoch, ranges, crc, row) values(?, ?, ?, ?, ?)
  on conflict do update set before = ranges, ranges = excluded.ranges, crc = excluded.crc, row = excluded.row"""
_DROP_MARK = "delete from marks where source = ? and epoch = ?"
_RECEIPT = ", ".join(StoredReceipt._fields)
_ADD_RECEIPT = f"insert or replace into receipts({_RECEIPT}, crc, row) values({'?, ' * len(StoredReceipt._fields)}?, ?)"


def add(connection: sqlite3.Connection, marks: Sequence[Mark], receipts: Sequence[StoredReceipt], turn: int) -> None:
    """A mark without ranges takes away what was known of that epoch."""
    connection.executemany(_ADD_MARK, [_mark_row(mark, turn) for mark in marks if mark.ranges])
    connection.executemany(_DROP_MARK, [mark[:2] for mark in marks if not mark.ranges])
    connection.executemany(_ADD_RECEIPT, [(*one, _crc(one), turn) for one in receipts])


def take_back(connection: sqlite3.Connection, turn: int) -> None:
    """Undo what `add` did in this turn and later ones."""
    connection.execute("delete from receipts where row >= ?", (turn,))
    connection.execute("delete from marks where row >= ? and before is null", (turn,))
    undone = connection.execute("select source, epoch, before from marks where row >= ?", (turn,)).fetchall()
    connection.executemany(
        "update marks set ranges = ?3, crc = ?4, before = null, row = 0 where source = ?1 and epoch = ?2",
        [(*mark, _mark_crc(*mark)) for mark in undone],
    )


def marks(connection: sqlite3.Connection) -> tuple[list[Mark], int]:
    """(the marks, those stored last at the end; how many others were not as they were written)."""
    rows = connection.execute("select source, epoch, ranges, crc, row, before from marks order by row").fetchall()
    good = [row for row in rows if _mark_crc(*row[:3]) == row[3]]
    _keep_only(connection, "marks", good, len(rows))
    return [Mark(row[0], row[1], tuple((a, b) for a, b in json.loads(row[2]))) for row in good], len(rows) - len(good)


def receipts(connection: sqlite3.Connection) -> tuple[list[StoredReceipt], int]:
    """(the receipts, oldest first; how many others were not as they were written)."""
    rows = connection.execute(f"select {_RECEIPT}, crc, row from receipts order by at").fetchall()
    good = [row for row in rows if _crc(row[:-2]) == row[-2]]
    _keep_only(connection, "receipts", good, len(rows))
    return [StoredReceipt(*row[:-2]) for row in good], len(rows) - len(good)


def _keep_only(connection: sqlite3.Connection, table: str, good: Sequence[tuple[Any, ...]], of: int) -> None:
    """Write the table anew without its damaged rows, which cannot be named: their keys may not be what they were."""
    if len(good) == of:
        return
    connection.execute(f"delete from {table}")
    if good:
        connection.executemany(f"insert into {table} values({', '.join('?' * len(good[0]))})", good)


def _mark_row(mark: Mark, turn: int) -> tuple[str, str, str, int, int]:
    ranges = json.dumps(mark.ranges, separators=(",", ":"))
    return (mark.source, mark.epoch, ranges, _mark_crc(mark.source, mark.epoch, ranges), turn)


def _mark_crc(source: str, epoch: str, ranges: str) -> int:
    return zlib.crc32(f"{source}\0{epoch}\0{ranges}".encode("utf-8", "replace"))


def _crc(receipt: Sequence[Any]) -> int:
    return zlib.crc32(repr(tuple(receipt)).encode("utf-8", "replace"))
