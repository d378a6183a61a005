"""Gets out of a damaged journal file what can still be read. Never deletes: the damaged file is set aside.

Row by row, since SQLite gives up at the first page that makes no sense. What could not be read is told as Damage.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from wacket.history import wal
from wacket.history.shapes import Damage

_MOST_PROBES = 1_000_000
_PAGE = 4096
_TABLES = ("state", "segments", "missing", "obsolete", "damage", "marks", "receipts")

log = logging.getLogger(__name__)


def mend_wal(path: Path, now: int) -> list[Damage]:
    """Mend the write-ahead log of `path` if there is one that needs it."""
    said = wal.mend(path.with_name(path.name + "-wal"))
    if not said:
        return []
    log.error("%s: %s", path, said)
    return [Damage(str(path), "journal", 0, 0, 0, said, now)]


def probe(connection: sqlite3.Connection) -> None:
    """Read every page that is not part of a blob. Raises sqlite3.DatabaseError when one makes no sense."""
    for table in ("batches", *_TABLES):
        connection.execute(f"select count(*) from {table}").fetchone()


def keep_head(path: Path) -> None:
    """Keep a copy of the first page, without which nothing else can be found. Call when the WAL is empty."""
    head = path.with_name(path.name + ".head")
    with path.open("rb") as file:
        page = file.read(_PAGE)
    if not head.exists() and page.startswith(b"SQLite format 3"):
        head.write_bytes(page)


def set_aside(path: Path) -> Path:
    """Rename the file and its WAL so that a new one can be made; the new name."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}.db")).exists():
        number += 1
    for tail in ("-wal", ""):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + tail).rename(aside.with_name(aside.name + tail))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    log.error("%s is damaged and was set aside as %s", path, aside.name)
    return aside


def copy_readable(aside: Path, target: sqlite3.Connection, now: int) -> list[Damage]:
    """Copy what can be read of the file that was set aside. The damage, first of all that there is some."""
    told = [Damage(str(aside), "journal", 0, 0, 0, "the file is damaged; readable rows were copied", now)]
    with contextlib.closing(_open_damaged(aside)) as source:
        source.text_factory = lambda raw: raw.decode("utf-8", "replace")
        target.execute("begin immediate")
        for table in _TABLES:
            for row in _rows(source, f"select * from {table}"):
                with contextlib.suppress(sqlite3.DatabaseError):
                    target.execute(f"insert or ignore into {table} values({','.join('?' * len(row))})", row)
        lost = _copy_batches(source, target)
        target.execute("commit")
    if lost:
        reason = f"journal rows that cannot be read: {lost}"
        told.append(Damage(str(aside), "journal", 0, 0, lost, reason, now))
    return told


def _open_damaged(aside: Path) -> sqlite3.Connection:
    """A connection to the file, its first page put back from the copy if it is that which is damaged."""
    connection = sqlite3.connect(aside, isolation_level=None)
    try:
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        connection.close()
        head = aside.with_name("journal.db.head")
        if head.exists():
            _put_back(aside, head.read_bytes())
        connection = sqlite3.connect(aside, isolation_level=None)
    return connection


def _put_back(aside: Path, head: bytes) -> None:
    page = bytearray(head)
    page[28:32] = (aside.stat().st_size // _PAGE).to_bytes(4, "big")  # the size of the file, in pages
    page[32:40] = bytes(8)  # no free pages: nothing will be written here any more
    with aside.open("r+b") as file:
        file.write(page)


def _copy_batches(source: sqlite3.Connection, target: sqlite3.Connection) -> int:
    """How many rows are lost, as far as that can be known."""
    ids = [row[0] for row in _rows(source, "select id from batches order by id")]
    ids += [row[0] for row in _rows(source, "select id from batches order by id desc")]
    if not ids:
        return 0
    lost = 0
    for number in range(min(ids), min(max(ids), min(ids) + _MOST_PROBES) + 1):
        try:
            row = source.execute("select * from batches where id = ?", (number,)).fetchone()
        except sqlite3.DatabaseError:
            lost += 1
            continue
        if row is not None:
            target.execute("insert or ignore into batches values(?,?,?,?,?,?,?,?)", row)
    return lost


def _rows(source: sqlite3.Connection, query: str) -> Iterator[tuple[int, ...]]:
    """Rows up to the first that cannot be read."""
    with contextlib.suppress(sqlite3.DatabaseError):
        yield from source.execute(query)
