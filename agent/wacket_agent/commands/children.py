"""What a process has of its children: something that wakes it when one ends, and whether any are left."""

from __future__ import annotations

import os
import signal


def wake_at_signals() -> int:
    """A descriptor that becomes readable when a child ends or somebody pokes us."""
    wake, poke = os.pipe()
    os.set_blocking(poke, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(poke, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda number, frame: None)
    return wake


def are_left() -> bool:
    """Whether there are any that have not ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True
