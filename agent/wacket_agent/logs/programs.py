"""Logs that programs write into files in a temporary folder, on the machine and inside its containers.

Anybody may write there, so nothing is trusted: no link is followed, nothing but regular files is opened, owner and
container are the system's word and not the file's, and everything is bounded. Files are never removed or changed here;
the library that writes them tidies up (docs/reference/program-log-format.md).
"""

from __future__ import annotations

import os
import stat
from typing import Iterator, Mapping, Sequence

from wacket_agent.logs import program_format
from wacket_agent.logs.entries import Entry
from wacket_agent.logs.following import Following, Found, Piece, found
from wacket_agent.logs.joining import join
from wacket_agent.logs.opening import open_folder, open_in_folder
from wacket_agent.logs.outlet import Outlet
from wacket_agent.logs.places import Identity, name_of
from wacket_agent.logs.program_format import FILE_NAME
from wacket_agent.logs.running import still_runs
from wacket_agent.logs.tail import Manner
from wacket_agent.logs.writers import Folder, Writer, met

MARKS, ENDED_MARKS = "program/", "program-ended/"
MOST_FILES = 1000
MOST_NAMES = 20_000  # in one folder
MANNER = Manner(patience=2.0, behind=32 << 20)
MOST_TOLD = 20  # files that cannot be read; each account may have its reasons
SCAN_SECONDS = 2.0
CHECK_SECONDS = 5.0  # between two looks whether programs still run


class ProgramLogs:
    def __init__(self, saved: Mapping[str, str], ended: Mapping[str, str], outlet: Outlet, at_end: bool) -> None:
        self._outlet = outlet
        self._following = Following(MARKS, saved, MANNER, open_safely, at_end)
        self._ended = {name for name, text in ended.items() if text}
        self._folders: dict[str, Folder] = {}
        self._writers: dict[Identity, Writer] = {}
        self._found: dict[str, Found] = {}
        self._scan_at = self._check_at = 0.0
        self._is_crowded = False
        self._told: set[str] = set()

    def look_in(self, folders: Sequence[Folder]) -> None:
        """The folders from now on. A file that is in two of them is the first one's."""
        self._folders = {folder.path: folder for folder in folders}

    def poll(self, now: float, at: int) -> None:
        """Read what there is. `now` is in monotonic seconds, `at` the time in µs."""
        if now >= self._scan_at:
            self._scan_at = now + SCAN_SECONDS
            self._scan(at)
        else:
            self._found = dict(_again(self._found))
        for piece in self._following.look(self._found, now):
            self._put(piece, at)
            if self._outlet.is_full:
                return
        self._tell_refused(at)
        if now >= self._check_at:
            self._check_at = now + CHECK_SECONDS
            self._tell_ended(at)

    def close(self) -> None:
        self._following.close()

    def _scan(self, at: int) -> None:
        listed: dict[str, Found] = {}
        for path in self._folders:
            for name, one in _listed(path):
                if len(listed) < MOST_FILES:
                    listed[f"{path}/{name}"] = one
        is_crowded = len(listed) >= MOST_FILES
        if is_crowded and not self._is_crowded:
            self._outlet.tell("warn", f"there are more than {MOST_FILES} program logs; the others are not read", at)
        self._is_crowded, self._found = is_crowded, listed

    def _put(self, piece: Piece, at: int) -> None:
        tail = piece.tail
        if not any(piece.marks.values()):
            self._writers.pop(tail.identity, None)
            self._outlet.put([], at, {**piece.marks, **self._end_mark(tail.identity, "")})
            return
        marks = dict(piece.marks)
        if tail.from_start or tail.identity not in self._writers:
            self._writers[tail.identity] = met(tail.fileno(), self._folder_of(tail.path))
            marks.update(self._end_mark(tail.identity, "") if tail.from_start else {})
        self._outlet.put(_entries(self._writers[tail.identity], piece, at), at, marks)

    def _tell_refused(self, at: int) -> None:
        for path, why in self._following.refused.items():
            if path not in self._told and len(self._told) < MOST_TOLD:
                self._told.add(path)
                self._outlet.tell("warn", f"{path} cannot be read: {why}", at)

    def _folder_of(self, path: str) -> Folder:
        parent = path.rpartition("/")[0]
        return self._folders.get(parent) or Folder(parent)

    def _tell_ended(self, at: int) -> None:
        for path, one in self._found.items():
            if name_of(one.identity) not in self._ended and self._following.has_all(one):
                writer = self._if_ended(path, one.identity)
                if writer:
                    entry = Entry(
                        at, "info", f"{writer.source} ended", writer.source, {**writer.attrs, "ended": "true"}
                    )
                    self._outlet.put([entry], at, self._end_mark(one.identity, "1"))

    def _if_ended(self, path: str, identity: Identity) -> Writer | None:
        """Who wrote a file that is read to its end, if that program does not run any more."""
        writer = self._writers.get(identity)
        if writer and not writer.header:
            return None
        try:
            descriptor = open_safely(path)
        except OSError:
            return None
        try:
            writer = self._writers.setdefault(identity, writer or met(descriptor, self._folder_of(path)))
            runs = writer.header is None or still_runs(writer.header, descriptor, writer.folder.proc)
        except OSError:
            return None
        finally:
            os.close(descriptor)
        return None if runs else writer

    def _end_mark(self, identity: Identity, text: str) -> dict[str, str]:
        name = name_of(identity)
        if text:
            self._ended.add(name)
        elif name not in self._ended:
            return {}
        else:
            self._ended.discard(name)
        return {ENDED_MARKS + name: text}


def open_safely(path: str) -> int:
    """A file in a folder where anybody may put what they like. Raises OSError."""
    parent, _, name = path.rpartition("/")
    folder = open_folder(parent)
    try:
        return open_in_folder(folder, name)
    finally:
        os.close(folder)


def _listed(path: str) -> Iterator[tuple[str, Found]]:
    """Names and files of one folder, the bounded number of them that may be program logs."""
    try:
        folder = open_folder(path)
    except OSError:
        return
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for _, entry in zip(range(MOST_NAMES), entries) if FILE_NAME.fullmatch(entry.name)]
        for name in sorted(names):
            one = _regular(name, folder)
            if one:
                yield name, one
    except OSError:
        return
    finally:
        os.close(folder)


def _regular(name: str, folder: int | None = None) -> Found | None:
    """Empty files are not looked at yet: whoever made one has still to write its first line."""
    try:
        info = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None
    return found(info) if stat.S_ISREG(info.st_mode) and info.st_size else None


def _again(listed: Mapping[str, Found]) -> Iterator[tuple[str, Found]]:
    for path in listed:
        one = _regular(path)
        if one:
            yield path, one


def _entries(writer: Writer, piece: Piece, at: int) -> Iterator[Entry]:
    if piece.left_out:
        message = f"{piece.left_out} bytes left out: the program writes faster than they can be kept"
        yield Entry(at, "warn", message, writer.source, writer.attrs)
    lines = piece.lines
    if piece.tail.from_start and writer.header and lines:
        lines = lines[1:]
        if writer.header.part == 1:
            yield Entry(at, "info", f"{writer.source} began", writer.source, {**writer.attrs, "began": "true"})
    for line in join(lines):
        said = program_format.said(line.text, at)
        fields = {f"field.{name}": text for name, text in said.fields.items()}
        yield Entry(said.at or at, said.level, said.message, writer.source, {**writer.attrs, **fields}, line.cut)
