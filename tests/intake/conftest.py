"""An intake over a journal that the test controls and a real ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.support.journal import NOW, ControlledJournal

from wacket.bus.memory import Bus
from wacket.intake.catalogue import Catalogue
from wacket.intake.intake import Intake
from wacket.ledger import nodes
from wacket.ledger.store import Ledger
from wacket.settings import Intake as Limits


@pytest.fixture
def journal() -> ControlledJournal:
    return ControlledJournal()


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    ledger = Ledger.open(tmp_path / "ledger.db")
    for name in ("one", "two"):
        ledger.write_sync(
            lambda connection, name=name: nodes.create(connection, name, "board", "adopted", f"name:{name}", NOW)
        )
    yield Catalogue(ledger, Limits(new_series_per_hour=3), lambda: NOW)
    ledger.close()


@pytest.fixture
async def intake(journal: ControlledJournal, catalogue: Catalogue) -> AsyncIterator[Intake]:
    made = Intake(journal, catalogue, Bus(), Limits(window_ms=0, gentle_window_ms=1), lambda: NOW)
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    made.close()
