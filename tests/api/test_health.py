"""How the hub is, over a real socket: for Influx clients, load balancers, people and Prometheus."""

from __future__ import annotations

import json
import math
import re

import pytest
from tests.support.ask import ask, send

from wacket import __version__
from wacket.api.health import flat
from wacket.api.parts import Parts
from wacket.errors import Unavailable

pytestmark = pytest.mark.slow

SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{[^{}]*\})? (\S+)")


def test_counts_within_counts_are_named_by_their_path() -> None:
    counts = {"a": 1, "b": {"c.d": 2.5, "e": True}, "text": "left out", "none": None}
    assert dict(flat("edge", counts)) == {"edge_a": 1.0, "edge_b_c_d": 2.5, "edge_b_e": 1.0}


async def test_a_ping_is_answered_to_anybody(hub: Parts) -> None:
    for method in ("GET", "HEAD"):
        status, headers, body = await send(hub, method, "/ping")
        assert (status, body) == (204, b"")
        assert __version__ in headers["x-influxdb-version"]


async def test_the_short_health_tells_strangers_pass_or_fail_and_nothing_else(
    hub: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, body = await send(hub, "GET", "/health")
    told = json.loads(body)
    assert (status, told["status"], told["name"]) == (200, "pass", "wacket")
    assert told.keys() == {"name", "status", "message", "version"}
    well = hub.history.health()
    monkeypatch.setattr(type(hub.history), "health", lambda _: well | {"ok": False})
    status, _, body = await send(hub, "GET", "/health")
    assert (status, json.loads(body)["status"]) == (503, "fail")
    assert json.loads(body).keys() == told.keys()
    assert (await ask(hub, "/api/v1/health"))["status"] == "failing"


async def test_the_full_health_says_what_is_in_force_and_what_was_counted(hub: Parts) -> None:
    await send(hub, "POST", "/api/v1/ingest/influx?node=rig", b"m value=1\nbad\n")
    told = await ask(hub, "/api/v1/health")
    assert (told["status"], told["version"]) == ("ok", __version__)
    assert abs(told["at"] - hub.clock()) < 60_000_000
    assert told["history"]["ok"] is True
    assert set(told["statistics"]) == set(hub.edges)
    assert {"intake", "history", "tcp", "udp", "http", "bus", "clusters"} <= set(told["statistics"])
    assert (told["statistics"]["http"]["answering"], told["statistics"]["http"]["answered"]) == (1, 1)
    intake = told["statistics"]["intake"]
    assert (intake["frames"], intake["stored"], intake["rejected"]) == (2, 1, 1)
    assert told["addresses"] == hub.addresses


async def test_a_failing_disk_is_told_and_recovers_without_a_restart(
    hub: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> list[int]:
        raise Unavailable("the disk is full; free some space", retry_after=7)

    with monkeypatch.context() as broken:
        broken.setattr(type(hub.history), "append", full)
        status, headers, body = await send(hub, "POST", "/write", b"m value=1")
        assert (status, headers["retry-after"]) == (503, "7")
        assert "disk is full" in json.loads(body)["error"]
        assert "disk is full" in (await ask(hub, "/api/v1/health"))["statistics"]["intake"]["last_error"]
    assert (await send(hub, "POST", "/write", b"m value=2"))[0] == 204
    intake = (await ask(hub, "/api/v1/health"))["statistics"]["intake"]
    assert (intake["stored"], intake["failed"], intake["last_error"]) == (1, 1, "")
    (series,) = (await ask(hub, "/api/v1/series"))["series"]
    assert series["value"] == 2.0


async def test_metrics_are_a_text_exposition(hub: Parts) -> None:
    await send(hub, "POST", "/api/v1/ingest/influx?node=rig", b"m value=1\nbad\n")
    status, headers, body = await send(hub, "GET", "/metrics", owner=True)
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    assert body.endswith(b"\n")
    found = [SAMPLE.fullmatch(line) for line in body.decode().splitlines() if not line.startswith("#")]
    assert found
    assert all(found)
    samples = {match[1]: float(match[2]) for match in found if match}
    assert len(samples) == len(found)  # no name stands twice
    assert all(math.isfinite(value) for value in samples.values())
    assert (samples["wacket_intake_stored"], samples["wacket_intake_rejected"]) == (1.0, 1.0)
    assert {name.split("_")[1] for name in samples} >= set(hub.edges)


async def test_the_details_are_for_those_who_may_read(hub: Parts) -> None:
    _, reader = await hub.tokens.create("page", ["read"])
    _, sender = await hub.tokens.create("oven", ["ingest"])
    for path in ("/api/v1/health", "/metrics"):
        assert (await send(hub, "GET", path))[0] == 401
        assert (await send(hub, "GET", path, authorization=f"Bearer {sender}"))[0] == 403
        assert (await send(hub, "GET", path, authorization=f"Bearer {reader}"))[0] == 200
