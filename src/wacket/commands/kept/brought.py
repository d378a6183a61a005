"""Files that nodes send back: whole and with the right hash, or not there. Their names never become paths.

How much a node may send is limited here; what for is control.py's.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from wacket.commands.kept.outputs import Outputs
from wacket.errors import BadRequest, NotFound
from wacket.ledger.commands import CommandRow
from wacket.writing import sync


class Arriving(NamedTuple):
    """A piece of a file."""

    job: int
    node: int
    name: str
    offset: int
    size: int
    sha256: str
    payload: bytes


class BroughtFiles:
    """`most` is how many bytes all files of one command may have."""

    def __init__(self, outputs: Outputs, most: int) -> None:
        self._outputs, self._most = outputs, most
        self.waiting = 0  # bytes
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="brought")  # one, so that pieces keep their order

    async def keep(self, piece: Arriving) -> int:
        """`take` in the writer's thread."""
        self.waiting += len(piece.payload)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, self.take, piece)
        finally:
            self.waiting -= len(piece.payload)

    async def whole(self, row: CommandRow) -> CommandRow:
        """The command with those of its files that are here, once all that came is on disk."""

        def present() -> list[dict[str, Any]]:
            return [file for file in row.files if self.path(row.job, row.node, file["name"]).exists()]

        here = await asyncio.get_running_loop().run_in_executor(self._writer, present)
        missing = len(row.files) - len(here)
        told = f"{missing} of the files to bring back did not come whole"
        return row._replace(files=tuple(here), reason=row.reason or (told if missing else ""))

    def close(self) -> None:
        self._writer.shutdown()

    def take(self, piece: Arriving) -> int:
        """Keep it, on disk when this returns: how far the file is there. What does not follow is left out.

        Raises BadRequest where it is too much. A file that is not what it was said to be is not kept.
        """
        if piece.offset + len(piece.payload) > piece.size:
            raise BadRequest("a file has more than its size")
        whole = self.path(piece.job, piece.node, piece.name)
        if whole.exists():
            return piece.size
        draft = whole.with_suffix(".part")
        draft.parent.mkdir(parents=True, exist_ok=True)
        have = draft.stat().st_size if draft.exists() else 0
        if piece.offset != have:
            return min(have, piece.size)
        others = sum(path.stat().st_size for path in draft.parent.iterdir() if path != draft)
        if others + piece.size > self._most:
            raise BadRequest(f"the files of a command have more than {self._most} bytes")
        with draft.open("ab") as file:
            file.write(piece.payload)
            file.flush()
            os.fsync(file.fileno())
        if have + len(piece.payload) == piece.size:
            _finish(draft, whole, piece.sha256)
        return have + len(piece.payload)

    def path(self, job: int, node: int, name: str) -> Path:
        """Where a file of this name is kept."""
        place = self._outputs.place(job, node)
        return place.folder / f"{node}.files" / f"{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}.whole"

    def find(self, job: int, node: int, name: str) -> Path:
        """Raises NotFound."""
        path = self.path(job, node, name)
        if not path.exists():
            raise NotFound(f"job {job} has brought no file {name[:80]!r} from this node, or it was removed by age")
        return path


def _finish(draft: Path, whole: Path, sha256: str) -> None:
    with draft.open("rb") as file:
        right = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    if right:
        draft.replace(whole)
    else:
        draft.unlink()
    sync(draft.parent)
