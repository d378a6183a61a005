"""A history with a few segments of each kind, and what must be in it, for tests that damage some of them."""

from __future__ import annotations

from typing import Any

from wacket.history import History

START = 1_790_000_000_000_000


def filled(bench: Any, count: int = 3) -> History:
    """So many segments of each kind, each with one reading and one line."""
    history: History = bench.open()
    for n in range(count):
        history.append([bench.readings((1, START + n, float(n))), bench.logs(f"line {n}", at=START + n)])
        history.seal()
    return history


def expected(count: int, *without: int) -> list[tuple[int, int, float]]:
    """The readings of `filled`, but for those that were lost."""
    return [(1, START + n, float(n)) for n in range(count) if n not in without]
