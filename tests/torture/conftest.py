"""Fixtures of the fault tests: a hub as a process of its own, and full runs that only `-m torture` asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from benchmarks.harness import Hub

# Everything happens soon: sealing, compaction and roll-ups run between one kill and the next.
HURRIED = {
    "WACKET_HISTORY_SEAL_SECONDS": "0.5",
    "WACKET_HISTORY_SEAL_ROWS": "3000",
    "WACKET_HISTORY_COMPACT_SECONDS": "0.5",
    "WACKET_HISTORY_RESERVE_BYTES": "1000000",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without `-m` the full runs stay out: they take many minutes."""
    if config.option.markexpr:
        return
    full = [item for item in items if item.get_closest_marker("torture")]
    if full:
        config.hook.pytest_deselected(items=full)
        items[:] = [item for item in items if item not in full]


@pytest.fixture
def a_hub(tmp_path: Path) -> Iterator[Callable[..., Hub]]:
    """Makes hubs in processes of their own (not started yet); all are ended afterwards, whatever happened."""
    made: list[Hub] = []

    def make(folder: Path | None = None, **environment: str) -> Hub:
        hub = Hub(folder or tmp_path / "data", {**HURRIED, **environment})
        made.append(hub)
        return hub

    yield make
    for hub in made:
        hub.kill()
