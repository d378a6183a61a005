"""Single keys that somebody presses while something is shown. Where no terminal can tell them, there are none."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

Listen = Callable[[float], str]  # waits at most so many seconds; the key that was pressed, or ""


def can_listen() -> bool:
    return os.name == "posix" and sys.stdin.isatty()


@contextmanager
def listening(wanted: bool) -> Iterator[Listen]:
    """While this is open keys come one by one and unseen; Ctrl-C still ends the command."""
    if not (wanted and can_listen()):
        yield _nobody
        return
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    try:
        yield partial(_pressed, terminal)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _nobody(seconds: float) -> str:
    time.sleep(seconds)
    return ""


def _pressed(terminal: int, seconds: float) -> str:
    if not select.select([terminal], [], [], seconds)[0]:
        return ""
    key = os.read(terminal, 1)
    return key.decode("ascii", "ignore").lower() if key else _nobody(seconds)  # nothing: it was closed
