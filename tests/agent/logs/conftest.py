"""A store in memory that keeps lines and marks together, as the real one does, and a clock that tests move."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from wacket_agent.logs.outlet import PREFIX, Outlet

AT = 1_795_262_400_000_000


class Kept:
    """What a store would have on disk. `waiting` is what its memory holds, in bytes."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.all_marks: dict[str, str] = {}
        self.waiting = 0

    def add(self, stream: str, lines: bytes, at: int, marks: Mapping[str, str] | None = None) -> None:
        assert stream == "logs"
        assert not lines or lines.endswith(b"\n")
        self.lines += [json.loads(line) for line in lines.splitlines()]
        self.all_marks.update(marks or {})

    def marks(self, prefix: str) -> dict[str, str]:
        return {name: text for name, text in self.all_marks.items() if name.startswith(prefix)}

    def forget_mark(self, name: str) -> None:
        self.all_marks.pop(name, None)

    def statistics(self) -> dict[str, int]:
        return {"waiting_bytes": self.waiting}

    def outlet(self) -> Outlet:
        """What an agent that starts now writes into."""
        outlet = Outlet(self)
        outlet.remember(self.marks(PREFIX))
        return outlet

    def messages(self, source: str = "") -> list[str]:
        return [line["message"] for line in self.lines if source in ("", line["source"])]


@pytest.fixture
def kept() -> Kept:
    return Kept()
