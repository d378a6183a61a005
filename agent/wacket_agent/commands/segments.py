"""The files that hold the output of one command: segments `s.START`, and cuts `c.START` where some were left out.

START is the place of the first byte in the sequence of records. Runner and agent work on them at the same time: the
runner alone writes and leaves out, the agent alone removes what the hub has. What the agent has begun to send is not
left out any more, for the hub may have a part of it: the file `touched` says how far that is, and whoever changes or
relies on it holds its lock. Nobody waits for that lock; what cannot be had now is tried again later.
"""

from __future__ import annotations

import contextlib
import os

from wacket_agent.commands import notes
from wacket_agent.commands.locks import try_lock

SEGMENT, CUT = "s", "c"
_DIGITS = 20


def path_of(folder, kind, start):
    return os.path.join(folder, f"{kind}.{start:016d}")


def starts(folder, kind):
    """The starts of all segments or cuts, in order."""
    names = (name.partition(".") for name in os.listdir(folder))
    return sorted(int(number) for before, _, number in names if before == kind and number.isdigit())


def write_cut(folder, start, end, out, err):
    """Raises OSError; uses the room that `notes.reserve` has kept, and takes new room if there is any."""
    spare = os.path.join(folder, "cut.spare")
    pairs = [("end", str(end)), ("out", str(out)), ("err", str(err))]
    notes.write(path_of(folder, CUT, start), pairs, spare)
    notes.reserve(spare)


def read_cut(folder, start):
    """(end, out, err), or None if there is no cut."""
    note = notes.read(path_of(folder, CUT, start))
    return (note.number("end"), note.number("out"), note.number("err")) if note else None


def reserve_touched(folder):
    """Take the room for `touched` while there is some."""
    with touched(folder) as (start, touch):
        if touch:
            touch(start)


@contextlib.contextmanager
def touched(folder):
    """The start of the newest file that the agent has begun to send (-1: none) and a function to change it.

    None, None when it cannot be had just now.
    """
    try:
        file = os.open(os.path.join(folder, "touched"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield None, None
        return
    try:
        if try_lock(file):
            text = os.read(file, _DIGITS)
            yield int(text or b"-1"), lambda start: _write(file, start)
        else:
            yield None, None
    finally:
        os.close(file)


def _write(file, start):
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, b"%0*d" % (_DIGITS, start))
