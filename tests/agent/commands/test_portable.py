"""Commands without fork, as on Windows: the same files, and the same end."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.agent.commands.desks import FakeHub, Machine, id_of

from wacket_agent.commands.portable import PortableNursery

pytestmark = pytest.mark.slow


@pytest.fixture
def agent(machine: Machine, fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setattr("tests.agent.commands.desks.Nursery.anew", PortableNursery)

    @asynccontextmanager
    async def life() -> AsyncIterator[FakeHub]:
        async with machine.agent(fake_hub):
            yield fake_hub

    return life


async def test_output_and_exit(agent) -> None:  # type: ignore[no-untyped-def]
    async with agent() as hub:
        end = await hub.ended(hub.order(1, argv=["sh", "-c", "echo out; echo err >&2; exit 3"]))
    assert (end["state"], end["exit"], end["out"], end["err"]) == ("failed", 3, 4, 4)
    assert (hub.text(id_of(1)), hub.text(id_of(1), 2)) == (b"out\n", b"err\n")


async def test_a_program_that_is_not_there(agent) -> None:  # type: ignore[no-untyped-def]
    async with agent() as hub:
        end = await hub.ended(hub.order(1, argv=["no-such-program"]))
    assert (end["state"], end["exit"]) == ("failed", None)
    assert "No such file" in end["reason"]


async def test_time_and_cancel(agent) -> None:  # type: ignore[no-untyped-def]
    async with agent() as hub:
        slow = hub.order(1, argv=["sleep", "1000"], timeout=1)
        hung = hub.order(2, argv=["sh", "-c", "echo x; sleep 1000"])
        await hub.until(lambda: hub.text(hung))
        hub.order(3, kind="cancel", of=hung)
        assert (await hub.ended(hung))["state"] == "cancelled"
        assert (await hub.ended(slow))["state"] == "timed_out"


async def test_input_and_files(agent) -> None:  # type: ignore[no-untyped-def]
    async with agent() as hub:
        sha256 = hashlib.sha256(b"data").hexdigest()
        hub.blobs = {sha256: b"data"}
        files = [{"name": "a/b", "sha256": sha256, "size": 4, "mode": 0o644}]
        await hub.ended(hub.order(1, argv=["sh", "-c", "cat; cat a/b"], stdin=sha256, files=files))
    assert hub.text(id_of(1)) == b"datadata"
