"""A ledger, events and a worker for the tests of the cluster watch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.clustering import FINE, Kept

from wacket.ledger.store import Ledger
from wacket.watch import clusters


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db")
    yield opened
    opened.close()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module in the worker's place; write its text to be what it does."""
    path = tmp_path / "stand_in_worker.py"
    path.write_text(FINE)
    monkeypatch.setattr(clusters, "WORKER", path.stem)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    return path
