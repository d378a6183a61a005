"""A machine with an agent that runs commands, and a hub for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.agent.commands.desks import FakeHub, Machine
from tests.agent.commands.lives import Lives


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
async def fake_hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
async def lives(tmp_path: Path) -> AsyncIterator[Lives]:
    """An agent that can be killed, in its first life."""
    agent = Lives(tmp_path)
    await agent.begin()
    yield agent
    await agent.end()
