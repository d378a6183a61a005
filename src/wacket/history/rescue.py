"""Reads what can be read of a damaged journal's tables, row by row: SQLite gives up at the first page that makes no
sense. What could not be read is told as Damage. Opens and deletes no files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from wacket.history import schema
from wacket.history.shapes import Damage

_KEYS = {
    "state": "key",
    "segments": "id",
    "missing": "id",
    "obsolete": "name",
    "damage": "rowid",
    "marks": "source, epoch",
    "receipts": "source, key",
}
_MOST_PROBES = 100_000  # of row numbers, from each end of a gap
_SPARE = 1_000_000  # what was lost had numbers too, which must not be given again

Row = tuple[Any, ...]


def copy(
    source: sqlite3.Connection, target: sqlite3.Connection, name: str, now: int, told: Sequence[Damage]
) -> list[Damage]:
    """Copy everything that is readable in one transaction, and what was told and is found; the damage that was found.

    Raises sqlite3.Error when `target` cannot take it.
    """
    target.execute("begin immediate")
    short = [table for table in _KEYS if not _copy_table(source, target, table)]
    lost, whole = _copy_batches(source, target)
    short += [] if whole else ["batches"]
    found = []
    if short:
        reason = f"rows that cannot be read in the tables {', '.join(short)}"
        found.append(Damage(name, "journal", 0, 0, 0, reason, now))
    if lost:
        found.append(Damage(name, "journal", 0, 0, lost, f"journal rows that cannot be read: up to {lost}", now))
    for damage in (*told, *found):
        _insert(target, "damage", damage)
    target.execute("delete from state where key = 'made'")  # so the list of segments is compared with the files
    target.execute("insert or replace into state values('row', ?)", (_highest(target) + _SPARE,))
    target.execute("commit")
    return found


def _copy_table(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> bool:
    """False when there were rows that could not be read."""
    order = _KEYS[table]
    columns = ", ".join(schema.tables()[table])
    select = f"select {columns}, {schema.fit(table)} from {table} order by"
    rows, whole = _until_error(source, f"{select} {order}")
    if not whole:
        rows += _until_error(source, f"{select} {order.replace(',', ' desc,')} desc")[0]
    for *row, fit in rows:
        if fit:
            _insert(target, table, row)
        else:
            whole = False
    return whole


def _copy_batches(source: sqlite3.Connection, target: sqlite3.Connection) -> tuple[int, bool]:
    """(how many rows are lost at most, as far as their numbers are known; whether the table could be listed)."""
    rows, whole = _until_error(source, "select id from batches order by id")
    numbers = {row[0] for row in rows}
    gap = range(0) if whole else _gap(source, target, numbers)
    found = {number for number in _probed(gap) if _one(source, "id", number)}
    numbers |= found
    lost = len(gap) - len(found)
    columns = ", ".join(schema.tables()["batches"])
    for number in sorted(numbers):
        row = _one(source, columns, number, schema.fit("batches"))
        if row:
            _insert(target, "batches", row)
        else:
            lost += 1
    return lost, whole


def _gap(source: sqlite3.Connection, target: sqlite3.Connection, numbers: set[int]) -> range:
    """The row numbers between those that can be listed from either end; those from the far end join `numbers`."""
    sealed = _maximum(target, "max(last) from segments")
    told_of = max(_maximum(target, "max(row) from marks"), _maximum(target, "max(row) from receipts"))
    behind = {row[0] for row in _until_error(source, "select id from batches order by id desc")[0]}
    gap = range(max(sealed, *numbers, 0) + 1, min(behind, default=told_of + 1))
    numbers |= behind
    return gap


def _probed(gap: range) -> Iterable[int]:
    if len(gap) <= 2 * _MOST_PROBES:
        return gap
    return (*gap[:_MOST_PROBES], *gap[-_MOST_PROBES:])


def _one(source: sqlite3.Connection, columns: str, number: int, condition: str = "true") -> Row | None:
    try:
        found: Row | None = source.execute(
            f"select {columns} from batches where id = ? and {condition}", (number,)
        ).fetchone()
    except schema.NONSENSE:
        return None
    return found


def _until_error(source: sqlite3.Connection, query: str) -> tuple[list[Row], bool]:
    """(the rows up to the first that cannot be read, whether that was all)."""
    rows: list[Row] = []
    try:
        for row in source.execute(query):
            rows.append(row)
    except schema.NONSENSE:
        return rows, False
    return rows, True


def _highest(target: sqlite3.Connection) -> int:
    """The highest number of a journal row that is known of."""
    queries = (
        "max(id) from batches",
        "max(row) from marks",
        "max(row) from receipts",
        "max(last) from segments",
        "max(value) from state where key = 'row'",
    )
    return max(_maximum(target, query) for query in queries)


def _maximum(target: sqlite3.Connection, query: str) -> int:
    return int(target.execute(f"select {query}").fetchone()[0] or 0)


def _insert(target: sqlite3.Connection, table: str, row: Sequence[Any]) -> None:
    target.execute(f"insert or ignore into {table} values({','.join('?' * len(row))})", row)
