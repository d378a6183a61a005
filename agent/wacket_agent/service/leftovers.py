"""What still runs when an agent is taken away: the agent, if no service has ended it, and programs that it started.

Removes nothing. Whoever calls has ended the service, if there is one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Callable, Iterator

from wacket_agent import status
from wacket_agent.commands import claim

PATIENCE = 15.0  # seconds, in which a program may end in good order
LOOK = 0.05


def end(state: Path) -> None:
    """Returns when nothing of it runs any more."""
    agent = status.running(state)
    if agent:
        _end_all(lambda: [agent] if status.running(state) == agent else [])
    for _, folder in _runners(state):
        with contextlib.suppress(OSError):
            (folder / "cancel").touch()  # or SIGTERM would mean nothing to them
    _end_all(lambda: [runner for runner, _ in _runners(state)])


def _end_all(living: Callable[[], list[int]]) -> None:
    """SIGTERM, and SIGKILL for whoever has not ended in time. With a runner that is killed its program ends."""
    until = time.monotonic() + PATIENCE
    _signal(living(), signal.SIGTERM)
    while living() and time.monotonic() < until:
        time.sleep(LOOK)
    _signal(living(), getattr(signal, "SIGKILL", signal.SIGTERM))


def _signal(processes: list[int], number: int) -> None:
    for process in processes:
        with contextlib.suppress(OSError):
            os.kill(process, number)


def _runners(state: Path) -> Iterator[tuple[int, Path]]:
    """Who watches a program now, and the folder of its command."""
    for path in sorted((state / "commands").glob("*/claim")):
        life, text = claim.look(str(path))
        pid = text.partition(" ")[0]
        if life == claim.ALIVE and pid.isdecimal() and status.is_of(state, int(pid)):
            yield int(pid), path.parent
