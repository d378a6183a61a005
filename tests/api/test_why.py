"""Why a node is not there, asked of a real hub."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.ask import ask, send
from tests.support.fleet import act, member, until_it_is

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow


async def why(hub: Parts, name: str) -> tuple[dict[str, Any], dict[str, bool | None]]:
    """The answer, and the outcome of each check by its name."""
    answer = await ask(hub, f"/api/v1/nodes/{name}/why")
    return answer, {check["name"]: check["ok"] for check in answer["checks"]}


async def test_a_machine_that_was_cut_off(hub: Parts) -> None:
    agent = await member(hub, "pi-11")
    await agent.acked("ndjson", await agent.report("ndjson", *(f'{{"msg": "line {number}"}}' for number in range(25))))
    assert "It is here" in (await why(hub, "pi-11"))[0]["verdict"]
    agent.cut()
    await until_it_is(hub, "pi-11", "down")
    answer, checks = await why(hub, "pi-11")
    assert (checks["heard"], checks["farewell"], checks["ping"], checks["agent"]) == (False, False, None, True)
    assert [line["body"] for line in answer["last_logs"]] == [f"line {number}" for number in range(24, 4, -1)]


async def test_a_machine_that_went_on_purpose(hub: Parts) -> None:
    agent = await member(hub, "pi-11")
    await agent.bye()
    await until_it_is(hub, "pi-11", "off")
    answer, checks = await why(hub, "pi-11")
    assert "on purpose (stopped)" in answer["verdict"]
    assert (checks["farewell"], checks["heard"]) == (None, False)


async def test_a_board_that_was_never_heard_and_one_that_was_retired(hub: Parts) -> None:
    await act(hub, "POST", "/api/v1/nodes", name="rig-3")
    answer, checks = await why(hub, "rig-3")
    assert "never been heard, and the hub listens on its own machine only" in answer["verdict"]
    assert "agent" not in checks
    await act(hub, "PATCH", "/api/v1/nodes/rig-3", state="retired")
    assert "wacket node adopt rig-3" in (await why(hub, "rig-3"))[0]["verdict"]


async def test_who_may_ask(hub: Parts) -> None:
    await act(hub, "POST", "/api/v1/nodes", name="rig-3")
    made = await act(hub, "POST", "/api/v1/tokens", name="screen", scopes=["read"])
    shown = {"Authorization": f"Bearer {made['secret']}"}
    assert (await send(hub, "GET", "/api/v1/nodes/rig-3/why", **shown))[0] == 403
    assert (await send(hub, "GET", "/api/v1/nodes/nobody/why", owner=True))[0] == 404
