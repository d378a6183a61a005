"""The small files by which desk and runner talk: names and values, with NUL behind each.

NUL is the one byte that no argument, variable or path can hold, so nothing needs quoting; and `json` would cost each
runner a megabyte of memory. A note is there as a whole or not at all. It is not synced when it is written.
"""

# ruff: noqa: PTH105, PTH120, PTH123

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing itself would cost a megabyte
if TYPE_CHECKING:
    from typing import Iterable, Sequence

_SPARE = b" " * 4096


class Note:
    """What is in a note. A name may come several times."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = list(pairs)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def one(self, name: str, otherwise: str = "") -> str:
        found = self.all(name)
        return found[0] if found else otherwise

    def number(self, name: str, otherwise: int = 0) -> int:
        try:
            return int(self.one(name))
        except ValueError:
            return otherwise


def dump(pairs: Sequence[tuple[str, str]]) -> bytes:
    """ValueError for what no note can hold: NUL, or = in a name."""
    if any("=" in name or not name or "\0" in name + value for name, value in pairs):
        raise ValueError("a note can hold neither NUL nor = in a name")
    text = "".join(f"{name}={value}\0" for name, value in pairs)
    return os.fsencode(text) + b"\0"


def load(data: bytes) -> Note | None:
    """The note, or None if it is not whole."""
    if not data.endswith(b"\0") or (data != b"\0" and not data.endswith(b"\0\0")):
        return None
    entries = [os.fsdecode(entry).partition("=") for entry in data[:-1].split(b"\0")[:-1]]
    if any(not (name and mark) for name, mark, _ in entries):
        return None
    return Note((name, value) for name, _, value in entries)


def read(path: str) -> Note | None:
    """The note at `path`, or None if there is no whole one."""
    try:
        with open(path, "rb", buffering=0) as file:
            return load(file.read())
    except OSError:
        return None


def reserve(path: str) -> None:
    """Take the room for a note that must be written when the disk is full. Nothing if there is none already."""
    try:
        with open(path, "wb", buffering=0) as file:
            file.write(_SPARE)
    except OSError:
        pass


def write(path: str, pairs: Sequence[tuple[str, str]], spare: str) -> None:
    """Write the note; `spare` is the path of what `reserve` made, or of nothing. Raises OSError."""
    data = dump(pairs)
    file = os.open(spare, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        if os.write(file, data) != len(data):
            raise OSError("the disk did not take the whole note")
        os.ftruncate(file, len(data))
    finally:
        os.close(file)
    os.replace(spare, path)


def sync(path: str) -> None:
    """Bring a note that was written to the disk, and its name. Nothing if that is not possible."""
    for one in (path, os.path.dirname(path)):
        try:
            file = os.open(one, os.O_RDONLY)
        except OSError:
            continue
        try:
            os.fsync(file)
        except OSError:
            pass
        finally:
            os.close(file)
