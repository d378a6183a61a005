"""What Linux can do and Python does not offer: being the parent of all orphans below, dying with one's parent, and
forking into a cgroup.

On other systems nothing happens, and the answer is False or None.
"""

from __future__ import annotations

import os
import signal

_SET_PDEATHSIG = 1
_SET_CHILD_SUBREAPER = 36
_CLONE3 = 435  # the same on all processors
_INTO_CGROUP = 0x200000000
_EXIT_SIGNAL, _CGROUP, _ARGUMENTS = 4, 10, 11  # places in struct clone_args, all of 64 bits, and their number

try:
    import ctypes

    _libc = ctypes.PyDLL(None)  # PyDLL keeps the interpreter's lock: a fork must not find it given away
    _prctl, _syscall = _libc.prctl, _libc.syscall
except (ImportError, OSError, AttributeError, TypeError):
    _prctl = _syscall = None  # type: ignore[assignment]


def adopt_orphans() -> bool:
    """Processes below this one whose parent ends become its children, instead of those of process 1."""
    return _ask(_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> bool:
    """Holds through exec, but not through a change of account: that must come before."""
    return _ask(_SET_PDEATHSIG, int(signal.SIGKILL))


def fork_into(cgroup: str) -> int | None:
    """As os.fork, the child being in this cgroup (its folder) from its first moment; None where that is not known.

    To move a process later costs 10 ms and more, for the kernel then waits for all processors. Python's own fork does
    more for the child, all of it about threads: only for a process that has none, and whose child soon runs exec.
    """
    if not _syscall:
        return None
    folder = os.open(cgroup, os.O_RDONLY)
    try:
        arguments = (ctypes.c_uint64 * _ARGUMENTS)()
        arguments[0], arguments[_EXIT_SIGNAL], arguments[_CGROUP] = _INTO_CGROUP, signal.SIGCHLD, folder
        pid = int(_syscall(_CLONE3, ctypes.byref(arguments), ctypes.c_size_t(ctypes.sizeof(arguments))))
    finally:
        os.close(folder)
    return pid if pid >= 0 else None


def _ask(what: int, value: int) -> bool:
    return _prctl is not None and bool(_prctl(what, value, 0, 0, 0) == 0)
