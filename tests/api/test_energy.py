"""The energy services as their present clients use them, and the clusters that come of it."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import threading
from typing import Any

import pytest
from tests.journeys.told import until
from tests.support.ask import ask, bodies, send

from wacket.api.energy import one_frame
from wacket.errors import BadRequest
from wacket.records import Envelope

EVENT = (
    "Device: ID=1; Fw=2; Power: Active=1753W; Reactive=279var; Appearent=403VA; Line: Current=7.5; Voltage=230.08V; "
    "Peaks: 7.1;7.2;7.3;"
)
PARSED = {
    "Device": {"ID": 1, "Fw": 2},
    "Power": {"Active": 1753, "Reactive": 279, "Appearent": 403},
    "Line": {"Current": 7.5, "Voltage": 230.08},
    "Peaks": [7.1, 7.2, 7.3],
}
TEXT = {"Content_Type": "text/plain"}
JSON = {"Content_Type": "application/json"}


@pytest.mark.parametrize("content_type", ["text/plain", "TEXT/PLAIN; charset=utf-8"])
@pytest.mark.parametrize("body", [b"A: b=1;", b"A: b=1;\n", b"A: b=1;\r\n", b"\n A: b=1; \n\n"])
def test_event_text_becomes_one_frame(content_type: str, body: bytes) -> None:
    assert one_frame(content_type, body) == b"A: b=1;"


@pytest.mark.parametrize(
    ("body", "frame"),
    [
        (b'{"A": {"b": 1}}', b'{"A": {"b": 1}}'),
        (b'{\r\n "A": 1\n}\n', b'{   "A": 1 }'),
        (b'"{\\"A\\": 1}\\n"', b'{"A": 1}'),
        (b' "A: b=1;" ', b"A: b=1;"),
        (json.dumps(json.dumps({"A": "ä"})).encode(), b'{"A": "\\u00e4"}'),
    ],
)
def test_json_and_a_string_that_holds_it_become_one_frame(body: bytes, frame: bytes) -> None:
    assert one_frame("application/json", body) == frame


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("text/plain", b" \n", "no event"),
        ("application/json", b"", "no event"),
        ("application/json", b'""', "no event"),
        ("text/plain", b"A: b=1;\nA: b=2;", "one event a request"),
        ("application/json", b'"A: 1;\\nB: 2;"', "one event a request"),
        ("application/json", b"[1]", "expected a JSON object"),
        ("application/json", b"17", "expected a JSON object"),
        ("application/json", b'"half', "failed to decode"),
        ("application/json", b'"\xff"', "failed to decode"),
        ("application/x-www-form-urlencoded", b"A: b=1;", "unable to take content-type"),
        ("", b"A: b=1;", "unable to take content-type"),
    ],
)
def test_what_is_not_one_event_is_refused(content_type: str, body: bytes, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        one_frame(content_type, body)


async def post(hub: Any, path: str, body: bytes, **headers: Any) -> tuple[int, Any]:
    status, _, answer = await send(hub, "POST", path, body, **headers)
    return status, json.loads(answer)


async def test_parse_answers_json(hub: Any) -> None:
    assert await post(hub, "/log/parse", EVENT.encode(), **TEXT) == (200, PARSED)
    assert await post(hub, "/log/parse", EVENT.encode()) == (200, PARSED)
    assert await post(hub, "/log/parse", b"no section here", **TEXT) == (200, {})


async def test_parse_names_the_place_of_an_error(hub: Any) -> None:
    status, answer = await post(hub, "/log/parse", b"Device: ID=1; Power:", **TEXT)
    assert status == 400
    assert "Power" in answer["error"]
    for body, headers in ((b"\xff", TEXT), (EVENT.encode(), JSON), (b"x" * 70_000, TEXT)):
        status, answer = await post(hub, "/log/parse", body, **headers)
        assert (status, next(iter(answer))) == (400, "error")


@pytest.mark.slow
async def test_store_keeps_every_kind_that_clients_send(hub: Any) -> None:
    parsed = json.dumps(PARSED | {"UTC Time": ["Tue, 04 Oct 2016 16:47:50 GMT"]})
    for body, headers in (
        (EVENT.encode() + b"\n", TEXT),
        (parsed.encode(), JSON),
        (json.dumps(parsed).encode(), JSON),
        (EVENT.encode(), {}),
    ):
        assert await post(hub, "/log/store", body, **headers) == (200, {})
    rows = (await ask(hub, "/api/v1/logs", source="energy", limit=10))["logs"]
    assert len(rows) == 4
    assert all(row["attrs"]["Power"] == PARSED["Power"] for row in rows)


@pytest.mark.slow
async def test_store_refuses_with_the_place_and_keeps_nothing_of_it(hub: Any) -> None:
    for body, headers, words in (
        (b"Device: ID=1; Power:", TEXT, "Power"),
        (b'{"Power": ', JSON, ""),
        (EVENT.replace("Active=1753W; ", "").encode(), TEXT, "lacks Power.Active"),
        (EVENT.partition("Peaks")[0].encode(), TEXT, "lacks Peaks"),
        (EVENT.replace("7.1;7.2;7.3;", "7.3;").encode(), TEXT, "lacks Peaks"),
        (EVENT.replace("7.1;7.2;7.3;", "a;b;c;").encode(), TEXT, "lacks Peaks"),
        (b"Note: x=1; App=Active Reactive Current Voltage Peaks;", TEXT, "lacks Power.Active, Power.Reactive"),
        (json.dumps(PARSED | {"Line": {"Current": 1, "Voltage": "high"}}).encode(), JSON, "oltage"),
        (b"{}", JSON, ""),
        (b"[]", JSON, "object"),
        (b'"{\\"error\\": \\"Power: nothing in it\\"}"', JSON, ""),
        (b"", TEXT, "no event"),
        (EVENT.encode(), {"Content_Type": "image/png"}, "content-type"),
        (b"x" * 70_000, TEXT, "larger than"),
    ):
        status, answer = await post(hub, "/log/store", body, **headers)
        assert status == 400
        assert words in answer["error"]
    assert await bodies(hub, source="energy") == []


@pytest.mark.slow
async def test_a_retried_event_with_the_same_key_is_kept_once(hub: Any) -> None:
    for _ in range(3):
        assert await post(hub, "/log/store", EVENT.encode(), **TEXT, Idempotency_Key="k1") == (200, {})
    assert len(await bodies(hub, source="energy")) == 1
    status, answer = await post(hub, "/log/store", EVENT.encode(), **TEXT, Idempotency_Key="k" * 300)
    assert (status, answer["field"]) == (400, "Idempotency-Key")


async def test_the_summary_is_empty_before_any_result(hub: Any) -> None:
    status, _, body = await send(hub, "GET", "/clusters/summary")
    assert (status, json.loads(body)) == (200, {"clusters": []})


def store_all(address: str, events: list[str], through_parse: bool) -> None:
    """What the two present clients do: post each event, or the JSON that the parse service makes of it."""
    with contextlib.closing(http.client.HTTPConnection(address, timeout=60)) as connection:
        for event in events:
            body, kind = event.encode(), "text/plain"
            if through_parse:
                connection.request("POST", "/log/parse", body)
                body, kind = json.dumps(connection.getresponse().read().decode()).encode(), "application/json"
            connection.request("POST", "/log/store", body, {"Content-Type": kind})
            response = connection.getresponse()
            assert (response.status, response.read()) == (200, b"{}")


@pytest.mark.slow
async def test_events_sent_by_both_clients_at_once_give_the_clusters_of_the_method(
    hub: Any, energy_events: list[str]
) -> None:
    import numpy as np
    from tests.watch.test_meanshift import directly, numbers

    halves = ((energy_events[::2], False), (energy_events[1::2], True))
    senders = [asyncio.to_thread(store_all, hub.addresses["http"], *half) for half in halves]
    await asyncio.gather(*senders)

    async def latest() -> Any:
        return hub.clusters.latest()

    found = await until(latest, bool, 90)
    assert (found.events, found.sample, found.skipped) == (1000, 1000, 0)
    # The two clients' events are kept in the order in which they arrived.
    order = await ask(hub, "/api/v1/logs", source="energy", order="asc", limit=1000)
    values = np.array([kept_numbers(row["attrs"]) for row in order["logs"]])
    assert sorted(values.tolist()) == sorted(numbers(event) for event in energy_events)
    expected, bandwidth = directly(values)
    assert found.bandwidth == bandwidth
    _, _, body = await send(hub, "GET", "/clusters/summary")
    summary = json.loads(body)["clusters"]
    assert [(c["label"], c["count"]) for c in summary] == [(c["label"], c["count"]) for c in expected]
    for ours, theirs in zip(summary, expected, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-9)


@pytest.mark.slow
async def test_events_of_strangers_count_when_they_are_adopted(hub: Any) -> None:
    async def looked_at() -> int:
        status, answer = await post(hub, "/api/v1/clusters/compute", b"", owner=True)
        assert status == 200
        return int(answer["events"])

    stranger = await hub.admission.admit(None, None, "192.0.2.7")
    sent = Envelope("http", "192.0.2.7", stranger.node, "energy", hub.clock(), EVENT.encode(), adopted=False)
    for _ in range(3):
        await hub.intake.accept(sent)
    assert await looked_at() == 0
    for _ in range(2):  # this machine needs no name
        assert await post(hub, "/log/store", EVENT.encode(), **TEXT) == (200, {})
    assert await looked_at() == 2
    assert hub.clusters.statistics()["last_skipped"] == 0
    adopted = b'{"state": "adopted"}'
    assert (await send(hub, "PATCH", "/api/v1/nodes/192.0.2.7", adopted, owner=True, **JSON))[0] == 200
    assert await looked_at() == 5


def kept_numbers(event: dict[str, Any]) -> list[float]:
    power, line = event["Power"], event["Line"]
    firsts = [power["Active"], power["Reactive"], power["Appearent"], line["Current"], line["Voltage"]]
    return [float(number) for number in firsts + event["Peaks"][:3]]


@pytest.mark.slow
async def test_the_parse_service_alone(free_service: Any) -> None:
    status, answer = free_service("POST", "/log/parse", EVENT.encode())
    assert (status, answer) == (200, PARSED)
    assert free_service("POST", "/log/parse", b"Power:")[0] == 400
    assert free_service("GET", "/log/parse", b"")[0] == 405
    assert free_service("POST", "/log/store", EVENT.encode())[0] == 404


@pytest.fixture
def free_service() -> Any:
    """`wacket parse --http` in a process of its own."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "wacket", "parse", "--http", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        deadline = threading.Timer(30, process.kill)
        deadline.start()
        url = process.stdout.readline().decode().strip()
        deadline.cancel()
        assert url.startswith("http://127.0.0.1:")
        address = url.removeprefix("http://").partition("/")[0]

        def call(method: str, path: str, body: bytes) -> tuple[int, Any]:
            with contextlib.closing(http.client.HTTPConnection(address, timeout=20)) as connection:
                connection.request(method, path, body)
                response = connection.getresponse()
                return response.status, json.loads(response.read())

        yield call
        process.terminate()
        process.wait(20)
