"""The tables of the journal's file, and the one way to open it. Knows nothing of what is in them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from wacket.history import salvage

SCHEMA = """
create table if not exists batches(id integer primary key, kind text, rows integer, t_min integer, t_max integer,
  at integer, crc integer, blob blob);
create table if not exists marks(source text, epoch text, ranges text, crc integer, row integer, before text,
  primary key(source, epoch)) without rowid;
create table if not exists receipts(source text, key text, body blob, at integer, row integer,
  primary key(source, key)) without rowid;
create table if not exists segments(id integer primary key, name text, kind text, level integer, t_min integer,
  t_max integer, series_min integer, series_max integer, rows integer, bytes integer, crc integer, first integer,
  last integer, row_crc integer);
create table if not exists missing(id integer primary key, name text, kind text, level integer, t_min integer,
  t_max integer, series_min integer, series_max integer, rows integer, bytes integer, crc integer, first integer,
  last integer, row_crc integer);
create table if not exists obsolete(name text primary key, crc integer) without rowid;
create table if not exists damage(path text, kind text, t_min integer, t_max integer, rows integer, reason text,
  at integer);
create table if not exists state(key text primary key, value integer) without rowid;
"""


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
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
        connection.executescript(SCHEMA)
        salvage.probe(connection)
        connection.execute("pragma wal_checkpoint(truncate)").fetchall()
        salvage.keep_head(path)
    except BaseException:
        connection.close()
        raise
    return connection
