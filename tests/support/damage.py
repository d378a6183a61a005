"""Damages files as a failing disk would."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path


def spoil_table(path: Path, table: str) -> None:
    """Overwrite the first page of one table of a SQLite file; nobody may be using it at that moment."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("pragma wal_checkpoint(truncate)")
        ((page,),) = database.execute("select rootpage from sqlite_master where name = ?", [table])
        ((size,),) = database.execute("pragma page_size")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
