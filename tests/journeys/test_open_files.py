"""History is plain Parquet: DuckDB alone, without the hub, finds every reading and every line that was sent."""

from __future__ import annotations

import asyncio

import duckdb
import pytest
from tests.support.ask import ask, send

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow

START = 1_700_000_040  # a whole minute
COUNT = 500


async def test_sealed_files_hold_what_was_sent(hub: Parts) -> None:
    readings = b"".join(b"oven,bench=2 celsius=%d.5 %d\n" % (number, START + number) for number in range(COUNT))
    assert (await send(hub, "POST", "/write?node=rig&precision=s", readings))[0] == 204
    lines = b"".join(b"line %d \xc3\xa4\n" % number for number in range(COUNT))
    assert (await send(hub, "POST", "/api/v1/ingest/text?node=rig", lines))[0] == 200
    await asyncio.to_thread(hub.history.seal)
    (series,) = (await ask(hub, "/api/v1/series"))["series"]
    nodes = {node["name"]: node for node in (await ask(hub, "/api/v1/nodes"))["nodes"]}
    folder = hub.folder / "history"
    with duckdb.connect() as engine:
        rows = engine.execute(
            f'SELECT series, epoch_us("at"), value, quality FROM \'{folder}/readings/*.parquet\' ORDER BY series, "at"'
        ).fetchall()
        assert rows == [(series["id"], (START + number) * 1_000_000, number + 0.5, 0) for number in range(COUNT)]
        told = engine.execute(
            f"SELECT body, node, severity FROM '{folder}/logs/*.parquet' WHERE source = '' ORDER BY \"at\", id"
        ).fetchall()
        assert [body for body, _, _ in told] == [f"line {number} ä" for number in range(COUNT)]
        assert {node for _, node, _ in told} == {nodes["rig"].get("id", told[0][1])}
        rolled = engine.execute(
            f"SELECT sum(count), sum(sum), min(min), max(max), sum(rise) FROM '{folder}/rollup_1m/*.parquet'"
        ).fetchone()
        minutes = -(-COUNT // 60)
        # `rise` is within a bucket: the steps from one minute to the next are not in it.
        assert rolled == (COUNT, sum(range(COUNT)) + COUNT / 2, 0.5, COUNT - 0.5, COUNT - minutes)
    # The hub's answers are the same with the rows in files as they were with the rows in the journal.
    found = await ask(
        hub, "/api/v1/series/values", match="oven.*", since=str(START), until=str(START + COUNT), step="raw"
    )
    assert [value for _, value in found["series"][0]["points"]] == [number + 0.5 for number in range(COUNT)]


async def test_an_export_opens_with_names_instead_of_numbers(hub: Parts) -> None:
    assert (await send(hub, "POST", "/write?node=rig", b"oven,bench=2 celsius=1,runs=2i"))[0] == 204
    status, _, file = await send(hub, "GET", "/api/v1/export/readings?match=*&format=parquet", owner=True)
    assert status == 200
    path = hub.folder / "export.parquet"
    path.write_bytes(file)
    with duckdb.connect() as engine:
        rows = engine.execute(f"SELECT node, name, value FROM '{path}' ORDER BY name").fetchall()
    assert rows == [("rig", "oven.celsius", 1.0), ("rig", "oven.runs", 2.0)]
