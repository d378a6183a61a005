"""Boards that say nothing but that they are there."""

from __future__ import annotations

import pytest
from tests.support.ask import send
from tests.support.fleet import presence

from wacket.api import front

pytestmark = pytest.mark.slow


async def alive(hub, name, **headers):
    return (await send(hub, "POST", f"/api/v1/nodes/{name}/alive", **headers))[0]


async def test_a_board_of_this_machine_is_there(hub):
    assert await alive(hub, "rig-3") == 204
    assert presence(hub, "rig-3") == "up"


async def test_a_token_says_which_node_it_may_be(hub):
    _, secret = await hub.tokens.create("rig-3", ["ingest"], node="rig-3")
    assert await alive(hub, "rig-3", Authorization=f"Bearer {secret}") == 204
    assert await alive(hub, "rig-4", Authorization=f"Bearer {secret}") == 403
    assert await alive(hub, "rig-3", Authorization="Bearer wkt_wrong") == 401
    assert {row.name for row in hub.catalogue.nodes()} == {"hub", "rig-3"}


async def test_a_name_that_is_none(hub):
    assert await alive(hub, "%20%1b") == 400


async def test_a_retired_one_is_refused(hub):
    await alive(hub, "rig-3")
    body = b'{"state": "retired"}'
    assert (await send(hub, "PATCH", "/api/v1/nodes/rig-3", body, owner=True, content_type="application/json"))[
        0
    ] == 200
    assert await alive(hub, "rig-3") == 403


@pytest.mark.parametrize(
    ("method", "path", "open_to_devices"),
    [
        ("POST", "/api/v1/nodes/rig/alive", True),
        ("GET", "/api/v1/nodes/rig/alive", False),
        ("POST", "/api/v1/nodes/rig/x/alive", False),
        ("PATCH", "/api/v1/nodes/alive", False),
        ("POST", "/api/v1/nodes/alive", False),
        ("POST", "/api/v1/nodes/rig/alive/x", False),
        ("GET", "/api/v1/agent", True),
        ("GET", "/api/v1/agents", False),
        ("GET", "/api/v1/agent/x", False),
    ],
)
def test_plain_http_is_open_for_just_this(method, path, open_to_devices):
    assert front.is_for_devices({"method": method, "path": path}) is open_to_devices
