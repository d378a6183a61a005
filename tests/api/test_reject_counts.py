"""Rejects counted by node and format over HTTP, from a whole hub that was sent what it cannot read."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.support.ask import ask, send

from wacket.api.parts import Parts
from wacket.records import REJECT_SOURCE, Batch, Logs

pytestmark = pytest.mark.slow


async def test_rejects_are_counted_by_node_and_format(hub: Parts) -> None:
    for name, form, lines in (("rig-3", "ndjson", b"{]\n" * 500), ("rig-4", "influx", b"=\n=\n")):
        sent = await send(hub, "POST", f"/api/v1/ingest/{form}", lines, X_Wacket_Node=name)
        assert json.loads(sent[2])["rejected"] == lines.count(b"\n"), sent
    told = await ask(hub, "/api/v1/rejects/counts")
    assert [(one["node"], one["format"], one["count"]) for one in told["rejects"]] == [
        ("rig-3", "ndjson", 500),  # most of them are told together
        ("rig-4", "influx", 2),
    ]
    assert told["total"] == 502
    assert all(one["reason"] and one["last"] for one in told["rejects"])


async def test_old_ones_and_those_that_say_nothing_of_their_format(hub: Parts) -> None:
    now = hub.clock()
    hour = 3_600_000_000
    lines = Logs.of(
        [
            (now - 30 * hour, now, 1, REJECT_SOURCE, 13, "old", '{"format": "json", "reason": "no"}'),
            (now - hour, now, 1, REJECT_SOURCE, 13, "odd", "not json"),
            (now - hour, now, 1, "app", 13, "a line", '{"format": "json"}'),
        ]
    )
    await asyncio.to_thread(hub.history.append, [Batch(logs=lines)])
    told = await ask(hub, "/api/v1/rejects/counts")
    assert [(one["format"], one["count"], one["reason"]) for one in told["rejects"]] == [("", 1, "")]
    whole = await ask(hub, "/api/v1/rejects/counts", since="2d")
    assert {one["format"] for one in whole["rejects"]} == {"", "json"}


async def test_reading_needs_the_right_to_read(hub: Parts) -> None:
    assert (await send(hub, "GET", "/api/v1/rejects/counts"))[0] == 401
    assert (await send(hub, "GET", "/api/v1/rejects/counts?since=soon", owner=True))[0] == 400
