"""Influx's own Python library, unmodified, writes to the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.journeys.told import points, values
from tests.support.ask import ask, bodies

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]

influxdb_client = pytest.importorskip(
    "influxdb_client", reason="influxdb-client is not installed; `make setup` does that"
)

NOON = datetime(2024, 11, 21, 12, tzinfo=UTC)
NOON_US = int(NOON.timestamp()) * 1_000_000


def client(hub: Parts, token: str = "") -> Any:
    return influxdb_client.InfluxDBClient(url=f"http://{hub.addresses['http']}", token=token, org="lab")


@pytest.mark.filterwarnings("ignore:This method is deprecated:DeprecationWarning")  # health(), still widely used
async def test_one_point_at_a_time(hub: Parts) -> None:
    from influxdb_client.client.write_api import SYNCHRONOUS

    def write() -> tuple[bool, str, str]:
        with client(hub) as influx, influx.write_api(write_options=SYNCHRONOUS) as writer:
            point = influxdb_client.Point("oven").tag("bench", "2").field("celsius", 180.5).field("door", "open")
            writer.write("lab", record=point.field("on", True).field("runs", 7).time(NOON))
            writer.write("lab", record={"measurement": "room", "fields": {"value": 20}, "time": NOON})
            writer.write("lab", record="line value=1 5\nline value=2 6", write_precision="s")
            health = influx.health()
            return influx.ping(), health.status, influx.version()

    alive, status, version = await asyncio.to_thread(write)
    assert (alive, status) == (True, "pass")
    assert version.startswith("wacket-")
    assert await points(hub, "oven.celsius") == [[NOON_US, 180.5]]
    assert await values(hub, "oven.on") + await values(hub, "oven.runs") == [1.0, 7.0]
    assert await points(hub, "room") == [[NOON_US, 20.0]]
    (oven,) = (await ask(hub, "/api/v1/series", match="oven.celsius"))["series"]
    assert oven["labels"] == {"bench": "2"}
    assert await bodies(hub, source="oven") == ["door=open"]
    found = await ask(hub, "/api/v1/series/values", match="line", since="0", until="10", step="raw")
    assert found["series"][0]["points"] == [[5_000_000, 1.0], [6_000_000, 2.0]]


async def test_a_refused_point_is_told_to_the_program(hub: Parts) -> None:
    from influxdb_client.client.write_api import SYNCHRONOUS
    from influxdb_client.rest import ApiException

    _, secret = await hub.tokens.create("oven", ["ingest"], node="rig-3")

    def write(token: str, line: str) -> int:
        with client(hub, token) as influx, influx.write_api(write_options=SYNCHRONOUS) as writer:
            try:
                writer.write("lab", record=line)
            except ApiException as error:
                return int(error.status)
        return 204

    assert await asyncio.to_thread(write, secret, "oven celsius=1") == 204
    assert await asyncio.to_thread(write, secret, "oven") == 400
    assert await asyncio.to_thread(write, "wkt_wrong", "oven celsius=2") == 401
    assert await values(hub, "rig-3/oven.celsius") == [1.0]


async def test_batches_are_written_in_the_background(hub: Parts) -> None:
    def write() -> None:
        options = influxdb_client.WriteOptions(batch_size=300, flush_interval=50)
        with client(hub) as influx, influx.write_api(write_options=options) as writer:
            for number in range(1000):
                writer.write("lab", record=f"count value={number} {NOON_US * 1000 + number * 1000}")

    await asyncio.to_thread(write)
    assert await points(hub, "count") == [[NOON_US + number, float(number)] for number in range(1000)]


async def test_batches_wait_while_the_hub_cannot_store(hub: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library tries again after a 503, and then everything is there once."""
    from wacket.errors import Unavailable

    real, refusals = type(hub.history).append, iter((True,))

    def sometimes(history: object, *given: object) -> list[int]:
        if next(refusals, False):
            raise Unavailable("the disk is full; free some space")
        return real(history, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(type(hub.history), "append", sometimes)

    def write() -> None:
        options = influxdb_client.WriteOptions(
            batch_size=200, flush_interval=50, retry_interval=10, max_retries=5, jitter_interval=0
        )
        with client(hub) as influx, influx.write_api(write_options=options) as writer:
            for number in range(200):
                writer.write("lab", record=f"count value={number} {NOON_US * 1000 + number * 1000}")

    await asyncio.to_thread(write)
    assert await values(hub, "count") == [float(number) for number in range(200)]
