"""One SQLite file that only this process uses: opening it, transactions, and what to do when it is damaged.

A damaged file is moved aside and a new one begun, because an agent that does not run tells nobody that it does not.
It knows no tables: the store brings them. Used from one thread.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any, Callable, Iterator, Sequence, TypeVar

T = TypeVar("T")
Connection = sqlite3.Connection

_SETTINGS = (
    # Nobody else may open the file: two agents on one journal would number the same lines twice and run commands twice.
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA auto_vacuum=INCREMENTAL",
    "PRAGMA journal_mode=WAL",
    "PRAGMA journal_size_limit=4194304",
    "PRAGMA cache_size=-512",
    "PRAGMA temp_store=MEMORY",
)
_LOCK_SECONDS = 3.0  # for the agent before this one to end
_GIVE_BACK_PAGES = 1024
_DAMAGED = ".damaged"


class Unwritten(OSError):
    """The file did not take it, and kept nothing of it."""


class Database:
    """`schema` is run at each opening. `anew` counts how often a damaged file was replaced."""

    def __init__(self, path: Path, schema: Sequence[str]) -> None:
        self._path, self._schema = path, schema
        self.anew = 0
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise Unwritten(f"{path} cannot be opened: {error}{_hint(error)}") from error
            self._move_aside()
            self._connection = self._open()

    def do(self, work: Callable[[Connection], T], durable: bool = True) -> T:
        """The result of `work`, done as a whole or not at all. Raises Unwritten.

        Not durable: on disk before the process can be killed, but perhaps not when the power fails.
        """
        try:
            with self._transaction(durable) as connection:
                return work(connection)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise Unwritten(f"{self._path}: {error}") from error
            self._begin_anew()
            raise Unwritten(f"{self._path} was damaged ({error}); a new one was begun") from error

    @property
    def replaced(self) -> bool:
        """Whether a damaged file lies beside this one."""
        return _beside(self._path, _DAMAGED).exists()

    def give_back(self) -> None:
        """Return unused pages to the file system, if there are many."""

        def shrink(connection: Connection) -> None:
            (free,) = question(connection, "PRAGMA freelist_count")
            if free > _GIVE_BACK_PAGES:
                connection.execute(f"PRAGMA incremental_vacuum({free // 2})").fetchall()

        self.do(shrink, durable=False)

    def close(self) -> None:
        self._connection.close()

    def _open(self) -> Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(str(self._path), os.O_RDWR | os.O_CREAT, 0o600))  # logs are nobody else's to read
        connection = sqlite3.connect(str(self._path), timeout=_LOCK_SECONDS, isolation_level=None)
        try:
            for statement in (*_SETTINGS, *self._schema):
                connection.execute(statement).fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def _transaction(self, durable: bool) -> Iterator[Connection]:
        connection = self._connection
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _begin_anew(self) -> None:
        self._connection.close()
        self._move_aside()
        self._connection = self._open()

    def _move_aside(self) -> None:
        """Keep the damaged file for whoever wants to look at it; one is enough for a small disk."""
        self.anew += 1
        for ending in ("", "-wal"):
            part, aside = _beside(self._path, ending), _beside(self._path, _DAMAGED + ending)
            with contextlib.suppress(FileNotFoundError):
                aside.unlink()
            with contextlib.suppress(FileNotFoundError):
                part.replace(aside)


def discard(path: Path) -> None:
    """Remove a database that nobody has open, with what SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            _beside(path, ending).unlink()


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """SQLite raises the bare class for a file that makes no sense, and a subclass for everything else."""
    return type(error) is sqlite3.DatabaseError


def _hint(error: sqlite3.DatabaseError) -> str:
    return "; does another agent use it?" if "locked" in str(error) else ""


def question(connection: Connection, sql: str, *values: Any) -> tuple[Any, ...]:
    """The one row that an aggregate always gives."""
    row: tuple[Any, ...] = connection.execute(sql, values).fetchone()
    return row
