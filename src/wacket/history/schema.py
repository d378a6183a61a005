"""The tables of the journal's file, the one way to open it, and whether it is as it should be. Knows nothing of what is
in the tables."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

SCHEMA = """
create table if not exists batches(id integer primary key, kind text, rows integer, t_min integer, t_max integer,
  at integer, crc integer, blob blob);
create table if not exists marks(source text, epoch text, ranges text, crc integer, row integer, before text,
  primary key(source, epoch)) without rowid;
create table if not exists receipts(source text, key text, body blob, at integer, crc integer, row integer,
  primary key(source, key)) without rowid;
create table if not exists segments(id integer primary key, name text, kind text, level integer, t_min integer,
  t_max integer, series_min integer, series_max integer, rows integer, bytes integer, crc integer, first integer,
  last integer, row_crc integer);
create table if not exists missing(id integer primary key, name text, kind text, level integer, t_min integer,
  t_max integer, series_min integer, series_max integer, rows integer, bytes integer, crc integer, first integer,
  last integer, row_crc integer);
create table if not exists obsolete(name text primary key, crc integer) without rowid;
create table if not exists damage(path text, kind text, t_min integer, t_max integer, rows integer, reason text,
  at integer, unique(path, kind, reason, at) on conflict ignore);
create table if not exists state(key text primary key, value integer) without rowid;
"""

_NULLABLE = {"before"}
_COUNTED = {"id", "row", "first", "last"}  # journal rows: ids of log lines have 20 bits more, and 63 in all
_MOST_COUNTED = 1 << 42
# Python's sqlite3 fails on its own where SQLite's message quotes what stands in a damaged file.
NONSENSE = (sqlite3.DatabaseError, UnicodeDecodeError)
_WORLD = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


def connect(path: Path) -> sqlite3.Connection:
    """Open or make the file, and look at all of it. Raises sqlite3.DatabaseError, which `is_damage` judges."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    connection.text_factory = lenient
    try:
        # Each pragma is fetched to its end: a result left open would hold a lock and keep the WAL growing.
        # Exclusive: nobody else may open the file while the hub runs, not even another hub.
        for pragma in (
            "locking_mode=exclusive",
            "journal_mode=wal",
            "synchronous=full",
            "wal_autocheckpoint=0",
            "cell_size_check=on",
        ):
            connection.execute(f"pragma {pragma}").fetchall()
        check(connection)
        connection.executescript(SCHEMA)
        connection.execute("pragma wal_checkpoint(truncate)").fetchall()
    except UnicodeDecodeError as error:
        connection.close()
        raise sqlite3.DatabaseError("its tables are not those of a journal") from error
    except BaseException:
        connection.close()
        raise
    return connection


def blank(path: Path) -> sqlite3.Connection:
    """A new file that a copy of a journal is to be brought into. Not on disk when it is closed: it is a scratch."""
    path.touch(0o600, exist_ok=False)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=off", "synchronous=off"):
        connection.execute(f"pragma {pragma}").fetchall()
    return connection


def lenient(raw: bytes) -> str:
    """Text that was changed on the disk must not stop anybody from reading it; a crc says that it was."""
    return raw.decode("utf-8", "replace")


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """The file is to blame, not the disk or another process."""
    return code(error) not in _WORLD


def code(error: sqlite3.DatabaseError) -> int:
    """SQLite's, without what it says in detail; 0 where the error is none of SQLite's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def check(connection: sqlite3.Connection) -> None:
    """Look at every page and row (about 3 GB/s). Raises sqlite3.DatabaseError when one makes no sense."""
    fault = connection.execute("pragma quick_check(1)").fetchone()[0]
    if fault != "ok":
        raise sqlite3.DatabaseError(str(fault).replace("\n", " "))
    if not has_tables(connection) and connection.execute("select count(*) from sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("its tables are not those of a journal")
    for table in tables() if has_tables(connection) else ():
        if connection.execute(f"select count(*) from {table} where not ({fit(table)})").fetchone()[0]:
            raise sqlite3.DatabaseError(f"rows of the table {table} make no sense")


def has_tables(connection: sqlite3.Connection) -> bool:
    """The file has exactly the tables that it should."""
    return connection.execute("select type, name, sql from sqlite_master order by name").fetchall() == _reference()[0]


def tables() -> dict[str, dict[str, str]]:
    """The columns of every table, and their types."""
    return _reference()[1]


def fit(table: str) -> str:
    """The condition that rows of a table meet if they are as they were written, as far as that shows."""
    conditions = [f"typeof({name}) = '{kind}'" for name, kind in tables()[table].items() if name not in _NULLABLE]
    conditions += [f"{name} between 0 and {_MOST_COUNTED}" for name in tables()[table] if name in _COUNTED]
    if table == "state":
        conditions.append(f"(key not in ('row', 'segment', 'spare') or value between 0 and {_MOST_COUNTED})")
    return " and ".join(conditions)


@cache
def _reference() -> tuple[list[tuple[str, str, str]], dict[str, dict[str, str]]]:
    """(what SQLite writes down of the tables, their columns and types)."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(SCHEMA)
        written = connection.execute("select type, name, sql from sqlite_master order by name").fetchall()
        names = [name for kind, name, _ in written if kind == "table"]
        columns = {name: connection.execute(f"pragma table_info({name})").fetchall() for name in names}
    finally:
        connection.close()
    return written, {name: {row[1]: row[2].lower() for row in rows} for name, rows in columns.items()}
