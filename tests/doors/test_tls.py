"""Doors over TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from tests.support.ask import bodies
from tests.support.lines import Board

from wacket.api.parts import Parts
from wacket.doors import certificate

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate.ensure(folder / "tls").certificate))


async def test_lines_over_tls(start_hub: StartHub) -> None:
    async with start_hub(**{"doors.tcps": "127.0.0.1:0"}) as hub:
        port = int(hub.addresses["tcps"].rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting(hub.folder))
        board = Board(reader, writer)
        await board.say(b"hello node=safe ack=yes format=text", b"secret")
        await board.answers_until("ok 1")
        writer.close()
        assert await bodies(hub, node="safe") == ["secret"]


async def test_https_is_served_with_the_hubs_own_certificate(start_hub: StartHub) -> None:
    async with start_hub(**{"doors.https": "127.0.0.1:0"}) as hub:
        port = int(hub.addresses["https"].rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting(hub.folder))
        writer.write(b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 204")
        writer.close()
