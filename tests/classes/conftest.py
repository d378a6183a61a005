"""What the tests of classes share: a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wacket.ledger.store import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db")
    yield opened
    opened.close()
