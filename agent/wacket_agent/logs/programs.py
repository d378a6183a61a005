"""Logs that programs write into files in a temporary folder, on the machine and inside its containers.

Anybody may write there, so nothing is trusted: no link is followed, nothing but regular files is opened, owner and
container are the system's word and not the file's, and everything is bounded. Files are never removed or changed here;
the library that writes them tidies up (docs/reference/program-log-format.md).
"""

from __future__ import annotations

import os
import stat
from typing import Iterator, Mapping, NamedTuple, Sequence

from wacket_agent.logs import program_format
from wacket_agent.logs.entries import Entry
from wacket_agent.logs.following import Following, Found, Piece
from wacket_agent.logs.joining import join
from wacket_agent.logs.opening import open_folder, open_in_folder
from wacket_agent.logs.outlet import Outlet
from wacket_agent.logs.places import Identity, name_of
from wacket_agent.logs.program_format import FILE_NAME, Header
from wacket_agent.logs.running import still_runs
from wacket_agent.logs.tail import Manner, Tail

MARKS, ENDED_MARKS = "program/", "program-ended/"
MOST_FILES = 1000
MOST_NAMES = 20_000  # in one folder
MANNER = Manner(patience=2.0, behind=32 << 20)
SCAN_SECONDS = 2.0
CHECK_SECONDS = 5.0  # between two looks whether programs still run
HEADER_BYTES = 4096
UNNAMED = "program"
# Names of our own sources: a program that claims to be one of them is called by another name.
_TAKEN = ("journal", "kernel", "wacket-agent", "energy")


class Folder(NamedTuple):
    """Where programs write; `proc` is where their process numbers mean something, `attrs` go to each log."""

    path: str
    proc: str = "/proc"
    attrs: Mapping[str, str] = {}


class _Program:
    """What is known of the writer of one file."""

    def __init__(self, header: Header | None, owner: str, folder: Folder) -> None:
        self.header, self.folder = header, folder
        self.source = header.program if header and header.program else UNNAMED
        if self.source in _TAKEN:
            self.source = f"{UNNAMED} {self.source}"
        claimed = {"pid": str(header.pid), "user": header.user} if header else {}
        self.attrs = {**folder.attrs, "owner": owner, **claimed}


class ProgramLogs:
    def __init__(self, saved: Mapping[str, str], ended: Mapping[str, str], outlet: Outlet, at_end: bool) -> None:
        self._outlet = outlet
        self._following = Following(MARKS, saved, MANNER, open_safely, at_end)
        self._ended = {name for name, text in ended.items() if text}
        self._folders: dict[str, Folder] = {}
        self._programs: dict[Identity, _Program] = {}
        self._found: dict[str, Found] = {}
        self._scan_at = self._check_at = 0.0
        self._is_crowded = False

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
        if now >= self._check_at:
            self._check_at = now + CHECK_SECONDS
            self._tell_ended(at)

    def close(self) -> None:
        self._following.close()

    def _scan(self, at: int) -> None:
        found: dict[str, Found] = {}
        for path in self._folders:
            for name, one in _listed(path):
                if len(found) < MOST_FILES:
                    found[f"{path}/{name}"] = one
        is_crowded = len(found) >= MOST_FILES
        if is_crowded and not self._is_crowded:
            self._outlet.tell("warn", f"there are more than {MOST_FILES} program logs; the others are not read", at)
        self._is_crowded, self._found = is_crowded, found

    def _put(self, piece: Piece, at: int) -> None:
        tail = piece.tail
        if not any(piece.marks.values()):
            self._programs.pop(tail.identity, None)
            self._outlet.put([], at, {**piece.marks, **self._end_mark(tail.identity, "")})
            return
        if piece.lines and (tail.from_start or tail.identity not in self._programs):
            self._programs[tail.identity] = self._meet(tail)
        program = self._programs.get(tail.identity)
        entries = list(_entries(program, piece, at)) if program else []
        self._outlet.put(entries, at, piece.marks)

    def _meet(self, tail: Tail) -> _Program:
        folder = self._folder_of(tail.path)
        try:
            first = tail.beginning(HEADER_BYTES).lstrip(b"\n\r").split(b"\n", 1)[0]
            owner = _account(tail.owner(), folder)
        except OSError:
            return _Program(None, "", folder)
        return _Program(program_format.header(first.decode("utf-8", "replace").strip()), owner, folder)

    def _folder_of(self, path: str) -> Folder:
        parent = path.rpartition("/")[0]
        return self._folders.get(parent) or Folder(parent)

    def _tell_ended(self, at: int) -> None:
        for path, one in self._found.items():
            program = self._programs.get(one.identity)
            if program is None or program.header is None or name_of(one.identity) in self._ended:
                continue
            if self._following.has_all(one) and not _runs(program.header, path, program.folder.proc):
                attrs = {**program.attrs, "ended": "true"}
                entry = Entry(at, "info", f"{program.source} ended", program.source, attrs)
                self._outlet.put([entry], at, self._end_mark(one.identity, "1"))

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
            found = _regular(name, folder)
            if found:
                yield name, found
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
    return Found((info.st_dev, info.st_ino), info.st_size) if stat.S_ISREG(info.st_mode) and info.st_size else None


def _again(found: Mapping[str, Found]) -> Iterator[tuple[str, Found]]:
    for path in found:
        one = _regular(path)
        if one:
            yield path, one


def _entries(program: _Program, piece: Piece, at: int) -> Iterator[Entry]:
    if piece.left_out:
        message = f"{piece.left_out} bytes left out: the program writes faster than they can be kept"
        yield Entry(at, "warn", message, program.source, program.attrs)
    lines = piece.lines
    if piece.tail.from_start and program.header and lines:
        lines = lines[1:]
        if program.header.part == 1:
            yield Entry(at, "info", f"{program.source} began", program.source, {**program.attrs, "began": "true"})
    for line in join(lines):
        said = program_format.said(line.text, at)
        fields = {f"field.{name}": text for name, text in said.fields.items()}
        yield Entry(said.at or at, said.level, said.message, program.source, {**program.attrs, **fields}, line.cut)


def _runs(header: Header, path: str, proc: str) -> bool:
    try:
        descriptor = open_safely(path)
    except OSError:
        return True
    try:
        return still_runs(header, descriptor, proc)
    finally:
        os.close(descriptor)


def _account(uid: int, folder: Folder) -> str:
    """The owner's name; of a container only the number is known."""
    if folder.attrs:
        return str(uid)
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return str(uid)
