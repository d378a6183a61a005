"""Programs, standard input and files that jobs send along, each under the SHA-256 of what is in it.

A blob is whole and on disk, or not there. What no open command, schedule or late job names goes after a while. Which
node may have which is decided by whoever asks (deliveries.py).
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
from pathlib import Path

from wacket.errors import BadRequest, NotFound, Unavailable
from wacket.records import Statistics
from wacket.writing import sync, write_whole

DRAFT = ".draft"
HOUR = 3600


class Blobs:
    """Plain blocking calls, for threads. `room` is how many bytes all blobs may have."""

    def __init__(self, folder: Path, room: int) -> None:
        self._folder, self._room = folder, room
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for draft in folder.glob(f"*{DRAFT}"):
            draft.unlink()
        self._bytes = sum(path.stat().st_size for path in folder.iterdir())

    def put(self, content: bytes) -> str:
        """Keep it; its SHA-256. Raises Unavailable where there is no room."""
        name = hashlib.sha256(content).hexdigest()
        if not self.touch(name):
            self.require_room(len(content))
            write_whole(self._path(name), content)
            self._bytes += len(content)
        return name

    def draft(self, name: str) -> Draft:
        """A blob that comes in pieces; it is there when the draft is finished."""
        return Draft(self, name, self._folder / f"{name}.{secrets.token_hex(8)}{DRAFT}")

    def finish(self, draft: Draft) -> None:
        draft.path.replace(self._path(draft.name))
        sync(self._folder)
        self._bytes += draft.size

    @property
    def is_half_full(self) -> bool:
        return 2 * self._bytes > self._room

    def require_room(self, size: int) -> None:
        if self._bytes + size > self._room:
            raise Unavailable("the hub keeps no more files for jobs: commands.blobs_bytes is reached", retry_after=HOUR)

    def touch(self, name: str) -> bool:
        """Whether there is such a blob; it counts as used now."""
        try:
            os.utime(self._path(name))
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        """Raises NotFound."""
        try:
            return self._path(name).stat().st_size
        except FileNotFoundError:
            raise NotFound(f"the hub has no file {name} for jobs (any more)") from None

    def read(self, name: str, offset: int, most: int) -> bytes:
        """Raises NotFound."""
        try:
            with self._path(name).open("rb") as file:
                file.seek(offset)
                return file.read(most)
        except FileNotFoundError:
            raise NotFound(f"the hub has no file {name} for jobs (any more)") from None

    def sweep(self, named: Collection[str], before: float) -> int:
        """Remove those that nothing names and that were not used since `before` (seconds since 1970); how many."""
        gone = 0
        for path in self._old(before):
            if path.name not in named:
                size = path.stat().st_size
                path.unlink()
                self._bytes -= size
                gone += 1
        return gone

    def statistics(self) -> Statistics:
        return {"blob_bytes": self._bytes}

    def _old(self, before: float) -> Iterator[Path]:
        for path in self._folder.iterdir():
            if path.suffix != DRAFT and path.stat().st_mtime < before:
                yield path

    def _path(self, name: str) -> Path:
        """`name` is a SHA-256 that was checked to be one (spec.is_hash)."""
        return self._folder / name


class Draft:
    """A file as it comes in; `with` removes it where it was not finished."""

    def __init__(self, blobs: Blobs, name: str, path: Path) -> None:
        self._blobs, self.name, self.path = blobs, name, path
        self.size, self._hash = 0, hashlib.sha256()

    def __enter__(self) -> Draft:
        self._file = self.path.open("xb")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)

    def add(self, piece: bytes) -> None:
        """Raises Unavailable where there is no room."""
        self._blobs.require_room(self.size + len(piece))
        self._file.write(piece)
        self._hash.update(piece)
        self.size += len(piece)

    def finish(self) -> None:
        """On disk when this returns. Raises BadRequest if it is not what it was called."""
        if self._hash.hexdigest() != self.name:
            raise BadRequest(f"what came has the SHA-256 {self._hash.hexdigest()}, not {self.name}; send it again")
        if self._blobs.touch(self.name):
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._blobs.finish(self)
