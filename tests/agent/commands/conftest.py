"""A machine with an agent that runs commands, and a hub for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.agent.commands.desks import FakeHub, Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
async def fake_hub() -> FakeHub:
    return FakeHub()
