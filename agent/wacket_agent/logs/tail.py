"""Reads one file from a place on, each byte once, for as long as it exists under any name.

It notices that the file was emptied or replaced by another with the same inode, and begins anew. When it falls so far
behind that it cannot come after, it goes on near the end and counts what it left out. It does not look for files:
following.py does.
"""

from __future__ import annotations

import os
from typing import Callable, NamedTuple

from wacket_agent.logs import places
from wacket_agent.logs.cutting import Cutter, Line
from wacket_agent.logs.places import MEASURED, Identity, Place

PIECE = 16384  # bytes; short lines grow tenfold on their way to the journal
KEPT_BEHIND = 1 << 20  # bytes before the end where it goes on

Opener = Callable[[str], int]


class Manner(NamedTuple):
    """How files of one kind are read: seconds until a half line is taken for a whole one, bytes it may be behind."""

    patience: float
    behind: int


class Tail:
    """`left_out` counts bytes since it was last looked at; whoever tells of them sets it to 0.

    `asleep_since` is the file's own time (ns) when it was closed because nothing was written to it any more.
    `from_start` says whether the lines that `read` gave last are the first of the file.
    """

    def __init__(self, identity: Identity, place: Place, manner: Manner, now: float) -> None:
        self.identity, self.path = identity, place.path
        self.left_out = 0
        self.from_start = False
        self.changed = now
        self.asleep_since = 0
        self._manner = manner
        self._measured, self._head = place.measured, place.head
        self._cutter = Cutter(place.offset, place.skipping)
        self._descriptor = -1
        self._is_checked = False

    @property
    def is_open(self) -> bool:
        return self._descriptor >= 0

    @property
    def reached(self) -> int:
        """Bytes that were read, with a half line at the end."""
        return self._cutter.done + self._cutter.held

    @property
    def place(self) -> Place:
        return Place(self._cutter.done, self._cutter.skipping, self._measured, self._head, self.path)

    def has_read(self, size: int) -> bool:
        """Whether there is nothing to do in a file of this size."""
        return size == self._cutter.done and not self._cutter.held

    def open(self, descriptor: int) -> bool:
        """Read from this open file. False, and closed, if it is another one."""
        info = os.fstat(descriptor)
        if (info.st_dev, info.st_ino) != self.identity:
            os.close(descriptor)
            return False
        self._descriptor, self._is_checked = descriptor, False
        return True

    def is_continued(self) -> bool:
        """Whether the open file is the one that was read before: inodes are used again. Raises OSError."""
        size = os.fstat(self._descriptor).st_size
        return self._measured > 0 and size >= self._cutter.done and self._begins_as_before()

    def go_to_end(self) -> None:
        """Leave out what is there already, because it was there before anybody asked for it."""
        size = os.fstat(self._descriptor).st_size
        # Perhaps a line is half written: what is left of it is no line.
        whole = size == 0 or self._read_at(size - 1, 1) == b"\n"
        self._cutter = Cutter(size, skipping=not whole)
        self._measure()

    def read(self, now: float) -> list[Line]:
        """The next lines; none if there are no more for now. Raises OSError."""
        size = os.fstat(self._descriptor).st_size
        at = self.reached
        self.from_start = False
        is_as_known = size == at and self._is_checked
        self._is_checked = True
        if size < at or not (is_as_known or self._begins_as_before()):
            self._cutter, at, self._measured, self._head = Cutter(), 0, 0, 0
        if size - at > self._manner.behind:
            at = self._jump(size)
        data = self._read_at(at, PIECE) if size > at else b""
        if data:
            self.changed = now
            self.from_start = self._cutter.done == 0
            lines = self._cutter.feed(data)
            self._measure()
            return lines
        if self._cutter.held and now - self.changed >= self._manner.patience:
            self.from_start = self._cutter.done == 0
            return self._cutter.give_up_waiting()
        return []

    def fileno(self) -> int:
        """The open file, whose place for reading may be changed."""
        return self._descriptor

    def close(self) -> None:
        """Also lets go of a half line that was read; its place is still before it."""
        if self.is_open:
            os.close(self._descriptor)
        self._descriptor = -1
        self._cutter = Cutter(self._cutter.done, self._cutter.skipping)

    def _jump(self, size: int) -> int:
        there = size - min(KEPT_BEHIND, self._manner.behind)
        self.left_out += there - self._cutter.done
        self._cutter = Cutter(there, skipping=True)
        return there

    def _begins_as_before(self) -> bool:
        return places.checksum(self._read_at(0, self._measured)) == self._head if self._measured else True

    def _measure(self) -> None:
        if self._measured < MEASURED:
            beginning = self._read_at(0, min(MEASURED, self._cutter.done + self._cutter.held))
            self._measured, self._head = len(beginning), places.checksum(beginning)

    def _read_at(self, offset: int, most: int) -> bytes:
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        return os.read(self._descriptor, most)
