"""Whether the program that writes a log still runs.

A lock on the file says it best: the kernel lets go of it however the program ends, and it is the same in every
container. Without one, the process is looked for by its number and the time of its start, as numbers are used again.
"""

from __future__ import annotations

import os
from pathlib import Path

from wacket_agent.logs.opening import open_file
from wacket_agent.logs.program_format import Header

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def still_runs(header: Header, descriptor: int, proc: str) -> bool:
    """`descriptor` is the log, just opened for this; `proc` the proc folder in which the process has its number."""
    if header.holds_lock and fcntl is not None:
        return _is_locked(descriptor)
    if not Path(proc).is_dir():
        return True  # nobody can know
    start = _start_of(header.pid, proc)
    return start > 0 and header.start in (0, start)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _start_of(pid: int, proc: str) -> int:
    """Start time in clock ticks since boot; 0 if there is no such process."""
    try:
        descriptor = open_file(f"{proc}/{pid}/stat")
    except OSError:
        return 0
    try:
        # The name, in parentheses, may itself have any of them, and blanks.
        fields = os.read(descriptor, 4096).rpartition(b")")[2].split()
    except OSError:
        return 0
    finally:
        os.close(descriptor)
    is_dead = not fields or fields[0] in (b"Z", b"X")
    return 0 if is_dead or len(fields) < 20 or not fields[19].isdigit() else int(fields[19])
