"""Writes lines into the file of this process. Never raises, and waits for nobody but who makes the file.

Each line is one write at the end of the file, so that threads need no lock. A lock is held on the file for as long as
the process lives: that is how others know. After a fork the child has a file of its own. Whoever closes all files of
the process, as a daemon does, closes this one too: it is looked at before each write, and made anew.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import deque
from typing import Callable

from wacket_log import lines, process, tidying

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LIMIT = 8 << 20  # bytes of one file; then the next is begun, and the one before the last is removed
RETRY_SECONDS = 10.0  # where no file can be made
LONGEST_WAIT = 1.0  # seconds, for another thread that makes the file
MOST_QUEUED = 1000  # lines that come while the file is being made
MODE = 0o644  # the agent has an account of its own
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class _File:
    """An open log file of this process. Keeps its lock until it is closed."""

    def __init__(self, folder: str, first: Callable[[bool], bytes]) -> None:
        self.path = os.path.join(folder, f"wacket_log_{os.urandom(10).hex()}")  # noqa: PTH118 - light and everywhere
        self.descriptor = os.open(self.path, _FLAGS, MODE)
        try:
            info = os.fstat(self.descriptor)
            self._identity = (info.st_dev, info.st_ino)
            beginning = first(_lock(self.descriptor))
            self.size = os.write(self.descriptor, beginning)
        except OSError:
            os.close(self.descriptor)
            raise

    def is_ours(self) -> bool:
        """Whether the number still stands for this file: the program may have closed it and opened another."""
        try:
            info = os.fstat(self.descriptor)
        except OSError:
            return False
        return (info.st_dev, info.st_ino) == self._identity

    def close(self, remove: bool = False) -> None:
        try:
            if remove:
                os.unlink(self.path)  # noqa: PTH108
            if self.is_ours():
                os.close(self.descriptor)
        except OSError:
            pass


class Writer:
    """`statistics` counts what was written, and what could not be."""

    def __init__(self, folder: str | None = None, program: str | None = None, limit: int = LIMIT) -> None:
        self._folder = folder or process.folder()
        self._program, self._limit = program, limit
        self._written = self._lost = self._files = 0
        self._begin()
        _WRITERS.add(self)

    def write(self, line: bytes) -> None:
        """A whole line with its LF."""
        try:
            if self._pid != os.getpid():  # forked by something that does not tell Python
                self.begin_in_child()
            self._lost += len(self._queue) == MOST_QUEUED
            # Whoever makes the file just now writes this line too.
            self._queue.append(line)
            file = self._current()
            while file is not None and self._queue:
                self._append(file, self._queue.popleft())
        except IndexError:  # another thread has written it
            return
        except Exception:
            self._lost += 1

    def statistics(self) -> dict[str, int]:
        return {"lines": self._written, "lost": self._lost, "files": self._files}

    def close(self) -> None:
        """Let go of the files; they stay where they are, for the agent. The next line begins another."""
        for file in (self._file, self._before):
            if file is not None:
                file.close()
        self._begin()

    def begin_in_child(self) -> None:
        """After a fork: the files are the parent's, and so is whatever its other threads held."""
        self.close()
        self._written = self._lost = self._files = 0

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._file: _File | None = None
        self._before: _File | None = None
        self._opening = threading.Lock()
        self._opener = 0
        self._queue: deque[bytes] = deque(maxlen=MOST_QUEUED)
        self._part = 0
        self._try_at = 0.0
        self._is_torn = False  # of the last line only a part was written

    def _current(self) -> _File | None:
        """The file to write into; None while it is being made, perhaps by this very thread under a signal."""
        file = self._file
        if file is not None and file.size < self._limit and file.is_ours():
            return file
        if self._opener == threading.get_ident() or not self._opening.acquire(timeout=LONGEST_WAIT):
            return None
        try:
            self._opener = threading.get_ident()
            if self._file is file:
                self._open(file)
            return self._file
        finally:
            self._opener = 0
            self._opening.release()

    def _open(self, old: _File | None) -> None:
        try:
            if time.monotonic() < self._try_at:
                raise OSError("a file could not be made a moment ago")
            if not self._part:
                tidying.tidy(self._folder, time.time())
            new = _File(self._folder, self._header)
        except OSError:
            if time.monotonic() >= self._try_at:
                self._try_at = time.monotonic() + RETRY_SECONDS
            self._lost += len(self._queue) - 1
            self._queue.clear()
            raise
        if self._before is not None:
            self._before.close(remove=True)
        self._before, self._file = old, new
        self._part, self._try_at, self._is_torn = self._part + 1, 0.0, False
        self._files += 1

    def _append(self, file: _File, line: bytes) -> None:
        data = b"\n" + line if self._is_torn else line
        written = os.write(file.descriptor, data)
        file.size += written
        self._is_torn = written < len(data)
        self._written += not self._is_torn
        self._lost += self._is_torn

    def _header(self, holds_lock: bool) -> bytes:
        name = self._program or process.program()
        return lines.header(self._pid, name, process.user(), process.start(), self._part + 1, holds_lock)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (OSError, AttributeError):
        return False
    return True


_WRITERS: weakref.WeakSet[Writer] = weakref.WeakSet()


def _begin_all_in_child() -> None:
    for writer in list(_WRITERS):
        writer.begin_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_all_in_child)
