"""A link to a hub as a test drives it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from tests.agent.fakehub import PATIENCE, FakeHub

from wacket_agent.config import Allows, Config, Contents
from wacket_agent.link.keeping import Link, Standing
from wacket_agent.trust.identity import Identity
from wacket_agent.trust.opening import Joining

IDENTITY = Identity(bytes(range(32)))
ABOUT = {"agent": "0.1.0", "host": "pi-11"}


class Node:
    """A link and what it told."""

    def __init__(self, hub: FakeHub, tmp_path: Path, joining: Joining | None = None, pin: str = "") -> None:
        contents = Contents(hub.address, pin or hub.fingerprint, Allows(), {})
        config = Config(tmp_path, tmp_path, contents)
        self.link = Link(config, IDENTITY, lambda: ABOUT, joining, chance=lambda: 0.0)
        self.standings: list[Standing] = []
        self.link.on_standing.append(self._stands)
        self._more = asyncio.Event()

    async def stands(self, state: str) -> Standing:
        async with asyncio.timeout(PATIENCE):
            while not self.standings or self.standings[-1].state != state:
                self._more.clear()
                await self._more.wait()
        return self.standings[-1]

    def _stands(self, standing: Standing) -> None:
        self.standings.append(standing)
        self._more.set()


@contextlib.asynccontextmanager
async def linked(node: Node) -> AsyncIterator[Node]:
    run = asyncio.ensure_future(node.link.run())
    try:
        yield node
    finally:
        run.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await run
