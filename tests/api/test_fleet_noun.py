"""All nodes at a glance over HTTP, from a real hub: what was sent is there at once, and after a restart too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from tests.support.ask import ask, send
from tests.support.fleet import act, member

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow
Start = Callable[..., AbstractAsyncContextManager[Parts]]

CPU = "cpu percent={}"


async def rows(hub: Parts, **asked: Any) -> dict[str, Any]:
    view = await ask(hub, "/api/v1/fleet", **asked)
    assert view["counts"] == {
        status: sum(row["status"] == status for row in view["nodes"]) for status in view["counts"]
    }
    return {row["name"]: row for row in view["nodes"]}


async def test_a_machine_and_a_board_at_a_glance(hub: Parts) -> None:
    agent = await member(hub, "pi-11")
    await agent.acked("influx", await agent.report("influx", CPU.format(14.5), "disk,mount=/ used_percent=94.2"))
    await agent.acked("ndjson", await agent.report("ndjson", '{"msg": "it smokes", "level": "error"}'))
    assert (await send(hub, "POST", "/write?node=greenhouse", b"air temp=21.5"))[0] == 204
    found = await rows(hub)
    machine, board = found["pi-11"], found["greenhouse"]
    disk = {"value": 94.2, "of": "/", "count": 1}
    assert (machine["numbers"], machine["spark"], machine["status"]) == ({"cpu": 14.5, "disk": disk}, [14.5], "warn")
    assert (machine["os"], machine["agent"], machine["allows"]["run"]) == ("linux", "0.1.0", True)
    assert machine["log"]["body"] == "it smokes"
    assert (board["kind"], board["numbers"], board["allows"], board["status"]) == ("board", {}, None, "up")
    assert [(one["name"], one["value"]) for one in board["newest"]] == [("air.temp", 21.5)]
    await agent.bye()


async def test_retired_nodes_are_left_out_unless_they_are_asked_for(hub: Parts) -> None:
    await act(hub, "POST", "/api/v1/nodes", name="old")
    assert (await rows(hub))["old"]["status"] == "unknown"
    await act(hub, "PATCH", "/api/v1/nodes/old", state="retired")
    assert "old" not in await rows(hub)
    assert (await rows(hub, retired="true"))["old"]["presence"] == "retired"


async def test_after_a_restart_it_is_filled_from_what_is_stored(start_hub: Start) -> None:
    async with start_hub() as hub:
        agent = await member(hub, "pi-11")
        for value in (10, 20):
            await agent.acked("influx", await agent.report("influx", CPU.format(value)))
        await agent.acked("ndjson", await agent.report("ndjson", '{"msg": "it smokes", "level": "error"}'))
        cursor = (await ask(hub, "/api/v1/fleet"))["cursor"]
        await agent.bye()
    async with start_hub() as hub:
        with hub.bus.subscribe("fleet") as filled:
            async for _ in filled:
                break
        view = await ask(hub, "/api/v1/fleet")
        row = next(row for row in view["nodes"] if row["name"] == "pi-11")
        assert (row["numbers"]["cpu"], row["spark"][-1], row["log"]["body"]) == (20.0, 20.0, "it smokes")
        assert (row["status"], row["series"], row["at"] > 0) == ("off", 1, True)
        assert view["cursor"] >= cursor


async def test_how_often_a_series_speaks_is_told_with_it(hub: Parts) -> None:
    now = hub.clock() // 1_000_000
    for ago in (40, 30, 20, 10):
        body = f"air temp=21.5 {now - ago}".encode()
        assert (await send(hub, "POST", "/write?node=greenhouse&precision=s", body))[0] == 204
        hub.fleet.overview.look()
    (series,) = (await ask(hub, "/api/v1/series", node="greenhouse"))["series"]
    assert series["period"] == 10_000_000


async def test_strangers_and_students_see_nothing(hub: Parts) -> None:
    assert (await send(hub, "GET", "/api/v1/fleet"))[0] == 401
