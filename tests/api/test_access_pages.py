"""A cookie alone is not enough: pages of other sites can make a browser send it. WebSockets included."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import Depends, WebSocket
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from wacket.api.access import Caller, caller_of, may
from wacket.errors import WacketError

OWN = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://hub:8080"},
    {"Origin": "http://HUB:8080"},
    {"X-Wacket": "1"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://hub:8080"},
]
FOREIGN = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://hub"},
    {"Origin": "http://hub:8080.evil.example"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Origin": "https://evil.example", "X-Wacket": "1"},
    {"Sec-Fetch-Site": "cross-site", "X-Wacket": "1"},
]


@pytest.fixture
def browser(api):
    ada = api.person("operator")
    del ada.headers["X-Wacket"]
    return ada


@pytest.mark.parametrize("headers", OWN)
def test_own_pages_may_act(browser, headers):
    assert browser.post("/api/v1/nodes", json={"name": "rig"}, headers=headers).status_code == 201


@pytest.mark.parametrize("headers", FOREIGN)
def test_foreign_pages_may_not(api, browser, headers):
    answer = browser.post("/api/v1/nodes", json={"name": "rig"}, headers=headers)
    assert answer.status_code == 403
    assert "not come from a page of this hub" in answer.json()["error"]
    assert [node["name"] for node in browser.get("/api/v1/nodes").json()["nodes"]] == ["hub"]
    assert api.acts("POST /api/v1/nodes")[0]["actor"] == "person:ada"


def test_reading_needs_no_proof_of_the_page(browser):
    assert browser.get("/api/v1/nodes").status_code == 200


def test_tokens_need_no_proof_of_the_page(api):
    program = api.client(bearer=api.token("operate"))
    answer = program.post("/api/v1/nodes", json={"name": "rig"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 201


@pytest.fixture
def live(api):
    @api.app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        try:
            caller = await caller_of(socket, "read")
        except WacketError as error:
            await socket.close(1008, str(error)[:120])
            return
        await socket.accept()
        await socket.send_text(caller.actor)
        await socket.close()

    @api.app.websocket("/declared")
    async def declared(socket: WebSocket, caller: Annotated[Caller, Depends(may("read"))]) -> None:
        await socket.accept()
        await socket.send_text(caller.actor)
        await socket.close()

    return api


def hears(client, path="/live", **headers) -> str | None:
    try:
        with client.websocket_connect(f"ws://hub:8080{path}", headers=headers) as socket:
            return socket.receive_text()
    except WebSocketDisconnect:
        return None


def test_websocket_knows_all_callers(live):
    assert hears(live.owner) == "owner"
    assert hears(live.client(bearer=live.token("read"))) == "token:program"
    assert hears(live.person("viewer"), Origin="http://hub:8080") == "person:ada"


def test_websocket_may_declare_the_right(live):
    assert hears(live.client(bearer=live.token("read")), "/declared") == "token:program"
    stranger = live.client()
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        stranger.websocket_connect("ws://hub:8080/declared"),
    ):
        pass
    assert denied.value.status_code == 401
    assert "setup-link" in denied.value.json()["error"]


def test_websocket_refuses_the_others(live):
    assert hears(live.client()) is None
    assert hears(live.client(bearer=live.token("ingest"))) is None
    assert hears(live.person("student"), Origin="http://hub:8080") is None


def test_websocket_of_a_foreign_page_is_refused(live):
    ada = live.person("viewer")
    assert hears(ada, Origin="http://hub:8080") == "person:ada"
    for origin in ("https://evil.example", "http://hub:9999", "null"):
        assert hears(ada, Origin=origin) is None
