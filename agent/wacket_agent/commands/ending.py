"""How a program comes to its end: by itself, or with all that it started when it is cancelled or its time is up.

First SIGTERM to every process of the tree, after a grace SIGKILL, again and again until none is left. Decides when;
sends signals through `Tree`; the time is an argument.
"""

from __future__ import annotations

import os
import signal
import sys

from wacket_agent.commands import cgroup
from wacket_agent.commands.tree import Tree

TYPE_CHECKING = False  # typing itself would cost a megabyte
if TYPE_CHECKING:
    from typing import Any

AGAIN = 0.02  # seconds between two rounds of SIGKILL
PATIENCE = 10.0  # seconds for the system to take away what was killed
_KILOBYTE = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in


class Ending:
    """`cause` is "", `cancelled` or `timed_out`; `ended_at` when the program itself ended, or None."""

    def __init__(self, pid: int, group: str | None, deadline: float, grace: float) -> None:
        self._pid, self._group, self._deadline, self._grace = pid, group, deadline, grace
        self._tree = Tree(os.getpid(), group)
        self._kill_at = deadline + grace
        self._status: int | None = None
        self._peak = 0
        self._left = 0
        self.cause = ""
        self.ended_at: float | None = None
        self.is_over = False

    def begin(self, cause: str, moment: float) -> None:
        """The tree is to be ended; too late if the program has ended by itself."""
        if self.cause or self.ended_at is not None:
            return
        self.cause = cause
        self._kill_at = moment + self._grace
        self._tree.signal(signal.SIGTERM)

    def step(self, moment: float) -> None:
        """What is due at this moment."""
        if moment >= self._deadline:
            self.begin("timed_out", moment)
        if not self.cause:
            return
        if moment >= self._kill_at:
            self._left = self._tree.signal(signal.SIGKILL)
            self.is_over = self._left == 0 or moment >= self._kill_at + PATIENCE
        elif self.ended_at is not None:
            self.is_over = not self._tree.living()
        if self._status is None and self.is_over and self._left == 0:
            self.reap(moment)

    def pause(self, moment: float, longest: float) -> float:
        """Seconds until the next step is due."""
        if not self.cause:
            due = self._deadline - moment
        elif moment >= self._kill_at:
            due = AGAIN
        else:
            due = min(self._kill_at - moment, longest if self.ended_at is None else AGAIN)
        return max(0.0, min(due, longest))

    def reap(self, moment: float) -> None:
        """Take note of all children that have ended: the program, and orphans that became ours."""
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._pid:
                self._status, self._peak, self.ended_at = status, used.ru_maxrss * _KILOBYTE, moment

    def result(self, seconds: float) -> dict[str, Any]:
        """The members of the result. `peak` without a cgroup is that of the largest process, and never less than the
        runner needed to begin it.
        """
        told: dict[str, Any] = {"state": self._state(), "seconds": round(seconds, 6), "killed": self._killed()}
        status = self._status
        if status is not None and os.WIFEXITED(status):
            told["exit"] = os.WEXITSTATUS(status)
        elif status is not None:
            told["signal"] = os.WTERMSIG(status)
        told["peak"] = (self._group and cgroup.peak(self._group)) or self._peak
        told["reason"] = f"{self._left} processes could not be ended" if self._left else self._reason(status)
        return told

    def _state(self) -> str:
        return self.cause or ("succeeded" if self._status == 0 else "failed")

    def _killed(self) -> list[str]:
        return [f"{pid} {name}" for pid, name in self._tree.killed.items()]

    def _reason(self, status: int | None) -> str:
        if self.cause or status is None or not os.WIFSIGNALED(status):
            return ""
        number = os.WTERMSIG(status)
        return f"ended by signal {number}, {signal.Signals(number).name}" if number in _NAMES else ""


_NAMES = {int(number) for number in signal.Signals}
