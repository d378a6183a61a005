"""The background work of history outlives what fails in the world around it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from wacket.errors import Unavailable
from wacket.history import upkeep
from wacket.history.shapes import RetentionRule


async def test_rules_that_cannot_be_read_now_end_nothing_and_are_asked_again(bench, monkeypatch, caplog):
    monkeypatch.setattr(upkeep, "_LOOK_SECONDS", 0.01)
    history = bench.open(compact_seconds=0)
    told, failures, heard = [RetentionRule(None, 365, 0)], [1, 2], threading.Event()

    def rules():
        if failures:
            raise Unavailable(f"the ledger cannot be used, {failures.pop()}")
        return told

    def expire(given):
        assert given is told
        heard.set()
        return 0

    monkeypatch.setattr(history.care, "expire", expire)
    going = asyncio.create_task(history.run(rules))
    assert await asyncio.to_thread(heard.wait, 10)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    failed = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert failed == ["retention fails and is tried again: the ledger cannot be used, 2"]
