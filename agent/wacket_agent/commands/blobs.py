"""What commands name by its SHA-256: programs, standard input, files. Fetched from the hub, checked, and kept a while.

A blob is in its place only when it is whole and is what its name says. What no waiting command needs is removed,
oldest first, beyond `ROOM` bytes. Who asks the hub, and when, is the desk's business.
"""

# ruff: noqa: PTH103, PTH105, PTH108, PTH110, PTH118, PTH123, PTH208

from __future__ import annotations

import hashlib
import os
import re
from typing import Any, Callable, Iterable

ROOM = 256 << 20
LARGEST = 1 << 30
UNASKED = 1 << 20  # bytes of one that the hub sends before the command that needs it

_HASH = re.compile("[0-9a-f]{64}")


class Partial:
    """A blob on its way."""

    def __init__(self, path: str) -> None:
        self.path, self.size = path, 0
        self.digest = hashlib.sha256()
        self._file = open(path, "wb", buffering=0)  # noqa: SIM115 - it stays open until the last piece

    def add(self, data: bytes) -> None:
        self._file.write(data)
        self.digest.update(data)
        self.size += len(data)

    def close(self) -> None:
        self._file.close()


class Blobs:
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._partial: dict[str, Partial] = {}
        os.makedirs(folder, 0o700, exist_ok=True)
        for name in os.listdir(folder):
            if name.endswith(".part"):
                os.unlink(os.path.join(folder, name))

    def path(self, sha256: str) -> str:
        return os.path.join(self._folder, sha256)

    def has(self, sha256: str) -> bool:
        return os.path.exists(self.path(sha256))

    def offset(self, sha256: str) -> int:
        """How much of it is here."""
        return self._partial[sha256].size if sha256 in self._partial else 0

    def ask(self, sha256: str) -> None:
        """From now on take it in pieces of any number."""
        if sha256 not in self._partial:
            self._partial[sha256] = Partial(self.path(sha256) + ".part")

    def take(self, head: dict[str, Any], data: bytes) -> str:
        """The SHA-256 if this piece made it whole, else "". Raises ValueError for what is not what its name says."""
        sha256, offset, size = head.get("sha256"), head.get("offset"), head.get("size")
        if not (isinstance(sha256, str) and _HASH.fullmatch(sha256) and type(offset) is int and type(size) is int):
            return ""
        if sha256 not in self._partial:
            if self.has(sha256) or offset or size != len(data) or size > UNASKED:
                return ""
            self.ask(sha256)
        partial = self._partial[sha256]
        if offset != partial.size:
            return ""
        partial.add(data)
        if partial.size < min(size, LARGEST):
            return ""
        return self._finish(sha256, partial)

    def forget(self, sha256: str) -> None:
        """Nobody wants the rest of it any more."""
        partial = self._partial.pop(sha256, None)
        if partial:
            partial.close()
            os.unlink(partial.path)

    def make_room(self, needed: Iterable[str], stat: Callable[[str], os.stat_result] = os.stat) -> None:
        kept, size = set(needed), 0
        whole = [name for name in os.listdir(self._folder) if _HASH.fullmatch(name)]
        ages = sorted(((stat(self.path(name)), name) for name in whole), key=lambda one: -one[0].st_mtime_ns)
        for about, name in ages:
            size += about.st_size
            if size > ROOM and name not in kept:
                os.unlink(self.path(name))
                size -= about.st_size

    def _finish(self, sha256: str, partial: Partial) -> str:
        partial.close()
        del self._partial[sha256]
        if partial.digest.hexdigest() == sha256:
            os.replace(partial.path, self.path(sha256))
            return sha256
        os.unlink(partial.path)
        raise ValueError("what the hub sent is not what its SHA-256 says")
