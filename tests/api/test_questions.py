"""Questions that take long, and what must not wait for them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from wacket.api.parts import Parts

MANY = 40  # more than any shared pool of threads has


@asynccontextmanager
async def asked(hub: Parts, path: str) -> AsyncIterator[asyncio.StreamReader]:
    """Ask as the owner, without a thread of our own; the answer is still to be read."""
    host, _, port = hub.addresses["http"].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {hub.owner_key}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode())
    yield reader
    writer.close()


@pytest.mark.slow
async def test_slow_questions_delay_no_board(hub: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(ids: list[int]) -> dict[int, Any]:
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(30)
        return {}

    monkeypatch.setattr(hub.query, "latest", slow)
    async with AsyncExitStack() as stack:
        stack.callback(go_on.set)
        questions = [await stack.enter_async_context(asked(hub, "/api/v1/series")) for _ in range(MANY)]
        async with asyncio.timeout(10), asked(hub, "/hw_supervisor?user=ada&command=status_query") as board:
            await begun.wait()
            assert b" 200 " in await board.readline()
        go_on.set()
        for question in questions:
            assert b" 200 " in await asyncio.wait_for(question.readline(), 10)
