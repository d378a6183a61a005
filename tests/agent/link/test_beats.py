"""Beats: the hub's clock is known, and a hub that is silent is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.agent.fakehub import FakeHub, now
from tests.agent.link.linking import Node, linked

pytestmark = pytest.mark.slow


@pytest.fixture
async def hub() -> AsyncIterator[FakeHub]:
    async with FakeHub().listening() as listening:
        yield listening


async def test_the_hubs_clock_is_known(hub: FakeHub, tmp_path: Path) -> None:
    hub.ahead, hub.beat = 3_600_000_000, 0.1
    async with linked(Node(hub, tmp_path)) as node:
        await node.stands("connected")
        await hub.hears("beat", 3)
        assert abs(node.link.offset - hub.ahead) < 1_000_000
        assert abs(node.link.time() - now() - hub.ahead) < 1_000_000


async def test_a_silent_hub_is_left(hub: FakeHub, tmp_path: Path) -> None:
    hub.beat, hub.silent = 0.1, True
    async with linked(Node(hub, tmp_path)) as node:
        await node.stands("connected")
        assert "silent" in (await node.stands("away")).why
        hub.silent = False
        await node.stands("connected")


async def test_an_agent_that_always_has_something_to_say_asks_for_the_time_too(hub: FakeHub, tmp_path: Path) -> None:
    hub.beat = 0.1
    async with linked(Node(hub, tmp_path)) as node:
        await node.stands("connected")
        talk = asyncio.ensure_future(until_cancelled_talk(hub, node))
        await hub.hears("beat", 3)
        talk.cancel()


async def until_cancelled_talk(hub: FakeHub, node: Node) -> None:
    """Both ends say something more often than there are beats."""
    while True:
        node.link.send({"t": "about", "about": {}})
        await hub.say({"t": "ack"})
        await asyncio.sleep(0.01)
