"""What commands said last, of all of them in one file: one wait for the disk covers however many spoke.

The files of the commands themselves are brought to the disk when this one has grown, and it begins anew; after a crash
it is what they are made whole from. Used in the writer's thread only.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from wacket.writing import sync

_HEAD = Struct(">4sQQQII")  # mark, job, node, offset, bytes, checksum of all but itself
_MARK = b"said"


class Entry(NamedTuple):
    """Whole records of one command, the first at `offset`."""

    job: int
    node: int
    offset: int
    data: bytes

    def packed(self) -> bytes:
        plain = _HEAD.pack(_MARK, self.job, self.node, self.offset, len(self.data), 0)
        return _HEAD.pack(_MARK, self.job, self.node, self.offset, len(self.data), _sum(plain, self.data)) + self.data


class Recent:
    """There is no file before anything was said. `size` is what was appended since it was cleared."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, -1
        self.size = 0

    def entries(self) -> Iterator[Entry]:
        """All that were on disk when they were told; what a crash has torn comes last and is left out."""
        content = self._path.read_bytes() if self._path.exists() else b""
        place = 0
        while place + _HEAD.size <= len(content):
            mark, job, node, offset, size, checksum = _HEAD.unpack_from(content, place)
            data = content[place + _HEAD.size : place + _HEAD.size + size]
            plain = _HEAD.pack(mark, job, node, offset, size, 0)
            if mark != _MARK or len(data) < size or _sum(plain, data) != checksum:
                return
            yield Entry(job, node, offset, data)
            place += _HEAD.size + size

    def append(self, entries: Iterable[Entry]) -> None:
        """On disk when this returns. After an error the same may be appended again."""
        self._open()
        data = b"".join(entry.packed() for entry in entries)
        written = 0
        while written < len(data):
            written += os.pwrite(self._file, data[written:], self.size + written)
        os.fdatasync(self._file)
        self.size += len(data)

    def clear(self) -> None:
        """All of it is where it belongs."""
        if self._path.exists():
            self._open()
            os.ftruncate(self._file, 0)
            os.fsync(self._file)
        self.size = 0

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _open(self) -> None:
        if self._file < 0:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            sync(self._path.parent)


def _sum(head: bytes, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(head))
