"""The live WebSocket: who may listen, what passes, and what a slow or rude client gets."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from wacket.api import live
from wacket.bus.memory import Told
from wacket.ledger import nodes as node_rows
from wacket.records import Batch, Logs, Readings, SeriesKey


@pytest.fixture
def site(api: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The API with two nodes; series 1 is rig-3/temp, series 2 is rig-4/temp."""
    monkeypatch.setattr(live, "EVERY", 0.001)
    api.app.include_router(live.router)
    for name in ("rig-3", "rig-4"):
        api.parts.ledger.write_sync(lambda c, n=name: node_rows.create(c, n, "board", "adopted", f"name:{n}", api.now))
    api.parts.catalogue.refresh_nodes()
    api.parts.catalogue.intern([SeriesKey(2, "temp"), SeriesKey(3, "temp")], {})
    return api


def readings(series: Sequence[int], first: int = 0) -> Told:
    count = len(series)
    values = np.arange(first, first + count, dtype=np.float64)
    columns = Readings(np.array(series, np.uint32), np.arange(count, dtype=np.int64), values, np.zeros(count, np.uint8))
    return Told(Batch(readings=columns), 1 << 20)


def lines(*rows: tuple[int, int, str], first_id: int = 100) -> Told:
    """Rows are (node, severity, body)."""
    logs = Logs.of([(5_000_000, 5_000_000, node, "app", severity, body, "") for node, severity, body in rows])
    return Told(Batch(logs=logs), first_id)


def tell(site: Any, *told: Told) -> None:
    for one in told:
        site.owner.portal.call(site.parts.bus.publish_nowait, "batches", one)


def subscribed(site: Any, socket: Any, wanted: dict[str, Any]) -> None:
    """Say what is wanted, and wait until the hub listens: it answers a mistake once it does."""
    socket.send_text(json.dumps(wanted))
    socket.send_text("?")
    assert "error" in socket.receive_json()


def look(site: Any, sieve: live.Sieve, told: Told) -> None:
    """What the hub does with each batch."""
    site.owner.portal.call(sieve.learn, told)
    sieve.take(told)


def test_readings_of_the_chosen_series_come_as_they_arrive(site: Any) -> None:
    with site.owner.websocket_connect("/api/v1/live") as socket:
        subscribed(site, socket, {"readings": ["rig-3/*"]})
        tell(site, readings([1, 2, 1]))
        assert socket.receive_json() == {
            "readings": [
                {"id": 1, "node": "rig-3", "name": "temp", "at": 0, "value": 0.0},
                {"id": 1, "node": "rig-3", "name": "temp", "at": 2, "value": 2.0},
            ]
        }
    assert site.parts.bus.statistics()["subscribers"] == 0


def test_a_series_that_is_new_is_seen_too(site: Any) -> None:
    with site.owner.websocket_connect("/api/v1/live") as socket:
        subscribed(site, socket, {"readings": ["hum"]})
        tell(site, readings([1]))
        site.parts.catalogue.intern([SeriesKey(2, "hum")], {})
        tell(site, readings([3]))
        assert [row["name"] for row in socket.receive_json()["readings"]] == ["hum"]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, [100, 101, 102]),
        ({"node": "rig-3"}, [100, 102]),
        ({"severity": 13}, [101, 102]),
        ({"severity": "error"}, [102]),
        ({"find": "PUMP"}, [100, 102]),
        ({"find": "stoppedpump"}, []),
        ({"find": "pump", "node": "rig-3", "severity": "warn"}, [102]),
    ],
)
def test_logs_that_fit_come_as_they_arrive(site: Any, wanted: dict[str, Any], ids: list[int]) -> None:
    with site.owner.websocket_connect("/api/v1/live") as socket:
        subscribed(site, socket, {"logs": wanted})
        tell(site, lines((2, 9, "pump started"), (3, 13, "all stopped"), (2, 17, "Pump \x1b stuck")))
        tell(site, lines((2, 21, "the end: pump"), first_id=999))
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1]["id"] != 999:
            if wanted.get("find") == "stoppedpump":
                socket.send_text("?")  # nothing fits: the answer to a mistake is the next message
                assert "error" in socket.receive_json()
                return
            seen += socket.receive_json()["logs"]
        assert [row["id"] for row in seen[:-1]] == ids
        assert seen[-1] == {
            "id": 999,
            "at": "1970-01-01T00:00:05Z",
            "node": "rig-3",
            "source": "app",
            "severity": 21,
            "severity_text": "FATAL",
            "body": "the end: pump",
            "attrs": {},
        }


def test_a_client_may_change_its_mind(site: Any) -> None:
    with site.owner.websocket_connect("/api/v1/live") as socket:
        subscribed(site, socket, {"logs": {}})
        subscribed(site, socket, {"readings": ["rig-4/temp"]})
        tell(site, lines((2, 9, "unheard")), readings([2]))
        assert [row["id"] for row in socket.receive_json()["readings"]] == [2]


