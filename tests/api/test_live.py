"""The live connection: who may listen, and what a rude or unwelcome client gets. What is told is in watching/."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from wacket.api import live
from wacket.ledger import nodes as node_rows


@pytest.fixture
def site(api: Any) -> Any:
    """The API with a node."""
    api.app.include_router(live.router)
    api.parts.ledger.write_sync(lambda c: node_rows.create(c, "rig-3", "board", "adopted", "name:rig-3", api.now))
    api.parts.catalogue.refresh_nodes()
    return api


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "what a client may say"),
        ("[]", "what a client may say"),
        ('{"reading": []}', "reading"),
        ('{"readings": ["' + "x" * 201 + '"]}', "readings"),
        ('{"logs": {"severity": "loud"}}', "not a severity"),
        ('{"logs": {"severity": -1}}', "not a severity"),
        ('{"logs": {"after": -1}}', "after"),
        ('{"logs": {"node": "nobody"}}', "no node"),
        ('{"logs": {"nodes": ["rig-3", "nobody"]}}', "no node"),
        ('{"series": [7]}', "no series has the number 7"),
        ('{"series": [0]}', "series"),
        ('{"fleet": 1}', "fleet"),
        ('{"readings": [' + "[" * 50_000, "what a client may say"),
        ("x" * 70_000, "65536"),
    ],
)
def test_a_client_that_says_nonsense_is_told_and_let_go(site: Any, said: str, reason: str) -> None:
    with site.owner.websocket_connect("/api/v1/live") as socket:
        socket.send_text(said)
        assert reason in socket.receive_json()["error"]
        with pytest.raises(WebSocketDisconnect) as caught:
            socket.receive_json()
        assert caught.value.code == live.POLICY


def test_nonsense_later_on_changes_nothing(site: Any) -> None:
    with site.owner.websocket_connect("/api/v1/live") as socket:
        socket.send_text("{}")
        assert "cursor" in socket.receive_json()
        socket.send_text("?")
        assert "what a client may say" in socket.receive_json()["error"]
        socket.send_text("{}")
        assert "cursor" in socket.receive_json()


def test_bytes_are_understood_as_text(site: Any) -> None:
    with site.owner.websocket_connect("/api/v1/live") as socket:
        socket.send_bytes(b'{"readings": 7}')
        assert "readings" in socket.receive_json()["error"]


def test_a_silent_client_is_let_go(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_WORD", 0.01)
    with site.owner.websocket_connect("/api/v1/live") as socket:
        assert "say what you want" in socket.receive_json()["error"]


def refusal(client: Any, path: str) -> int:
    """The status that a WebSocket is refused with."""
    with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect(path):
        pass
    return int(denied.value.status_code)


@pytest.mark.parametrize(("bearer", "status"), [("", 401), ("wkt_wrong", 401), ("ingest", 403)])
def test_listening_needs_the_right_to_read(site: Any, bearer: str, status: int) -> None:
    client = site.client(bearer=site.token("ingest") if bearer == "ingest" else bearer)
    assert refusal(client, "/api/v1/live") == status


def test_a_token_in_the_address_is_no_token(site: Any) -> None:
    secret = site.token("read")
    assert refusal(site.client(), f"/api/v1/live?token={secret}") == 401


@pytest.mark.slow
@pytest.mark.parametrize("wanted", ['{"logs": {}}', '{"readings": ["*"]}', '{"series": [1]}', '{"fleet": true}'])
def test_a_student_may_ask_for_word_of_what_is_their_own_only(site: Any, wanted: str) -> None:
    student = site.person("student")
    shown = {"Cookie": f"wacket={student.cookies['wacket']}"}
    with student.websocket_connect("/api/v1/live", headers=shown) as socket:
        socket.send_text(wanted)
        assert "the right 'read'" in socket.receive_json()["error"]
    with student.websocket_connect("/api/v1/live", headers=shown) as socket:
        socket.send_text('{"changes": true}')
        assert socket.receive_json() == {"cursor": 0, "now": site.now, "beat": 2.0}


def test_a_revoked_token_ends_the_connection(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CHECK_EVERY", 0.01)
    made = site.owner.post("/api/v1/tokens", json={"name": "screen", "scopes": ["read"]}).json()
    with site.client(bearer=made["secret"]).websocket_connect("/api/v1/live") as socket:
        socket.send_text('{"logs": {}}')
        assert "cursor" in socket.receive_json()
        site.owner.delete(f"/api/v1/tokens/{made['id']}")
        assert "revoked" in socket.receive_json()["error"]
        with pytest.raises(WebSocketDisconnect) as caught:
            socket.receive_json()
        assert caught.value.code == live.POLICY
    assert site.parts.bus.statistics()["subscribers"] == 0
