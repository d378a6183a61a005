"""A limit for the agent's own memory: what grows without end must end, and the service starts it again.

It is set by the agent itself, after the nursery was forked, because a limit of the service would count the programs
that people run, too. Where the system has no such limit (Windows) nothing happens.
"""

from __future__ import annotations

import contextlib

MOST = 256 << 20  # bytes of data; a healthy agent has a tenth of it in memory, and as much again is only reserved


_ARENA_MAX = -8  # glibc's M_ARENA_MAX


def share_heap() -> None:
    """To be called before there are threads. Each would get a heap of its own from glibc and keep some of it, 2 MB in
    all, for a speed that nobody needs here.
    """
    with contextlib.suppress(ImportError, OSError, AttributeError, TypeError):  # no glibc
        import ctypes

        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def cap(most: int = MOST) -> None:
    """From now on a request for more is a MemoryError."""
    _set_soft(most)


def lift() -> None:
    """For a process that the agent started late, and that is to start programs of people."""
    _set_soft(None)


def lift_of(pid: int) -> None:
    """For a program that was just started: it got the agent's own limit, which may be less than it needs."""
    try:
        from resource import RLIMIT_DATA, prlimit
    except ImportError:  # macOS, where this limit means little
        return
    with contextlib.suppress(OSError):  # it has ended already, or became another account
        _, hard = prlimit(pid, RLIMIT_DATA)
        prlimit(pid, RLIMIT_DATA, (hard, hard))


def _set_soft(most: int | None) -> None:
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = hard if most is None else most
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
