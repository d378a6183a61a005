"""The journal: what was acknowledged is here, on disk, until a segment holds it.

SQLite in WAL mode with synchronous=FULL. One connection writes and checkpoints, guarded by one lock: SQLite before
3.51.3 can corrupt its WAL when two connections do that at once. So the sealer's transactions take turns with
`append`'s; all of them go through `transaction`. One row holds one batch, whatever the number of readings in it.

A failing disk: nothing of the failed call is kept, the file is closed, and the next call opens it anew and takes back
what the failed one may have left. It knows nothing of what the blobs mean.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from wacket.errors import Unavailable
from wacket.history import copying, durable, remembered, salvage
from wacket.history.extent import Extent
from wacket.history.schema import code, connect, is_damage
from wacket.history.segments import make_folder
from wacket.history.shapes import Damage, Mark, StoredReceipt

_CHECKPOINT_BYTES = 4 << 20  # of WAL; 8 to 14 ms, and short enough to be repaired quickly after a crash
_ADD_BATCH = "insert into batches(id, kind, rows, t_min, t_max, at, crc, blob) values(?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_DAMAGE = "insert into damage values(?, ?, ?, ?, ?, ?, ?)"
_BATCHES = """select id, kind, rows, t_min, t_max, at, blob, crc from batches where id > ? and id <= ?
  order by id"""
_HOPELESS = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

log = logging.getLogger(__name__)


class Row(NamedTuple):
    """One batch as it stands in the journal. `blob` is what codec.encode made."""

    id: int
    kind: str
    rows: int
    t_min: int
    t_max: int
    at: int
    blob: bytes


class Journal:
    """`opened` counts how often the file was opened: when it grows, what is in memory may be the only good copy."""

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._extent = Extent(path.with_name(path.name + "-wal"))
        self._wal = 0
        self._undo_from: int | None = None
        self._trouble = ""
        self._closed = False
        self._hopeless = ""  # why the file made no sense: the next opening makes it anew
        self._unwritten: list[Damage] = []
        self.opened = 0
        self.commits = 0
        self.bytes = 0
        self.found: list[Damage] = []  # what opening had to leave behind; it is written down already
        with self._lock:
            self._open()

    @property
    def trouble(self) -> str:
        """Why nothing can be written now; empty when all is well."""
        return self._trouble

    @property
    def hopeless(self) -> bool:
        """The file makes no sense, and the next use makes it anew from what can be read."""
        return bool(self._hopeless)

    @contextlib.contextmanager
    def transaction(self, undo_from: int | None = None) -> Iterator[sqlite3.Connection]:
        """One transaction, on disk when the block is left without an error. Waits for its turn.

        Raises Unavailable, nothing kept, when the disk is full or fails. With `undo_from`, rows of that number and
        above are removed when the file is next opened, if it cannot be told whether the disk has them.
        """
        with self._lock:
            connection = self._connection or self._open()
            try:
                connection.execute("begin immediate")
                yield connection
                connection.execute("commit")
                self._extent.note()
            except (sqlite3.OperationalError, sqlite3.InternalError) as error:
                self._fail(connection, error, undo_from)
            except sqlite3.DatabaseError as error:
                if type(error) is sqlite3.DatabaseError:  # its subclasses here mean that our own code is wrong
                    self._fail(connection, error, undo_from)
                connection.rollback()
                raise
            except BaseException:
                connection.rollback()
                raise

    def append(self, rows: Sequence[Row], marks: Sequence[Mark], receipts: Sequence[StoredReceipt], turn: int) -> None:
        """All or nothing, on disk on return. `turn` is the first row id of this call, never used before."""
        with self.transaction(undo_from=turn) as connection:
            for row in rows:
                connection.execute(_ADD_BATCH, (*row[:6], zlib.crc32(row.blob), row.blob))
            remembered.add(connection, marks, receipts, turn)
        written = sum(len(row.blob) for row in rows) + 4096 * (1 + len(rows) + len(marks) + len(receipts))
        self.commits += 1
        self.bytes += written
        self._wal += written
        if self._wal > _CHECKPOINT_BYTES:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Move the WAL into the file. A failure here loses nothing: it is tried again later."""
        with self._lock, contextlib.suppress(sqlite3.DatabaseError):
            if self._connection is not None:
                self._connection.execute("pragma wal_checkpoint(passive)").fetchall()
                self._wal = 0

    def copy(self, target: sqlite3.Connection, rest: Callable[[], None]) -> None:
        """Bring all of it into an empty file, as it is at the end of this. Between two steps others write; `rest` is
        called then. Raises Unavailable."""
        with self._lock:
            source = self._connection or self._open()
            copying.copy(source, target, self._lock, rest, lambda: self._connection is source)

    def batches(self, after: int, through: int) -> Iterator[Row | Damage]:
        """Rows `after` < id <= `through` in order; a row that is not as it was written comes as Damage."""
        found: list[tuple[Any, ...]] = []
        while after < through:
            with self.transaction() as connection:
                found = _some(connection.execute(_BATCHES, (after, through)))
            for row in found:
                good = zlib.crc32(row[6] or b"") == row[7]
                yield Row(*row[:7]) if good else damaged_row(self._path, row[:6])
            after = found[-1][0] if found else through

    def drop_rows(self, told: Sequence[Damage]) -> None:
        """Remember damaged rows as damage instead of as rows. What is left of them is kept in files."""
        with self.transaction() as connection:
            for damage in told:
                number = int(damage.path.rpartition("#")[2])
                blob = connection.execute("select blob from batches where id = ?", (number,)).fetchone()[0]
                self._keep(f"journal-row-{number}.arrows", blob)
                connection.execute("delete from batches where id = ?", (number,))
            connection.executemany(_ADD_DAMAGE, told)

    def _keep(self, name: str, blob: bytes) -> None:
        shelter = self._path.parent / "quarantine"
        try:
            make_folder(shelter)
            durable.write(shelter / name, blob)
        except OSError as error:
            raise Unavailable(f"what is left of a damaged batch cannot be kept in {shelter}: {error}", 5) from error

    def marks(self) -> tuple[list[Mark], list[Damage]]:
        """(the marks, those stored last at the end; what is told of damaged ones, which are forgotten)."""
        with self.transaction() as connection:
            marks, lost = remembered.marks(connection)
            return marks, self._lost(connection, "marks", lost)

    def receipts(self) -> tuple[list[StoredReceipt], list[Damage]]:
        """(the receipts, oldest first; what is told of damaged ones, which are forgotten)."""
        with self.transaction() as connection:
            receipts, lost = remembered.receipts(connection)
            return receipts, self._lost(connection, "receipts", lost)

    def _lost(self, connection: sqlite3.Connection, table: str, count: int) -> list[Damage]:
        if not count:
            return []
        reason = f"{count} {table} of senders are damaged; what they send again may be stored twice"
        told = Damage(str(self._path), table, 0, 0, 0, reason, self._clock())
        connection.execute(_ADD_DAMAGE, told)
        return [told]

    def forget_receipts(self, before: int) -> None:
        with self.transaction() as connection:
            connection.execute("delete from receipts where at < ?", (before,))

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                with contextlib.suppress(OSError):
                    self._extent.forget()
                self._connection.close()  # checkpoints and removes the WAL
            self._connection = None
            self._closed = True

    def _open(self) -> sqlite3.Connection:
        if self._closed:
            raise Unavailable("the hub is stopping")
        try:
            connection = self._connect()
        except (sqlite3.Error, OSError) as error:
            self._trouble = f"the journal {self._path} cannot be opened: {error}"
            raise Unavailable(f"{self._trouble}; mend the disk, the hub will go on by itself", 5) from error
        self._connection = connection
        self.opened += 1
        if self._trouble:
            log.info("the journal works again")
        self._trouble = ""
        return connection

    def _connect(self) -> sqlite3.Connection:
        salvage.finish(self._path)
        self._look_at_length()
        self._unwritten += salvage.mend_wal(self._path, self._clock())
        connection = self._readable()
        try:
            self._undo(connection)
            self._extent.forget()
            salvage.keep_head(self._path)
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlite3.DatabaseError) and is_damage(error):
                self._hopeless = str(error)
            raise
        self.found += self._unwritten
        self._undo_from, self._unwritten = None, []
        return connection

    def _look_at_length(self) -> None:
        reason = self._extent.missing()
        if not reason:
            self._extent.forget()  # opening empties the log
        elif all(told.reason != reason for told in self._unwritten):
            self._unwritten.append(Damage(str(self._path), "journal", 0, 0, 0, reason, self._clock()))

    def _readable(self) -> sqlite3.Connection:
        """A file that makes no sense is made anew from what can be read of it."""
        reason = self._hopeless or salvage.unfit(self._path)
        if not reason:
            try:
                return connect(self._path)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                reason = str(error)
        self._unwritten += salvage.rebuild(self._path, reason, self._clock())
        self._hopeless = ""
        return connect(self._path)

    def _fail(self, connection: sqlite3.Connection, error: sqlite3.DatabaseError, undo_from: int | None) -> NoReturn:
        with contextlib.suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.rollback()
        if code(error) == sqlite3.SQLITE_FULL:
            raise Unavailable("the disk of the hub is full; free some space, the hub will go on by itself", 5)
        # An fsync that failed once may lie the next time, so the file is not used again as it is open now.
        self._connection = None
        with contextlib.suppress(sqlite3.Error, OSError):
            self._extent.forget()
            connection.close()
        if undo_from is not None:
            self._undo_from = min(undo_from, self._undo_from or undo_from)
        self._hopeless = str(error) if code(error) in _HOPELESS else ""
        self._trouble = f"the journal {self._path} failed: {error}"
        log.error(self._trouble)
        raise Unavailable(f"{self._trouble}; nothing of this was kept", 1) from error

    def _undo(self, connection: sqlite3.Connection) -> None:
        """Take back what a failed call may have left: its sender was told that nothing was kept. Write down damage."""
        if self._undo_from is None and not self._unwritten:
            return
        connection.execute("begin immediate")
        connection.executemany(_ADD_DAMAGE, self._unwritten)
        if self._undo_from is not None:
            connection.execute("delete from batches where id >= ?", (self._undo_from,))
            remembered.take_back(connection, self._undo_from)
        connection.execute("commit")


def damaged_row(path: Path, row: Sequence[int | str]) -> Damage:
    """What to say of a batch (id, kind, rows, t_min, t_max, at) whose crc is wrong."""
    number, kind, rows, t_min, t_max, at = row
    return Damage(f"{path}#{number}", str(kind), int(t_min), int(t_max), int(rows), "the checksum is wrong", int(at))


def _some(cursor: sqlite3.Cursor) -> list[tuple[Any, ...]]:
    """The next rows, about 4 MB of them: what is read at once must fit into memory, and others wait meanwhile."""
    found, size = [], 0
    while size < 4 << 20 and (row := cursor.fetchone()) is not None:
        found.append(row)
        size += len(row[6] or b"") + 512
    cursor.close()
    return found
