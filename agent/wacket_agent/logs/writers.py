"""Who writes a program log: what its first line claims, and what the system says of the file."""

from __future__ import annotations

import os
from typing import Mapping, NamedTuple

from wacket_agent.logs import program_format

HEADER_BYTES = 4096
UNNAMED = "program"
# Names of our own sources: a program that claims to be one of them is called by another name.
_TAKEN = ("journal", "kernel", "wacket-agent", "energy")


class Folder(NamedTuple):
    """Where programs write; `proc` is where their process numbers mean something, `attrs` go to each log."""

    path: str
    proc: str = "/proc"
    attrs: Mapping[str, str] = {}


class Writer:
    """`attrs` go to each log of the program. `owner` is an account, which nobody can forge."""

    def __init__(self, first_line: bytes, owner: str, folder: Folder) -> None:
        self.header = program_format.header(first_line.decode("utf-8", "replace").strip())
        self.folder = folder
        name = self.header.program if self.header else ""
        self.source = f"{UNNAMED} {name}" if name in _TAKEN else name or UNNAMED
        claimed = {"pid": str(self.header.pid), "user": self.header.user} if self.header else {}
        self.attrs = {**folder.attrs, "owner": owner, **claimed}


def met(descriptor: int, folder: Folder) -> Writer:
    """The writer of an open file; its place for reading is another one afterwards. Raises OSError."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    first_line = os.read(descriptor, HEADER_BYTES).lstrip(b"\n\r").split(b"\n", 1)[0]
    uid = os.fstat(descriptor).st_uid
    # The names of accounts inside a container are not known.
    return Writer(first_line, str(uid) if folder.attrs else _account(uid), folder)


def _account(uid: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return str(uid)
