"""Keeps the disk from running full: refuses new data before that, so that nothing acknowledged can be lost.

A reserve file is given up when even cleaning up finds no space, and made again when there is enough. It decides on
what it measures at that moment; there is no state to reset when space comes back.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from wacket.errors import Unavailable

_MOST_RESERVED = 32 << 20

log = logging.getLogger(__name__)


class Space:
    """`reserve_bytes` is the free space below which nothing more is taken in."""

    def __init__(self, folder: Path, reserve_bytes: int) -> None:
        self._folder, self._least = folder, reserve_bytes
        self._file = folder / "reserve"
        self._size = min(_MOST_RESERVED, reserve_bytes // 4)
        self._low = False

    @property
    def free(self) -> int:
        """Bytes that the hub may still write on this disk."""
        found = os.statvfs(self._folder)
        return found.f_bavail * found.f_frsize

    def admit(self) -> None:
        """Raise Unavailable when the disk is nearly full."""
        free = self.free
        low = free < self._least
        if low != self._low:
            self._low = low
            log.warning("the disk is %s: %d MB free", "nearly full" if low else "no longer full", free >> 20)
        if low:
            raise Unavailable(
                f"the disk of the hub is nearly full: {free >> 20} MB free, {self._least >> 20} MB are kept free; "
                "make space (delete files, shorten the retention), the hub will go on by itself",
                5,
            )

    def has_room(self, size: int) -> bool:
        """Whether work that needs `size` bytes for a while would leave enough for new data."""
        return self.free - size >= self._least

    def scratch(self, size: int) -> AbstractContextManager[IO[bytes]]:
        """An empty file without a name, for up to `size` bytes; gone when it is closed, whatever happens.

        Raises Unavailable when that would not leave enough for new data.
        """
        if not self.has_room(size):
            raise Unavailable(
                f"this needs up to {(size >> 20) + 1} MB on the hub's disk for a while; {self.free >> 20} MB are free "
                f"and {self._least >> 20} MB are kept free for new data; make space, ask for a shorter range, or for "
                "csv or ndjson, which need none",
                60,
            )
        return tempfile.TemporaryFile(dir=self._folder)

    def tend(self) -> None:
        """Give up the reserve file where cleaning up needs it, or make it again. Call before such work."""
        free = self.free
        if free < self._size:
            self._file.unlink(missing_ok=True)
        elif not self._file.exists() and free >= self._least + 2 * self._size:
            self._make()

    def _make(self) -> None:
        with contextlib.suppress(OSError), self._file.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, self._size)
