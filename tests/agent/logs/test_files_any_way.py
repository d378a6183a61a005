"""Log files under whatever may happen to them, in any order."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from .conftest import Kept
from .machine import Machine, append


class Any(RuleBasedStateMachine):
    """Whatever happens to a file between two looks that see each of its forms, each line is read once, in order."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.log = Path(self.folder.name, "a.log")
        self.machine = Machine(Path(self.folder.name), Kept())
        self.written: list[str] = []
        self.rotated = 0

    @rule(count=st.integers(1, 5))
    def write(self, count: int) -> None:
        for _ in range(count):
            self.written.append(f"line {len(self.written)}")
            append(self.log, self.written[-1] + "\n")

    @rule()
    def write_half_and_look(self) -> None:
        self.written.append(f"line {len(self.written)}")
        append(self.log, self.written[-1][:3])
        self.machine.poll(0.5)
        append(self.log, self.written[-1][3:] + "\n")

    @rule()
    def rename(self) -> None:
        self.machine.poll()
        if self.log.exists():
            self.rotated += 1
            self.log.rename(f"{self.log}.{self.rotated}")
            self.log.touch()

    @rule()
    def empty(self) -> None:
        self.machine.poll()
        if self.log.exists():
            self.log.write_text("")
            self.machine.poll()

    @rule()
    def delete(self) -> None:
        self.machine.poll()
        self.log.unlink(missing_ok=True)

    @rule()
    def restart(self) -> None:
        self.machine.restart()

    @rule(seconds=st.sampled_from([1.0, 61.0]))
    def look(self, seconds: float) -> None:
        self.machine.poll(seconds)

    @invariant()
    def nothing_twice_and_nothing_out_of_order(self) -> None:
        told = self.machine.kept.messages()
        assert told == self.written[: len(told)]

    def teardown(self) -> None:
        if hasattr(self, "machine"):
            told = self.machine.poll()
            self.machine.logs.close()
            self.folder.cleanup()
            assert told == self.written


TestAny = pytest.mark.slow(Any.TestCase)
TestAny.settings = settings(max_examples=60, stateful_step_count=30)
