"""Copies a SQLite file through the connection that writes it, a few pages at a time, so that its users hardly wait.

What they write meanwhile SQLite brings into the copy too, which is then of the moment when it was finished. Opens
nothing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable

from wacket.errors import Unavailable

_PAGES = 1024  # 4 MB, for which others wait some milliseconds


def copy(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    lock: threading.RLock,
    rest: Callable[[], None],
    is_good: Callable[[], bool],
) -> None:
    """Call with `lock` held once; it is let go between two steps, for as long as `rest` takes. Raises Unavailable, also
    when the source is not good any more then."""

    def let_others(*_: int) -> None:
        lock.release()
        try:
            rest()
        finally:
            lock.acquire()
        if not is_good():
            raise Unavailable("the journal failed while it was copied; try again", 5)

    try:
        source.backup(target, pages=_PAGES, progress=let_others)
    except sqlite3.Error as error:
        raise Unavailable(f"the journal cannot be copied: {error}; is the disk full?", 5) from error