def test_what_is_too_much_is_counted_and_told(site: Any) -> None:
    wanted = live.Wanted(readings=["*"], logs=live.WantedLogs())
    sieve = live.Sieve(site.parts, wanted)
    look(site, sieve, readings([1] * (live.MOST_READINGS + 7)))
    look(site, sieve, lines(*[(2, 9, str(number)) for number in range(live.MOST_LOGS + 5)]))
    newest, logs, lost = map(json.loads, sieve.drain())
    assert len(newest["readings"]) == live.MOST_READINGS
    assert newest["readings"][-1]["value"] == live.MOST_READINGS + 6
    assert [len(logs["logs"]), logs["logs"][-1]["body"]] == [live.MOST_LOGS, str(live.MOST_LOGS + 4)]
    assert lost == {"lost": 12}
    assert sieve.drain() == []


def test_a_client_that_does_not_listen_costs_bounded_memory_and_every_row_is_counted(site: Any) -> None:
    sieve = live.Sieve(site.parts, live.Wanted(readings=["*"]))
    for _ in range(100):
        look(site, sieve, readings([1] * 1000))
    assert sum(map(len, sieve._readings)) <= 3 * live.MOST_READINGS
    newest, lost = map(json.loads, sieve.drain())
    assert len(newest["readings"]) + lost["lost"] == 100_000


def test_batches_that_the_bus_dropped_are_told(site: Any) -> None:
    async def slow() -> int:
        sieve = live.Sieve(site.parts, live.Wanted(readings=["*"]))
        with site.parts.bus.subscribe("batches", limit=2) as subscription:
            for _ in range(5):
                site.parts.bus.publish_nowait("batches", readings([1]))
            gathering = asyncio.ensure_future(live._gather(subscription, sieve))
            async with asyncio.timeout(5):
                await sieve.ready.wait()
            gathering.cancel()
        return sieve.lost

    assert site.owner.portal.call(slow) == 3


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "what a client may say"),
        ("[]", "what a client may say"),
        ('{"reading": []}', "reading"),
        ('{"readings": ["' + "x" * 201 + '"]}', "readings"),
        ('{"logs": {"severity": "loud"}}', "not a severity"),
        ('{"logs": {"severity": -1}}', "not a severity"),
        ('{"logs": {"node": "nobody"}}', "no node"),
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


def test_bytes_are_understood_as_text(site: Any) -> None:
    with site.owner.websocket_connect("/api/v1/live") as socket:
        socket.send_bytes(b'{"readings": 7}')
        assert "readings" in socket.receive_json()["error"]


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


def test_a_revoked_token_ends_the_connection(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CHECK_EVERY", 0.01)
    made = site.owner.post("/api/v1/tokens", json={"name": "screen", "scopes": ["read"]}).json()
    with site.client(bearer=made["secret"]).websocket_connect("/api/v1/live") as socket:
        socket.send_text('{"logs": {}}')
        site.owner.delete(f"/api/v1/tokens/{made['id']}")
        assert "revoked" in socket.receive_json()["error"]
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()


def test_a_revoked_token_ends_a_busy_connection_without_noise(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CHECK_EVERY", 0.02)
    monkeypatch.setattr(live, "EVERY", 0)
    made = site.owner.post("/api/v1/tokens", json={"name": "screen", "scopes": ["read"]}).json()
    with site.client(bearer=made["secret"]).websocket_connect("/api/v1/live") as socket:
        subscribed(site, socket, {"readings": ["*"]})
        site.owner.delete(f"/api/v1/tokens/{made['id']}")
        heard: dict[str, Any] = {}
        while "error" not in heard:
            tell(site, readings([1, 2]))
            heard = socket.receive_json()
        assert "revoked" in heard["error"]
        with pytest.raises(WebSocketDisconnect) as caught:
            socket.receive_json()
        assert caught.value.code == live.POLICY


def test_a_view_follows_nodes_that_are_called_otherwise(site: Any) -> None:
    with site.owner.websocket_connect("/api/v1/live") as socket:
        subscribed(site, socket, {"readings": ["oven/*"]})
        tell(site, readings([1, 2]))
        assert site.owner.patch("/api/v1/nodes/rig-3", json={"name": "oven"}).status_code == 200
        tell(site, readings([1, 2], first=10))
        assert [(row["node"], row["value"]) for row in socket.receive_json()["readings"]] == [("oven", 10.0)]


def test_globs_are_held_against_new_series_only_and_beside_the_loop(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []
    threads: set[str] = set()
    fitting = site.parts.catalogue.fitting

    def noted(ids: list[int], match: list[str]) -> list[int]:
        asked.append(ids)
        threads.add(threading.current_thread().name)
        return list(fitting(ids, match))

    monkeypatch.setattr(site.parts.catalogue, "fitting", noted)
    sieve = live.Sieve(site.parts, live.Wanted(readings=["*"]))
    for ids in ([1], [1, 1], [2, 1], [2]):
        look(site, sieve, readings(ids))
    assert asked == [[1], [2]]
    assert all(name.startswith("ThreadPoolExecutor") for name in threads)


def test_a_silent_client_is_let_go(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_WORD", 0.01)
    with site.owner.websocket_connect("/api/v1/live") as socket:
        assert "say what you want" in socket.receive_json()["error"]


@given(st.lists(st.text("abAB ä", max_size=6), max_size=8), st.text("abABä", min_size=1, max_size=3))
def test_the_search_through_all_bodies_at_once_finds_what_a_plain_search_finds(bodies: list[str], find: str) -> None:
    logs = Logs.of([(0, 0, 1, "", 9, body, "") for body in bodies])
    plain = [find.encode().lower() in body.encode().lower() for body in bodies]
    assert live.rows_with(logs, find).tolist() == plain
