"""Makes the journal's file anew from a damaged one. The damaged file is kept beside, as it was found.

What can be read is copied from a copy into a file under a third name. Only when that is on disk does it take the place
of the damaged one, so that a crash or a full disk in between changes nothing: the next opening begins again, or goes
on from there. Which rows can be read is the business of rescue.py.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import zlib
from pathlib import Path

from wacket.history import durable, rescue, wal
from wacket.history.schema import NONSENSE, connect, has_tables, lenient
from wacket.history.shapes import Damage
from wacket.writing import sync

_PAGE = 4096
_SAME = 24  # bytes at the beginning that never change: what kind of file it is, and how large its pages are

log = logging.getLogger(__name__)


def mend_wal(path: Path, now: int) -> list[Damage]:
    """Mend the write-ahead log of `path` if there is one that needs it."""
    said = wal.mend(_tail(path, "-wal"))
    if not said:
        return []
    log.error("%s: %s", path, said)
    return [Damage(str(path), "journal", 0, 0, 0, said, now)]


def unfit(path: Path) -> str:
    """Why SQLite must not open this file, because it would take it for an empty or another one; else nothing."""
    head = _head(path)
    if not head:
        return ""
    if not path.exists():
        return "the file is gone"
    start = _start(path, _SAME)
    if not start:
        return "the file is empty"
    return "" if start == head[:_SAME] else "its first bytes are not as they were written"


def keep_head(path: Path) -> None:
    """Keep a copy of the first page, without which nothing else can be found. Call when the file is whole."""
    page = _start(path, _PAGE)
    if _head(path)[100:] != page[100:]:  # before that are counts, which are not needed to read
        durable.write(_tail(path, ".head"), page + zlib.crc32(page).to_bytes(4, "big"))


def rebuild(path: Path, reason: str, now: int) -> list[Damage]:
    """Make the file anew from all of it that can be read. The damage, first of all that there is some.

    Raises sqlite3.Error or OSError; then all is as before.
    """
    finish(path)
    scratch, building = path.with_name("journal.scratch.db"), path.with_name("journal.building.db")
    aside = _free(path)
    log.error("%s: %s; what can be read is copied, and the file kept as %s", path, reason, aside.name)
    told = [Damage(str(aside), "journal", 0, 0, 0, f"damaged ({reason}); readable rows were copied", now)]
    try:
        for tail in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                durable.copy(_tail(path, tail), _tail(scratch, tail))
        with contextlib.closing(connect(building)) as target:
            with contextlib.closing(_open_damaged(scratch, _head(path))) as source:
                told += rescue.copy(source, target, str(aside), now, told)
            target.execute("pragma wal_checkpoint(truncate)").fetchall()
        building.rename(_made(path))
        sync(path.parent)
    finally:
        for unfinished in (scratch, building):
            _remove(unfinished)
    finish(path)
    return told


def finish(path: Path) -> None:
    """Let a file that was made anew take its place, if there is one: also after a crash in the middle of this."""
    made = _made(path)
    if not made.exists():
        return
    aside = _free(path)
    for tail in ("-wal", ""):  # its log must never stand beside the new file
        with contextlib.suppress(FileNotFoundError):
            _tail(path, tail).rename(_tail(aside, tail))
    sync(path.parent)
    made.rename(path)
    sync(path.parent)


def _start(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        return file.read(length)


def _made(path: Path) -> Path:
    return path.with_name("journal.new.db")


def _tail(path: Path, tail: str) -> Path:
    return path.with_name(path.name + tail)


def _free(path: Path) -> Path:
    """A name for the damaged file that neither a file nor a log has."""
    number = 1
    while (free := path.with_name(f"{path.stem}.damaged-{number}.db")).exists() or _tail(free, "-wal").exists():
        number += 1
    return free


def _remove(path: Path) -> None:
    for tail in ("-wal", "-shm", "-journal", ""):
        _tail(path, tail).unlink(missing_ok=True)


def _head(path: Path) -> bytes:
    """The copy of the first page, if there is one that is as it was written."""
    with contextlib.suppress(FileNotFoundError):
        raw = _tail(path, ".head").read_bytes()
        if zlib.crc32(raw[:-4]).to_bytes(4, "big") == raw[-4:]:
            return raw[:-4]
    return b""


def _open_damaged(scratch: Path, head: bytes) -> sqlite3.Connection:
    """A connection to the file, its first page put back from the copy if it is that which is damaged."""
    if head and not _begins_well(scratch, head):
        _put_back(scratch, head)
    connection = sqlite3.connect(scratch, isolation_level=None)
    connection.text_factory = lenient
    return connection


def _begins_well(scratch: Path, head: bytes) -> bool:
    if not scratch.exists() or _start(scratch, _SAME) != head[:_SAME]:
        return False
    with contextlib.closing(sqlite3.connect(scratch, isolation_level=None)) as connection:
        connection.text_factory = lenient
        try:
            return has_tables(connection)
        except NONSENSE:
            return False


def _put_back(scratch: Path, head: bytes) -> None:
    page = bytearray(head)
    page[28:32] = bytes(4)  # the size of the file: whatever it is
    page[32:40] = bytes(8)  # no free pages: nothing will be written here any more
    with scratch.open("r+b" if scratch.exists() else "w+b") as file:
        file.write(page)
