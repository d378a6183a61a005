"""What a collector may look at, and what it remembers from one turn to the next.

On Linux the numbers come from /proc and /sys, which cost less memory than any library; elsewhere from psutil, where the
machine has it. Everything goes through here, so that a test gives a collector saved texts instead of a machine.
Knows nothing about periods, lines or the hub.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any, Callable, Hashable, Mapping, NamedTuple, Sequence

from wacket_agent.collectors import _programs
from wacket_agent.collectors._limited import Limited

LONGEST_FILE = 4 << 20  # bytes
USUAL_FILE = 32_768
RUN_SECONDS = 20.0


_NOTHING = object()


class Absent(Exception):
    """This machine has nothing of the kind. No failure: the collector is asked again much later."""


def system() -> str:
    return {"linux": "linux", "darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)


class Machine(NamedTuple):
    """What all collectors share. `parts` holds what may hang, as file systems whose server is gone.

    `root` stands before every path. `offset` is that of the clock to the hub's in µs, or None.
    """

    parts: Limited
    root: str = ""
    system: str = system()
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    offset: Callable[[], int | None] = lambda: None
    run: _programs.Run = _programs.run


class Context:
    """One collector's view of the machine. Lives as long as the agent; used by one thread at a time.

    `kept` is for whatever else a collector wants to remember.
    """

    def __init__(self, machine: Machine, options: Mapping[str, str] = {}) -> None:
        self.machine = machine
        self.options = options
        self.kept: dict[Any, Any] = {}
        self._told: dict[Hashable, Any] = {}
        self._before: dict[Hashable, tuple[float, Any]] = {}
        self._now: dict[Hashable, tuple[float, Any]] = {}

    def begin(self, options: Mapping[str, str]) -> None:
        """A new turn. What the last one did not count any more is forgotten."""
        self.options = options
        self._before, self._now = self._now, {}

    @property
    def on_linux(self) -> bool:
        return self.machine.system == "linux"

    def psutil(self) -> Any:
        """The library, where the machine has it. Raises Absent."""
        try:
            import psutil
        except ImportError:
            raise Absent("without /proc this needs psutil, which this machine's Python does not have") from None
        return psutil

    def path(self, path: str) -> str:
        return self.machine.root + path

    def read(self, path: str) -> str:
        """A file of text. Raises Absent where there is none."""
        return self.read_bytes(path).decode("utf-8", "replace")

    def read_bytes(self, path: str) -> bytes:
        """A file, or its beginning where it is very long. Raises Absent where there is none."""
        try:
            with open(self.path(path), "rb") as file:  # noqa: PTH123 - done thousands of times, and a Path costs more
                start = file.read(USUAL_FILE)  # a buffer for the longest would be made anew each time
                return start if len(start) < USUAL_FILE else start + file.read(LONGEST_FILE - USUAL_FILE)
        except FileNotFoundError:
            raise Absent(f"there is no {path}") from None

    def word(self, path: str) -> str:
        """What a small file says, without white space around it; "" where it cannot be read."""
        try:
            return self.read(path).strip().strip("\0")
        except (Absent, OSError):
            return ""

    def number(self, path: str) -> int | None:
        """The whole number in a small file."""
        try:
            return int(self.word(path))
        except ValueError:
            return None

    def names(self, folder: str) -> list[str]:
        """What a folder holds, sorted; nothing where there is none."""
        try:
            return sorted(os.listdir(self.path(folder)))  # noqa: PTH208 - as above
        except OSError:
            return []

    def run(self, *argv: str, seconds: float = RUN_SECONDS) -> _programs.Ran:
        """What a program prints. Raises Absent where there is no such program."""
        try:
            return self.machine.run(argv, seconds)
        except FileNotFoundError:
            raise Absent(f"there is no program {argv[0]}") from None

    def exists(self, path: str) -> bool:
        return os.access(self.path(path), os.F_OK)

    def within(self, seconds: float, key: str, function: Callable[[], Any]) -> Any:
        """What the function gives, in a thread of its own. Raises Stuck if that takes too long."""
        return self.machine.parts.within(seconds, key, function)

    def growth(self, key: Hashable, counters: Sequence[float]) -> tuple[float, list[float]] | None:
        """Seconds since the last turn and how much each counter has grown; None at first, or where one went back."""
        now = self.machine.clock()
        self._now[key] = now, counters
        then, before = self._before.get(key, (now, counters))
        grown = [new - old for new, old in zip(counters, before)]
        if now <= then or len(before) != len(counters) or min(grown, default=0) < 0:
            return None
        return now - then, grown

    def rates(self, key: Hashable, counters: Sequence[float]) -> list[float | None]:
        """How much each counter has grown a second; None where that is not known."""
        grown = self.growth(key, counters)
        if grown is None:
            return [None] * len(counters)
        seconds, amounts = grown
        return [round(amount / seconds, 3) for amount in amounts]

    def changed(self, key: Hashable, value: Any, before: Any = _NOTHING) -> bool:
        """Whether it is another value than at the last turn, or than `before` at the first."""
        last = self._told.get(key, before)
        self._told[key] = value
        return last is _NOTHING or last != value


def percent(part: float, whole: float) -> float | None:
    return round(100 * part / whole, 2) if whole > 0 else None
