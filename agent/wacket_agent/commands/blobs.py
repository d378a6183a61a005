"""What commands name by its SHA-256: programs, standard input, files. Fetched from the hub, checked, and kept a while.

A blob is in its place only when it is whole and is what its name says. Nothing is synced: what a power cut leaves is
thrown away. What no waiting command needs is removed, oldest first, beyond `ROOM` bytes and `MOST` blobs. Who asks the
hub, and when, is the desk's business.
"""

# ruff: noqa: PTH103, PTH105, PTH108, PTH110, PTH118, PTH123, PTH208

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from typing import Any, Iterable

ROOM = 256 << 20
MOST = 10_000
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
    """`boot` names this boot of the machine."""

    def __init__(self, folder: str, boot: str) -> None:
        self._folder = folder
        self._partial: dict[str, Partial] = {}
        os.makedirs(folder, 0o700, exist_ok=True)
        self._forget_other_boots(boot)
        with os.scandir(folder) as entries:
            whole = [(entry.stat(), entry.name) for entry in entries if _HASH.fullmatch(entry.name)]
        whole.sort(key=lambda one: one[0].st_mtime_ns)
        self._sizes = {name: about.st_size for about, name in whole}  # the longest unused first

    def path(self, sha256: str) -> str:
        return os.path.join(self._folder, sha256)

    def has(self, sha256: str) -> bool:
        if not os.path.exists(self.path(sha256)):
            return False
        self._sizes[sha256] = self._sizes.pop(sha256, 0)
        return True

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

    def make_room(self, needed: Iterable[str]) -> None:
        kept, size = set(needed), sum(self._sizes.values())
        for name in list(self._sizes):
            if size <= ROOM and len(self._sizes) <= MOST:
                return
            if name not in kept:
                size -= self._sizes.pop(name)
                _remove(self.path(name))

    def _forget_other_boots(self, boot: str) -> None:
        """And what came in part."""
        mark = os.path.join(self._folder, "boot")
        is_same = _read(mark) == boot.encode()
        for name in os.listdir(self._folder):
            if not is_same or name.endswith(".part"):
                _remove(os.path.join(self._folder, name))
        with open(mark, "wb") as file:
            file.write(boot.encode())

    def _finish(self, sha256: str, partial: Partial) -> str:
        partial.close()
        del self._partial[sha256]
        if partial.digest.hexdigest() == sha256:
            os.replace(partial.path, self.path(sha256))
            self._sizes[sha256] = partial.size
            return sha256
        os.unlink(partial.path)
        raise ValueError("what the hub sent is not what its SHA-256 says")


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
