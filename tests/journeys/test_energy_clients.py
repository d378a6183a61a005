"""The two scripts of the energy services with a thousand events: alone, in parallel, then the clusters."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
from collections import Counter
from contextlib import closing

import pytest
from tests.journeys.told import until
from tests.support.ask import ask, bodies, send

from wacket import formats
from wacket.api.parts import Parts

pytestmark = pytest.mark.slow

DATE = re.compile(r'"2016-10-0?4[T ]16:47:50[^"]*"')
FLASK_DATE = '"Tue, 04 Oct 2016 16:47:50 GMT"'  # as the old parse service wrote it, and as its clients pass it on
ACTIVE = re.compile(r"Active=(\d+)W")


def send_events(address: str, events: list[str]) -> None:
    """The first script: one event a request, as text."""
    with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        for event in events:
            connection.request("POST", "/log/store", event, {"Content-Type": "text/plain"})
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"{}"), event


def send_distributed_events(address: str, events: list[str]) -> None:
    """The second script: each event is parsed first, and the answer is stored: as an object, or a string with it."""
    with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        for number, event in enumerate(events):
            connection.request("POST", "/log/parse", event, {"Content-Type": "text/plain"})
            answer = connection.getresponse()
            parsed = answer.read().decode()
            assert answer.status == 200, parsed
            if number % 2:
                parsed, dates = DATE.subn(FLASK_DATE, parsed)
                assert dates == 1, parsed
            body = parsed if number % 4 < 2 else json.dumps(parsed)
            connection.request("POST", "/log/store", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"{}"), body


async def test_both_scripts_at_once_and_then_the_clusters(hub: Parts, energy_events: list[str]) -> None:
    address, again = hub.addresses["http"], energy_events[:200]
    everything, total = energy_events + again, len(energy_events) + len(again)
    assert (await ask(hub, "/clusters/summary")) == {"clusters": []}
    scripts = [(send_events, energy_events[start::4]) for start in range(4)]
    scripts += [(send_distributed_events, again[start::2]) for start in range(2)]
    await asyncio.gather(*(asyncio.to_thread(script, address, events) for script, events in scripts))
    rows = (await ask(hub, "/api/v1/logs", source="energy", limit=10_000))["logs"]
    assert len(rows) == total
    texts = Counter(row["body"] for row in rows if not row["body"].startswith("{"))
    assert texts == Counter(event.strip() for event in energy_events)  # each as it came, equal ones too
    # However an event came, it is the same event: text and JSON say the same numbers.
    assert Counter(row["attrs"]["Power"]["Active"] for row in rows) == watts_of(everything)

    # They came by themselves: more than a thousand events have come.
    first = await until(lambda: ask(hub, "/clusters/summary"), lambda told: bool(told["clusters"]), 60)
    assert sum(cluster["count"] for cluster in first["clusters"]) >= 1000
    status, _, _ = await send(hub, "POST", "/api/v1/clusters/compute", owner=True)
    assert status == 200
    _, _, answer = await send(hub, "GET", "/clusters/summary")  # nobody's token
    clusters = json.loads(answer)["clusters"]
    assert sum(cluster["count"] for cluster in clusters) == total
    mean = sum(cluster["count"] * cluster["avg_power_active_w"] for cluster in clusters) / total
    assert mean == pytest.approx(sum(watts_of(everything).elements()) / total)


async def test_equal_seconds_are_kept_apart_and_in_order(hub: Parts, energy_events: list[str]) -> None:
    """All the events carry the same second."""
    some = energy_events[:100]
    await asyncio.to_thread(send_events, hub.addresses["http"], some)
    assert await bodies(hub, source="energy") == [event.strip() for event in some]
    found = await ask(hub, "/api/v1/series/values", match="power.active", since="2016-10-01T00:00:00Z", step="raw")
    (series,) = found["series"]
    assert series["unit"] == "W"
    assert [value for _, value in series["points"]] == [
        float(formats.find("energy").parse(event)["Power"]["Active"]) for event in some
    ]
    assert len({at for at, _ in series["points"]}) == 1


async def test_what_cannot_be_read_is_answered_with_the_place(hub: Parts) -> None:
    for path, body, media in (
        ("/log/store", b"Power: Active=1W; Line:", "text/plain"),
        ("/log/parse", b"Power: Active=1W; Line:", "text/plain"),
        ("/log/store", b"[1, 2]", "application/json"),
        ("/log/store", b"<event/>", "application/xml"),
    ):
        status, _, answer = await send(hub, "POST", path, body, content_type=media)
        assert status == 400, (path, body)
        assert json.loads(answer)["error"]


def watts_of(events: list[str]) -> Counter[int]:
    found = [ACTIVE.search(event) for event in events]
    assert all(found)
    return Counter(int(match[1]) for match in found if match)
