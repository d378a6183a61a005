"""Which files a backup holds, each as it is at moments that fit together. Reads no contents.

The order makes them fit: first the journal, then the ledger, which knows every series before the journal has a reading
of it, then what lies in files, which is on disk before the ledger speaks of it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from wacket.backup.names import JOURNAL, LEDGER, SCRATCH, is_left
from wacket.errors import Unavailable
from wacket.history import History
from wacket.history.segments import FOLDERS
from wacket.history.shapes import Segment
from wacket.ledger.store import Ledger

_SEGMENTS = frozenset(f"history/{name}" for name in FOLDERS.values())


class Source(NamedTuple):
    """A file, its name in the archive, and its crc32 where that is known."""

    name: str
    path: Path
    crc: int | None = None


@contextlib.contextmanager
def snapshot(folder: Path, history: History, ledger: Ledger, token: str) -> Iterator[Iterator[Source]]:
    """The files, readable until the block is left. Raises Unavailable where there is no room for the copies."""
    scratch = folder / f"{SCRATCH}{token}"
    _require_room(folder, history)
    try:
        scratch.mkdir(mode=0o700)
        with history.still(scratch / "journal.db") as still:
            ledger.copy(scratch / "ledger.db")
            first = [Source(LEDGER, scratch / "ledger.db"), Source(JOURNAL, scratch / "journal.db")]
            named = [_source(segment, folder) for segment in still.segments]
            unsure = [Source(f"history/{name}", history.folder / name) for name in still.unsure]
            yield _all(first, _lying(folder), named, unsure)
    except OSError as error:
        raise Unavailable(f"the backup cannot be made: {error}; is the disk full?", 60) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _require_room(folder: Path, history: History) -> None:
    sizes = ((folder / name).stat().st_size for name in (LEDGER, JOURNAL))
    if not history.space.has_room(needed := sum(sizes)):
        raise Unavailable(
            f"a backup needs {(needed >> 20) + 1} MB on the hub's disk for a while; {history.space.free >> 20} MB are "
            "free, and some of it is kept for new data; make space and try again",
            60,
        )


def _all(*groups: list[Source] | Iterator[Source]) -> Iterator[Source]:
    for group in groups:
        yield from group


def _source(segment: Segment, folder: Path) -> Source:
    return Source(Path(segment.path).relative_to(folder).as_posix(), Path(segment.path), segment.crc)


def _lying(folder: Path) -> Iterator[Source]:
    """What lies in the folder and is neither copied nor a segment: that is for the manifest to say."""
    waiting = [folder]
    while waiting:
        with contextlib.suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                name = Path(entry.path).relative_to(folder).as_posix()
                if entry.is_dir(follow_symlinks=False) and is_left(name) and name not in _SEGMENTS:
                    waiting.append(Path(entry.path))
                elif entry.is_file() and is_left(name):
                    yield Source(name, Path(entry.path))
