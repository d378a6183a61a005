"""Opens the ledger and lets others read it and write it in turn. Knows nothing of what the tables mean.

All writing happens on one thread, a transaction at a time; `write` returns after the commit is on disk. Reads have
connections of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from wacket.errors import BadSettings, StoreDamaged, Unavailable

LOST = "nodes, people and tokens; put a backup of the file in its place"

NOTES = "notes"  # in the `info` of a connection that writes: what is to be known of once it is on disk

T = TypeVar("T")
Work = Callable[[Connection], T]


class Ledger:
    """The one way to the ledger file. `write` and `write_sync` are serialised; reads run beside them.

    `noted` is called, on the writer thread, with what a transaction has noted down, once it is on disk.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.noted: Callable[[list[Any]], None] | None = None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="ledger")

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """Open or make the file and bring its tables up to date.

        Raises StoreDamaged if it is no ledger any more, and BadSettings where the place does not allow to use it.
        """
        engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False, "timeout": 10})
        event.listen(engine, "connect", _set_up)
        from wacket.ledger.migrate import upgrade

        try:
            upgrade(engine)
        except OperationalError as error:
            engine.dispose()
            why = f"{error.orig}; is the disk full, or the folder another user's?"
            raise BadSettings(f"the hub's ledger {path} cannot be used: {why}") from error
        except DatabaseError as error:
            engine.dispose()
            raise StoreDamaged(str(path), LOST) from error
        return cls(engine)

    async def write(self, work: Work[T]) -> T:
        """Run `work(connection)` in one transaction on the writer thread; committed when this returns."""
        return await asyncio.wrap_future(self._writer.submit(self._transact, work))

    def write_sync(self, work: Work[T]) -> T:
        """The same from a thread that may wait."""
        return self._writer.submit(self._transact, work).result()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for short reads. Sees the last commit."""
        with self._troubles_told(), self._engine.connect() as connection:
            yield connection

    def read(self, work: Work[T]) -> T:
        with self.reading() as connection:
            return work(connection)

    def copy(self, path: Path) -> None:
        """All of it as it is at one moment, in a new file; others write meanwhile. Raises Unavailable."""
        path.touch(0o600)
        with self._troubles_told(), self._engine.connect() as connection:
            outside = connection.execution_options(isolation_level="AUTOCOMMIT")
            outside.exec_driver_sql("vacuum into ?", (str(path),))

    def close(self) -> None:
        self._writer.shutdown()
        self._engine.dispose()

    def _transact(self, work: Work[T]) -> T:
        with self._troubles_told(), self._engine.begin() as connection:
            connection.info[NOTES] = notes = list[Any]()
            result = work(connection)
        if notes and self.noted is not None:
            self.noted(notes)
        return result

    @contextlib.contextmanager
    def _troubles_told(self) -> Iterator[None]:
        """What the disk does to us becomes an error that callers expect; our own mistakes go on as they are."""
        try:
            yield
        except OperationalError as error:
            raise Unavailable(f"the hub's ledger cannot be used ({error.orig}); is the disk full?") from error
        except DatabaseError as error:
            if type(error) is not DatabaseError:  # a broken rule of a table, or SQL that is none
                raise
            damage = StoreDamaged(str(self._engine.url.database), LOST)
            raise Unavailable(f"{damage} ({error.orig})", retry_after=60) from error


def _set_up(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("pragma journal_mode=wal")
    cursor.execute("pragma synchronous=full")
    cursor.execute("pragma foreign_keys=on")
    cursor.close()
