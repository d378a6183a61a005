"""The frame of a backup: plain tar, made and read in pieces. Pure.

Of what tar can say only regular files with relative names: anybody may have made the archive that is read, so links,
devices, folders and extended headers are refused, and a name that could lead elsewhere is never given to anybody.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import NamedTuple

from wacket.errors import BadRequest

BLOCK = 512
END = bytes(2 * BLOCK)
LONGEST, LONGEST_PART, DEEPEST = 240, 150, 8
_PLAIN = (b"0", b"\0")
_NOT_OURS = "this is not a backup made by Wacket (a plain .tar; unpack .gz or .zst first)"


class Entry(NamedTuple):
    """A file begins; so many bytes follow, in pieces, and then None."""

    name: str
    size: int


def header(name: str, size: int, at: int) -> bytes:
    """The block before a file of `size` bytes, last changed at `at` (seconds since 1970). Raises ValueError."""
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, at, 0o600
    if size >= 8 << 30 and len(name.encode()) <= 100:  # more than ustar's twelve digits
        return info.tobuf(tarfile.GNU_FORMAT)
    return info.tobuf(tarfile.USTAR_FORMAT)


def padding(size: int) -> bytes:
    return bytes(-size % BLOCK)


def unfit(name: str) -> str:
    """Why a file of a backup cannot have this name; nothing where it can."""
    parts = name.split("/")
    if len(name.encode("utf-8", "replace")) > LONGEST or len(parts) > DEEPEST:
        return "it is too long"
    if any(part in ("", ".", "..") or len(part.encode("utf-8", "replace")) > LONGEST_PART for part in parts):
        return "it does not name a file in the data folder"
    return "" if name.isprintable() and "\\" not in name else "it has characters that are in no file's name here"


class Reader:
    """Give it the archive in pieces, of any size; it gives an Entry, bytes, and None for every file."""

    def __init__(self) -> None:
        self._head = b""
        self._left = self._pad = 0
        self._behind = 0  # bytes behind the end: tar fills its last record
        self.ended = False

    def feed(self, data: bytes) -> Iterator[Entry | memoryview | None]:
        """Raises BadRequest; then nothing more can be read."""
        rest = memoryview(data)
        while rest and not self.ended:
            if self._left:
                piece, rest = rest[: self._left], rest[self._left :]
                self._left -= len(piece)
                yield piece
                if not self._left:
                    yield None
            elif self._pad:
                skipped = min(self._pad, len(rest))
                self._pad, rest = self._pad - skipped, rest[skipped:]
            else:
                needed = BLOCK - len(self._head)
                self._head, rest = self._head + bytes(rest[:needed]), rest[needed:]
                yield from self._begin()
        self._behind += len(rest)
        if self._behind > 1 << 20:
            raise BadRequest("something follows on the end of the backup; this is not the file that the hub made")

    def _begin(self) -> Iterator[Entry | None]:
        if len(self._head) < BLOCK:
            return
        block, self._head = self._head, b""
        if not any(block):
            self.ended = True
            return
        entry = _entry(block)
        self._left, self._pad = entry.size, -entry.size % BLOCK
        yield entry
        if not entry.size:
            yield None


def _entry(block: bytes) -> Entry:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.TarError, ValueError) as error:
        raise BadRequest(f"{_NOT_OURS}: {error}") from error
    if info.type not in _PLAIN or info.size < 0:
        raise BadRequest(f"{_NOT_OURS}: {info.name[:80]!r} is not a plain file, and a backup has no others")
    if why := unfit(info.name):
        raise BadRequest(f"{_NOT_OURS}: a file is called {info.name[:80]!r}, and {why}")
    return Entry(info.name, info.size)
