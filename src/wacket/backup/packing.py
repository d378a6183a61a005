"""The archive of a backup, piece by piece, in bounded memory: the files, and what is needed to check them.

It begins with `backup/about.json` and ends with `backup/end.json`; in between, behind every few thousand files, stand
their SHA-256 sums (`backup/sums-NNNNN`, as `sha256sum -c` reads them). A file that cannot be read is no reason not to
save the others: it is named at the end.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from wacket.backup import tar
from wacket.backup.names import ABOUT, END, FORMAT, SUMS
from wacket.backup.snapshot import Source

FILES_PER_SUMS = 4096
MOST_NAMED = 1000  # of the files that could not be read; all are counted
_READ = 1 << 20
_PIECE = 1 << 18  # small files are gathered to so much


class Packing:
    """`about` says what this is a backup of. `left_out` tells of files that are not in it as they should be."""

    def __init__(self, about: Mapping[str, Any], at: int) -> None:
        self._about, self._at = about, at
        self._sums: list[str] = []
        self._chain, self._parts = hashlib.sha256(), 0
        self.files = self.bytes = self.lost = 0
        self.left_out: list[dict[str, str]] = []

    def pieces(self, sources: Iterable[Source]) -> Iterator[bytes]:
        """The whole archive."""
        waiting, size = [], 0
        for piece in self._all(sources):
            waiting.append(piece)
            size += len(piece)
            if size >= _PIECE:
                yield b"".join(waiting)
                waiting, size = [], 0
        yield b"".join(waiting)

    def _all(self, sources: Iterable[Source]) -> Iterator[bytes]:
        yield self._said(ABOUT, json.dumps({"wacket_backup": FORMAT, **self._about}).encode())
        for source in sources:
            yield from self._file(source)
            if len(self._sums) == FILES_PER_SUMS:
                yield self._flush()
        yield self._flush()
        end = {"files": self.files, "bytes": self.bytes, "sums": self._parts, "sha256": self._chain.hexdigest()}
        yield self._said(END, json.dumps({**end, "left_out": self.left_out, "lost": self.lost}).encode())
        yield tar.END

    def _file(self, source: Source) -> Iterator[bytes]:
        try:
            with source.path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(0)
                yield self._header(source.name, size)
                yield from self._contents(source, file, size)
                yield tar.padding(size)
        except (OSError, ValueError) as error:
            self._lose(source.name, "it is gone" if isinstance(error, FileNotFoundError) else str(error))

    def _header(self, name: str, size: int) -> bytes:
        if why := tar.unfit(name):
            raise ValueError(f"its name cannot be in a backup: {why}")
        return tar.header(name, size, self._at)

    def _contents(self, source: Source, file: IO[bytes], size: int) -> Iterator[bytes]:
        """Exactly `size` bytes, whatever becomes of the file: the header has said so."""
        found, crc, left, broken = hashlib.sha256(), 0, size, ""
        while left:
            piece = b"" if broken else _read(file, min(_READ, left))
            if not piece and not broken:
                broken = f"it cannot be read from byte {size - left} on; zeros stand there"
                self._lose(source.name, broken)
            piece = piece or bytes(min(_READ, left))
            found.update(piece)
            crc = zlib.crc32(piece, crc)
            left -= len(piece)
            yield piece
        if not broken and source.crc not in (None, crc):
            self._lose(source.name, "it is damaged: the checksum is wrong")
        self._sums.append(f"{found.hexdigest()}  {source.name}\n")
        self.files += 1
        self.bytes += size

    def _flush(self) -> bytes:
        """The sums of the files since the last ones."""
        if not self._sums:
            return b""
        text = "".join(self._sums).encode()
        self._sums.clear()
        self._parts += 1
        self._chain.update(text)
        return self._said(f"{SUMS}{self._parts:05d}", text)

    def _said(self, name: str, content: bytes) -> bytes:
        return tar.header(name, len(content), self._at) + content + tar.padding(len(content))

    def _lose(self, name: str, reason: str) -> None:
        self.lost += 1
        if len(self.left_out) < MOST_NAMED:
            self.left_out.append({"name": name[: tar.LONGEST], "reason": reason[:300]})


def _read(file: IO[bytes], most: int) -> bytes:
    """Nothing where the disk gives nothing."""
    try:
        return file.read(most)
    except OSError:
        return b""
