"""The files that hold the output of one command: segments `s.START`, and cuts `c.START` where some were left out.

START is the place of the first byte in the sequence of records. Runner and agent work on them at the same time: the
runner alone writes and leaves out, the agent alone removes what the hub has. What the agent has begun to send is not
left out any more, for the hub may have a part of it: the file `touched` says how far that is, and whoever changes or
relies on it holds its lock. Nobody waits for that lock; what cannot be had now is tried again later.
"""

# ruff: noqa: PTH118, PTH208

from __future__ import annotations

import contextlib
import os

from wacket_agent.commands import notes
from wacket_agent.commands.locks import try_lock

TYPE_CHECKING = False  # typing itself would cost a megabyte
if TYPE_CHECKING:
    from typing import Callable, Iterator

BINARY = getattr(os, "O_BINARY", 0)  # Windows would change line ends
SEGMENT, CUT = "s", "c"
_DIGITS = 20


def path_of(folder: str, kind: str, start: int) -> str:
    return os.path.join(folder, f"{kind}.{start:016d}")


def starts(folder: str, kind: str) -> list[int]:
    """The starts of all segments or cuts, in order."""
    names = (name.partition(".") for name in os.listdir(folder))
    return sorted(int(number) for before, _, number in names if before == kind and number.isdigit())


def write_cut(folder: str, start: int, end: int, out: int, err: int) -> None:
    """Raises OSError; uses the room that `notes.reserve` has kept, and takes new room if there is any."""
    spare = os.path.join(folder, "cut.spare")
    pairs = [("end", str(end)), ("out", str(out)), ("err", str(err))]
    notes.write(path_of(folder, CUT, start), pairs, spare)
    notes.reserve(spare)


def read_cut(folder: str, start: int) -> tuple[int, int, int] | None:
    """(end, out, err), or None if there is no cut."""
    note = notes.read(path_of(folder, CUT, start))
    return (note.number("end"), note.number("out"), note.number("err")) if note else None


def reserve_touched(folder: str) -> None:
    """Take the room for `touched` while there is some."""
    with touched(folder) as state:
        if state:
            start, touch = state
            touch(start)


@contextlib.contextmanager
def touched(folder: str) -> Iterator[tuple[int, Callable[[int], None]] | None]:
    """The start of the newest file that the agent has begun to send (-1: none) and a function to change it.

    None when it cannot be had just now.
    """
    try:
        file = os.open(os.path.join(folder, "touched"), os.O_RDWR | os.O_CREAT | BINARY, 0o600)
    except OSError:
        yield None
        return
    try:
        if try_lock(file):
            text = os.read(file, _DIGITS)
            yield int(text or b"-1"), lambda start: _write(file, start)
        else:
            yield None
    finally:
        os.close(file)


def _write(file: int, start: int) -> None:
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, b"%0*d" % (_DIGITS, start))
