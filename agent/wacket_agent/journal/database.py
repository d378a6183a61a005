"""One SQLite file that only this process uses: opening it, transactions, and what to do when it is damaged.

A damaged file is moved aside and a new one begun, because an agent that does not run tells nobody that it does not.
For the same reason it has room of its own inside: while others have filled the disk, what comes and goes still fits.
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

# Nobody else may open the file: two agents on one journal would number the same lines twice and run commands twice.
_ALONE = "PRAGMA locking_mode=EXCLUSIVE"
_SETTINGS = (
    "PRAGMA journal_mode={}",
    "PRAGMA journal_size_limit=4194304",
    # Its log is used from the beginning again so soon that it stays as large as the reserve has made it.
    "PRAGMA wal_autocheckpoint=256",
    "PRAGMA cache_size=-512",
    "PRAGMA temp_store=MEMORY",
    "DROP TABLE IF EXISTS reserve",  # left by whoever was killed while making it
)
# WAL is a second file, so a full disk has no room for it. Without one, a crash in the middle of a change damages the
# file; that is better than an agent that cannot say that the disk is full.
_USUAL, _CRAMPED = "WAL", "MEMORY"
_LOCK_SECONDS = 3.0  # for the agent before this one to end
_RESERVE = 1 << 20  # bytes that are free inside the file at each start
_PIECE = 64 << 10
_ENOUGH = 4 * _RESERVE  # bytes of the file system, to go on as usual
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

    def tidy(self) -> None:
        """Return unused pages to the file system, if there are many; and go on as usual if there is room again."""

        def shrink(connection: Connection) -> None:
            (free,) = question(connection, "PRAGMA freelist_count")
            if free > _GIVE_BACK_PAGES:
                connection.execute(f"PRAGMA incremental_vacuum({free // 2})").fetchall()

        self.do(shrink, durable=False)
        if self._mode != _USUAL and _has_room(self._path):
            self._connection.close()
            self._connection = self._open()

    def close(self) -> None:
        self._connection.close()

    def _open(self) -> Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(str(self._path), os.O_RDWR | os.O_CREAT, 0o600))  # logs are nobody else's to read
        first, second = (_USUAL, _CRAMPED) if _has_room(self._path) else (_CRAMPED, _USUAL)
        try:
            return self._opened(first)
        except sqlite3.OperationalError as error:
            if "full" not in str(error):
                raise
            return self._opened(second)

    def _opened(self, mode: str) -> Connection:
        connection = sqlite3.connect(str(self._path), timeout=_LOCK_SECONDS, isolation_level=None)
        try:
            connection.execute(_ALONE).fetchall()
            if not question(connection, "PRAGMA page_count")[0]:  # later it would only write to the disk
                connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
            for statement in (*_SETTINGS, *self._schema):
                connection.execute(statement.format(mode)).fetchall()
            if mode == _USUAL and _has_room(self._path):
                _reserve(connection)
        except BaseException:
            connection.close()
            raise
        self._mode = mode
        return connection

    @contextlib.contextmanager
    def _transaction(self, durable: bool) -> Iterator[Connection]:
        self._connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        with _whole(self._connection) as connection:
            yield connection

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


def _reserve(connection: Connection) -> None:
    """Write empty pages and free them, so that the file and its log have so much room. In pieces, to spare memory."""
    connection.execute("CREATE TABLE reserve (room BLOB)")
    for _ in range(_RESERVE // _PIECE):
        connection.execute("INSERT INTO reserve VALUES (zeroblob(?))", (_PIECE,))
    connection.execute("DROP TABLE reserve")


@contextlib.contextmanager
def _whole(connection: Connection) -> Iterator[Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _has_room(path: Path) -> bool:
    """Whether the file system has room enough to go on as usual. Where nobody knows it is tried."""
    if not hasattr(os, "statvfs"):  # Windows
        return True
    state = os.statvfs(str(path.parent))
    return state.f_bavail * state.f_frsize >= _ENOUGH


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
