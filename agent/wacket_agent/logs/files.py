"""Log files that the owner of the machine named by patterns: each line becomes a log of the file's name.

What is no regular file is not opened, and compressed files, which are old ones, are left alone. How files are followed
over rotation is known to following.py.
"""

from __future__ import annotations

import glob
import os
import stat
import time
from typing import Iterable, Mapping, Sequence

from wacket_agent.logs import levels
from wacket_agent.logs.entries import Entry
from wacket_agent.logs.following import Following, Found, Piece, found
from wacket_agent.logs.joining import join
from wacket_agent.logs.opening import open_file
from wacket_agent.logs.outlet import Outlet
from wacket_agent.logs.tail import Manner

MARKS = "file/"
MOST_FILES = 200
MANNER = Manner(patience=2.0, behind=256 << 20)
GLOB_SECONDS = 2.0
GLOB_SHARE = 500  # a pattern that takes long to look through is looked at less often
_COMPRESSED = (".gz", ".xz", ".bz2", ".zst", ".lz4", ".zip", ".Z")


class FileLogs:
    def __init__(self, patterns: Sequence[str], saved: Mapping[str, str], outlet: Outlet, at_end: bool) -> None:
        self._patterns, self._outlet = patterns, outlet
        self._following = Following(MARKS, saved, MANNER, open_file, at_end)
        self._paths: list[str] = []
        self._glob_at = 0.0
        self._told: set[str] = set()

    def poll(self, now: float, at: int) -> None:
        """Read what there is. `now` is in monotonic seconds, `at` the time in µs."""
        if now >= self._glob_at:
            self._find(now, at)
        for piece in self._following.look(_looked_at(self._paths), now):
            self._outlet.put(_entries(piece, at), at, piece.marks)
            if self._outlet.is_full:
                return
        for path, why in self._following.refused.items():
            self._tell_once(f"{path} cannot be read: {why}", at)

    def close(self) -> None:
        self._following.close()

    def _find(self, now: float, at: int) -> None:
        begun = time.monotonic()
        found = {path for pattern in self._patterns for path in _fitting(pattern)}
        self._glob_at = now + max(GLOB_SECONDS, GLOB_SHARE * (time.monotonic() - begun))
        paths = sorted(path for path in found if not path.endswith(_COMPRESSED))
        if len(paths) > MOST_FILES:
            self._tell_once(f"the patterns for log files fit more than {MOST_FILES} files; the others are not read", at)
        self._paths = paths[:MOST_FILES]

    def _tell_once(self, message: str, at: int) -> None:
        if message not in self._told:
            self._told.add(message)
            self._outlet.tell("warn", message, at)


def _fitting(pattern: str) -> Iterable[str]:
    """A plain name fits also while there is no such file, so that it is seen as soon as it is there."""
    if not glob.has_magic(pattern):
        return [pattern]
    return glob.iglob(pattern, recursive=True)  # noqa: PTH207 - a whole pattern, which begins with /


def _looked_at(paths: Sequence[str]) -> dict[str, Found]:
    listed = {}
    for path in paths:
        try:
            info = os.stat(path)  # noqa: PTH116 - a Path for each file and second costs more than the question
        except OSError:
            continue
        if stat.S_ISREG(info.st_mode):
            listed[path] = found(info)
    return listed


def _entries(piece: Piece, at: int) -> list[Entry]:
    path = piece.tail.path
    entries = [Entry(at, levels.guess(line.text), line.text, path, {}, line.cut) for line in join(piece.lines)]
    if piece.left_out:
        entries.insert(0, Entry(at, "warn", f"{piece.left_out} bytes left out: too far behind", path))
    return entries
