"""A program on a machine that logs as docs/reference/program-log-format.md says: into a file, for the agent to find."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from random import Random

from wacket.demo.world import Wave

HEAT = Wave(180, 220, 60, 3)


class Program:
    """`step` adds a line. The file goes with its folder."""

    name, every, acknowledged, sent = "oven.py", 3.0, None, 0

    def __init__(self, folder: Path, chance: Random, clock: Callable[[], int]) -> None:
        self.failed, self.problem = 0, ""
        self._path = folder / f"wacket_log_{secrets.token_hex(8)}"
        self._chance, self._clock = chance, clock

    def step(self) -> None:
        heat = HEAT.at(self._clock(), self._chance)
        level = "warn" if heat > 215 else "info"
        self._write({"level": level, "message": f"oven at {heat:.0f} °C", "zone": self._chance.randint(1, 3)})

    def close(self) -> None:
        pass

    def _write(self, line: dict[str, object]) -> None:
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            line_one = {"wacket_log": 1, "pid": os.getpid(), "program": self.name, "user": "demo", "part": 1}
            self._append(line_one)
        self._append({"time": self._clock(), **line})

    def _append(self, line: dict[str, object]) -> None:
        with self._path.open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")
