"""Takes an archive apart as it comes in, and believes nothing of it: every file is compared with its sum, and nothing
is written but new files below one new folder. Bounded in memory; how much may be written, its caller decides.

Without a folder it only looks: whether this is a whole backup, and of what.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from wacket.backup import tar
from wacket.backup.names import ABOUT, END, FORMAT, JOURNAL, LEDGER, SUMS, is_wanted
from wacket.errors import BadRequest, Unavailable

MOST_SAID = 16 << 20  # bytes of what an archive says of itself at once
MOST_UNSUMMED = 100_000  # files whose sums have not come yet
LARGE = 1 << 20  # files of so many bytes go to the disk one by one; a million small ones go there at once
CHANGED = "the file was changed on its way; take it from where it was made once more"


class Contents(NamedTuple):
    """What a whole backup holds. `tops` are the entries of the data folder; `lost` counts files that were not in it as
    they should be when it was made, of which `left_out` names some."""

    about: dict[str, Any]
    files: int
    bytes: int
    tops: tuple[str, ...]
    lost: int
    left_out: list[dict[str, str]]


class Unpacking:
    """`add` the archive piece by piece, then `finish`. `room` is told each file's size before any of it is written, and
    may raise Unavailable."""

    def __init__(self, folder: Path | None, room: Callable[[int], None] = lambda _: None) -> None:
        self._folder, self._room = folder, room
        self._reader = tar.Reader()
        self._name, self._size = "", 0
        self._said: list[bytes] | None = None  # the present file is one that the archive says of itself
        self._file: int | None = None
        self._hash = hashlib.sha256()
        self._unsummed: dict[str, str] = {}
        self._chain, self._parts = hashlib.sha256(), 0
        self._tops: set[str] = set()
        self._has: set[str] = set()
        self.about: dict[str, Any] | None = None
        self._end: dict[str, Any] | None = None
        self.files = self.bytes = 0

    def add(self, piece: bytes) -> None:
        """Raises BadRequest where this is no backup, or not as it was made; Unavailable where the disk is full."""
        try:
            for what in self._reader.feed(piece):
                if isinstance(what, tar.Entry):
                    self._begin(what)
                elif what is None:
                    self._close()
                else:
                    self._write(what)
        except OSError as error:
            self.abandon()
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            why = "the disk is full" if full else f"it cannot be written: {error}"
            raise Unavailable(f"the backup cannot be unpacked: {why}; nothing was replaced", 60) from error

    def finish(self) -> Contents:
        """Everything is on disk. Raises BadRequest where something is missing."""
        end = self._end
        if self.about is None or end is None or not self._reader.ended or self._unsummed:
            raise BadRequest("the backup ends too early: it is not all there; nothing was replaced")
        counted = {"files": self.files, "bytes": self.bytes, "sums": self._parts, "sha256": self._chain.hexdigest()}
        if {name: end.get(name) for name in counted} != counted:
            raise BadRequest(f"the backup does not hold what its end says; {CHANGED}")
        if missing := {LEDGER, JOURNAL} - self._has:
            raise BadRequest(f"the backup has no {' and no '.join(sorted(missing))}, without which there is no hub")
        if self._folder is not None:
            os.sync()
        lost, left_out = end.get("lost"), end.get("left_out")
        named = [one for one in left_out if isinstance(one, dict)] if isinstance(left_out, list) else []
        told = [{"name": str(one.get("name", "")), "reason": str(one.get("reason", ""))} for one in named]
        return Contents(
            self.about, self.files, self.bytes, tuple(sorted(self._tops)), lost if isinstance(lost, int) else 0, told
        )

    def abandon(self) -> None:
        """Nothing more will be added."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _begin(self, entry: tar.Entry) -> None:
        self._name, self._size, self._hash = entry.name, entry.size, hashlib.sha256()
        if (self.about is None) != (entry.name == ABOUT) or self._end is not None:
            raise BadRequest("this is not a backup made by Wacket: its files are not in the order of one")
        if entry.name in (ABOUT, END) or entry.name.startswith(SUMS):
            if entry.size > MOST_SAID:
                raise BadRequest(f"{entry.name} is larger than any that a hub makes")
            self._said = []
            return
        if not is_wanted(entry.name):
            raise BadRequest(f"the backup has a file {entry.name!r}, which is no data of a hub")
        if len(self._unsummed) >= MOST_UNSUMMED or entry.name in self._unsummed:
            raise BadRequest(f"the sums of the backup's files are not where they should be; {CHANGED}")
        self._room(entry.size)
        self._open(entry.name)
        self.bytes += entry.size

    def _open(self, name: str) -> None:
        if self._folder is None:
            return
        path = self._folder / name
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
            raise BadRequest(f"the backup has {name!r} twice, or as file and folder; {CHANGED}") from error

    def _write(self, piece: memoryview) -> None:
        if self._said is not None:
            self._said.append(bytes(piece))
            return
        self._hash.update(piece)
        while self._file is not None and piece:
            piece = piece[os.write(self._file, piece) :]

    def _close(self) -> None:
        if self._said is not None:
            said, self._said = b"".join(self._said), None
            self._hear(said)
            return
        if self._file is not None:
            if self._size >= LARGE:
                os.fsync(self._file)
            self.abandon()
        self._unsummed[self._name] = self._hash.hexdigest()
        self._tops.add(self._name.partition("/")[0])
        self._has |= {self._name} & {LEDGER, JOURNAL}
        self.files += 1

    def _hear(self, said: bytes) -> None:
        if self._name == ABOUT:
            self.about = _checked_about(said)
        elif self._name == END:
            self._end = _json(said)
        else:
            self._parts += 1
            self._chain.update(said)
            self._compare(said)

    def _compare(self, sums: bytes) -> None:
        """All files since the last sums must be in these, and no others."""
        if self._name != f"{SUMS}{self._parts:05d}":
            raise BadRequest(f"some of the backup's sums are missing; {CHANGED}")
        said = dict(line.split("  ", 1)[::-1] for line in sums.decode("utf-8", "replace").splitlines() if "  " in line)
        wrong = [name for name, digest in self._unsummed.items() if said.get(name) != digest]
        if wrong or len(said) != len(self._unsummed):
            named = wrong[0] if wrong else "a file"
            raise BadRequest(f"{named} in the backup is not what it was when the backup was made; {CHANGED}")
        self._unsummed.clear()


def _checked_about(said: bytes) -> dict[str, Any]:
    about = _json(said)
    made = about.get("wacket_backup")
    if not isinstance(made, int):
        raise BadRequest("this is not a backup made by Wacket: it does not say that it is one")
    if made > FORMAT:
        raise BadRequest(f"the backup was made by a newer Wacket (form {made}; this one knows {FORMAT}); update first")
    return about


def _json(said: bytes) -> dict[str, Any]:
    try:
        value = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"what the backup says of itself cannot be read ({str(error)[:100]}); {CHANGED}") from error
    return value if isinstance(value, dict) else {}
