"""The door of agents over real sockets: who is let in, and what becomes of what they say."""

from __future__ import annotations

import pytest
from tests.support.agents import FakeAgent, joined
from tests.support.ask import ask, bodies


@pytest.mark.slow
async def test_a_machine_joins_and_reports(hub):
    url = f"ws://{hub.addresses['http']}"
    _, token = await hub.fleet.tokens.create({"room": "lab"}, accept=True)
    async with joined(url, token) as agent:
        assert agent.welcomed["name"] == "pi-11"
        assert await agent.streams() == {"influx": -1, "ndjson": -1}
        last = await agent.report("influx", "cpu percent=12.5 1795262400000000000", "load one=0.5 1795262400000000000")
        await agent.acked("influx", last)
        last = await agent.report("ndjson", '{"time": 1795262400000000, "message": "hello"}')
        await agent.acked("ndjson", last)
        assert (await agent.beat())["time"] > 0
    assert await bodies(hub, node="pi-11") == ["hello"]
    rows = (await ask(hub, "/api/v1/series", node="pi-11"))["series"]
    assert {row["name"] for row in rows} == {"cpu.percent", "load.one"}
