"""Looking for jobs over HTTP, and what a preview and folded answers say, from a whole hub with scripted agents."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from tests.support.ask import ask, send
from tests.support.place import Place

from wacket.api import job_search
from wacket.api.parts import Parts

pytestmark = pytest.mark.slow


@pytest.fixture
async def place(hub: Parts) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        yield Place(hub, stack)


async def listed(place: Place, **asked: str) -> list[int]:
    return [row["id"] for row in (await ask(place.hub, "/api/v1/jobs", **asked))["jobs"]]


async def test_jobs_are_found_a_page_at_a_time(place: Place) -> None:
    await place.serving("pi-1")
    await place.serving("pi-2", code=3)
    first = (await place.run(target="pi-1", argv=["df", "-h"]))[0]["id"]
    second = (await place.run(target="pi-2", argv=["uptime"]))[0]["id"]
    third = (await place.run(target="*", argv=["df"]))[0]["id"]
    assert await listed(place, find="DF") == [third, first]
    assert await listed(place, find="df -h") == [first]
    assert await listed(place, node="pi-2") == [third, second]
    assert await listed(place, state="failed", node="pi-2", find="uptime") == [second]
    assert await listed(place, state="open") == []
    assert await listed(place, actor="owner", since="1h") == [third, second, first]
    page = await ask(place.hub, "/api/v1/jobs", limit=2)
    assert page["before"] == second
    rest = await ask(place.hub, "/api/v1/jobs", limit=2, before=page["before"])
    assert ([row["id"] for row in rest["jobs"]], rest["before"]) == ([first], None)


@pytest.mark.parametrize(
    ("query", "field"), [("state=odd", "state"), ("since=soon", "since"), ("limit=0", "limit"), ("before=0", "before")]
)
async def test_what_is_wrong_is_named(place: Place, query: str, field: str) -> None:
    status, _, answer = await send(place.hub, "GET", f"/api/v1/jobs?{query}", owner=True)
    assert (status, json.loads(answer)["field"]) == (400, field)


async def test_answers_say_which_differ_and_how_they_begin(place: Place) -> None:
    for name, out, code in (("pi-1", b"\n  61%\nmore\n", 0), ("pi-2", b"\n  61%\nmore\n", 0), ("pi-3", b"94%\n", 1)):
        await place.serving(name, out, code)
    number = (await place.run(target="*"))[0]["id"]
    found = (await ask(place.hub, f"/api/v1/jobs/{number}/answers"))["answers"]
    assert [(one["nodes"], one["count"], one["exit"], one["out_line"], one["differs"]) for one in found] == [
        ("pi-[1-2]", 2, 0, "61%", False),
        ("pi-3", 1, 1, "94%", True),
    ]
    assert found[0]["err_line"] == ""


async def test_who_has_not_answered_does_not_differ(place: Place) -> None:
    await place.serving("pi-1")
    await (await place.agent("pi-2")).bye()
    made = await place.post("/api/v1/jobs", {"target": "*", "argv": ["x"]}, 201)
    events = f"/api/v1/jobs/{made['id']}/answers"
    found = (await ask(place.hub, events))["answers"]
    async with asyncio.timeout(20):
        while all(one["state"] != "succeeded" for one in found):
            found = (await ask(place.hub, events))["answers"]
    assert {one["nodes"]: one["differs"] for one in found} == {"pi-1": False, "pi-2": False}


async def test_a_preview_counts_and_gathers_reasons(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_search, "MOST_LEFT_OUT", 2)
    for name in ("pi-1", "pi-2", "pi-3"):
        await place.agent(name)
    body = {"target": "*,!pi-[2-3],nobody", "argv": ["x"]}
    seen = await place.post("/api/v1/jobs/preview", body)
    assert (seen["count"], seen["left_out_count"], len(seen["left_out"])) == (1, 4, 2)
    assert {one["why"]: (one["count"], one["nodes"]) for one in seen["reasons"]} == {
        "left out by name": (2, "pi-[2-3]"),
        "no agent runs on it": (1, "hub"),
        "there is no such node": (1, "nobody"),
    }
