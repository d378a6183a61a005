"""Jobs over HTTP, from a whole hub with agents that a test scripts."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from tests.support.ask import ask, send
from tests.support.place import JSON, NDJSON, Place, events

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow


@pytest.fixture
async def place(hub: Parts) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        yield Place(hub, stack)


async def test_a_job_and_its_events_answers_output_and_record(place: Place):
    for name, out in (("pi-1", b"same\n"), ("pi-2", b"same\n"), ("pi-3", b"other\n")):
        await place.serving(name, out)
    told = await place.run(target="pi-*")
    assert told[0]["nodes"] == ["pi-1", "pi-2", "pi-3"]
    assert told[-1] == {"event": "end", "counts": {"succeeded": 3}}
    assert sorted(one["text"] for one in told if one["event"] == "output") == ["other\n", "same\n", "same\n"]
    number = told[0]["id"]
    under = f"/api/v1/jobs/{number}"
    again = events((await send(place.hub, "GET", f"{under}/events", owner=True))[2])
    assert again[-1] == told[-1]
    found = (await ask(place.hub, f"{under}/answers"))["answers"]
    assert [(one["nodes"], one["count"], one["out"]) for one in found] == [
        ("pi-[1-2]", 2, "same\n"),
        ("pi-3", 1, "other\n"),
    ]
    record = await ask(place.hub, under)
    assert (record["actor"], record["argv"], record["counts"]) == ("owner", ["x"], {"succeeded": 3})
    assert [node["state"] for node in record["nodes"]] == ["succeeded"] * 3
    listed = (await ask(place.hub, "/api/v1/jobs", limit=1))["jobs"][0]
    assert (listed["id"], listed["counts"], listed["open"]) == (number, {"succeeded": 3}, False)
    status, headers, body = await send(place.hub, "GET", f"{under}/output/pi-3?stream=out", owner=True)
    assert (status, body, headers["x-content-type-options"]) == (200, b"other\n", "nosniff")
    assert (await send(place.hub, "GET", f"{under}/output/hub", owner=True))[0] == 404


async def test_a_job_that_is_not_followed_and_then_cancelled(place: Place):
    await place.agent("pi-1")
    made = await place.post("/api/v1/jobs", {"target": "pi-1,pi-9", "argv": ["sleep", "100"]}, 201)
    assert (made["nodes"], made["waiting"]) == (["pi-1"], [])
    assert made["left_out"] == [{"node": "pi-9", "why": "there is no such node; did you mean pi-1?"}]
    cancelled = await place.post(f"/api/v1/jobs/{made['id']}/cancel", {})
    assert cancelled == {"id": made["id"], "nodes": ["pi-1"]}
    assert (await place.post(f"/api/v1/jobs/{made['id']}/cancel", {"node": "hub"}))["nodes"] == []


async def test_a_program_with_input_and_files_there_and_back(place: Place):
    agent = await place.agent("pi-1")
    content, program = b"a,b\n1,2\n", "print('ü')"
    name = hashlib.sha256(content).hexdigest()
    assert (await send(place.hub, "PUT", f"/api/v1/blobs/{name}", content, owner=True))[0] == 201
    body = {"target": "pi-1", "kind": "python", "program": program, "bring": ["*.csv"]}
    body |= {"stdin": base64.b64encode(b"in").decode(), "timeout": 0.5}
    body["files"] = [{"name": "data.csv", "sha256": name, "size": len(content)}]
    made = await place.post("/api/v1/jobs", body, 201)
    blobs = {heard.message["sha256"]: heard.payload for heard in [await agent.hear("blob") for _ in range(3)]}
    envelope = agent.envelope((await agent.hear("command")).message)
    assert blobs[envelope["program"]].decode() == program
    assert (blobs[envelope["stdin"]], blobs[name], envelope["timeout"]) == (b"in", content, 1)
    head = {"t": "file", "id": envelope["id"], "name": "out.csv", "offset": 0, "size": len(content), "sha256": name}
    await agent.send_bytes(head, content)
    assert (await agent.hear("have_file")).message["offset"] == len(content)
    files = [{"name": "out.csv", "size": len(content), "sha256": name}]
    await agent.state(envelope["id"], "succeeded", exit=0, files=files)
    await agent.hear("settled")
    under = f"/api/v1/jobs/{made['id']}"
    assert (await ask(place.hub, under))["nodes"][0]["files"] == files
    assert (await send(place.hub, "GET", f"{under}/files/pi-1/out.csv", owner=True))[2] == content
    assert (await send(place.hub, "GET", f"{under}/files/pi-1/../../owner.key", owner=True))[0] == 404


async def test_who_is_absent_is_told_beforehand_and_gets_it_when_it_comes(place: Place):
    agent = await place.agent("pi-1")
    await agent.bye()
    seen = await place.post("/api/v1/jobs/preview", {"target": "*", "argv": ["x"]})
    assert seen["nodes"] == [{"node": "pi-1", "state": "off"}]
    assert seen["left_out"] == [{"node": "hub", "why": "no agent runs on it"}]
    made = await place.post("/api/v1/jobs", {"target": "pi-1", "argv": ["x"]}, 201)
    assert made["waiting"] == ["pi-1"]
    assert (await agent.auth())["t"] == "welcome"
    await agent.send({"t": "commands", "commands": []})
    command = agent.envelope((await agent.hear("command")).message)
    await agent.succeed(command, b"late\n")
    await agent.hear("settled")
    assert (await ask(place.hub, f"/api/v1/jobs/{made['id']}"))["nodes"][0]["state"] == "succeeded"


async def test_again_and_again_where_it_failed(place: Place):
    await place.serving("pi-1")
    await place.serving("pi-2", code=3)
    first = (await place.run(target="pi-*", argv=["make"]))[0]["id"]
    again = await place.post(f"/api/v1/jobs/{first}/repeat", {}, 201)
    assert again["nodes"] == ["pi-1", "pi-2"]
    failed = await place.post(f"/api/v1/jobs/{first}/repeat", {"only": "failed"}, 201)
    assert failed["nodes"] == ["pi-2"]
    record = await ask(place.hub, f"/api/v1/jobs/{failed['id']}")
    assert (record["repeats"], record["argv"]) == (first, ["make"])
    assert record["left_out"] == [{"node": "pi-1", "why": f"it did not fail in job {first}"}]


async def test_asked_again_with_its_key_a_job_is_made_once(place: Place):
    agent = await place.agent("pi-1")
    body = {"target": "pi-1", "argv": ["x"]}
    made = await asyncio.gather(*(place.post("/api/v1/jobs", body, 201, Idempotency_Key="k") for _ in range(5)))
    assert {one["id"] for one in made} == {1}
    assert made[0] == made[4]
    await agent.succeed(agent.envelope((await agent.hear("command")).message), b"once\n")
    await agent.hear("settled")
    told = events(
        (
            await send(
                place.hub, "POST", "/api/v1/jobs", json.dumps(body).encode(), owner=True, Idempotency_Key="k", **NDJSON
            )
        )[2]
    )
    assert [one["text"] for one in told if one["event"] == "output"] == ["once\n"]
    await place.post("/api/v1/jobs", {**body, "argv": ["y"]}, 422, Idempotency_Key="k")
    assert (await place.post("/api/v1/jobs", body, 201))["id"] == 2
    assert (await place.post("/api/v1/jobs/1/repeat", {}, 201))["id"] == 3


async def test_schedules(place: Place):
    await place.serving("pi-1")
    job = {"target": "pi-1", "argv": ["x"]}
    made = await place.post("/api/v1/schedules", {"job": job, "every": 86400}, 201)
    async with asyncio.timeout(10):
        while not (found := (await ask(place.hub, "/api/v1/schedules"))["schedules"][0])["last_job"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert (found["author"], found["every"], found["job"]["argv"]) == ("owner", 86400.0, ["x"])
    later = await place.post("/api/v1/schedules", {"repeats": found["last_job"], "at": "2100-01-01T00:00:00Z"}, 201)
    assert (later["next"], later["every"]) == ("2100-01-01T00:00:00Z", None)
    assert (await send(place.hub, "DELETE", f"/api/v1/schedules/{made['id']}", owner=True))[0] == 204
    assert [one["id"] for one in (await ask(place.hub, "/api/v1/schedules"))["schedules"]] == [later["id"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"target": "nobody-*", "argv": ["x"]}, "target"),
        ({"target": "", "argv": ["x"]}, "target"),
        ({"target": "hub", "argv": ["x"]}, "target"),
        ({"target": "*"}, "argv"),
        ({"target": "*", "argv": ["x"], "stdin": "no base64!"}, "stdin"),
        ({"target": "*", "argv": ["x"], "timeout": 0}, "timeout"),
        ({"target": "*", "kind": "cancel"}, "kind"),
        ({"target": "*", "argv": ["x"], "bring": ["/etc/shadow"]}, "bring"),
    ],
)
async def test_what_cannot_be_asked(place: Place, body: dict[str, Any], field: str):
    assert (await place.post("/api/v1/jobs", body, 400))["field"] == field
    assert (await ask(place.hub, "/api/v1/jobs"))["jobs"] == []


async def test_a_file_that_is_not_what_it_is_called(place: Place):
    for name, status in (("a" * 64, 400), ("x", 400), ("../../owner.key", 404)):
        assert (await send(place.hub, "PUT", f"/api/v1/blobs/{name}", b"x", owner=True))[0] == status
    large = bytes(3_000_000)  # more than other bodies may have
    assert (await send(place.hub, "PUT", f"/api/v1/blobs/{hashlib.sha256(large).hexdigest()}", large, owner=True))[
        0
    ] == 201


ROUTES = {
    ("POST", "/api/v1/jobs"): "operate",
    ("POST", "/api/v1/jobs/preview"): "operate",
    ("GET", "/api/v1/jobs"): "read",
    ("GET", "/api/v1/jobs/1"): "read",
    ("GET", "/api/v1/jobs/1/events"): "read",
    ("GET", "/api/v1/jobs/1/answers"): "read",
    ("GET", "/api/v1/jobs/1/output/pi-1"): "read",
    ("GET", "/api/v1/jobs/1/files/pi-1/x"): "read",
    ("POST", "/api/v1/jobs/1/cancel"): "operate",
    ("POST", "/api/v1/jobs/1/repeat"): "operate",
    ("PUT", f"/api/v1/blobs/{'a' * 64}"): "operate",
    ("GET", "/api/v1/schedules"): "read",
    ("POST", "/api/v1/schedules"): "operate",
    ("DELETE", "/api/v1/schedules/1"): "operate",
}


async def test_who_may_what(place: Place):
    agent = await place.agent("pi-1")
    await place.post("/api/v1/jobs", {"target": "pi-1", "argv": ["first"]}, 201)
    assert agent.envelope((await agent.hear("command")).message)["argv"] == ["first"]
    body = json.dumps({"target": "pi-1", "argv": ["x"], "job": {"target": "pi-1", "argv": ["x"]}, "every": 60}).encode()
    for scope in ("ingest", "read", "operate", None):
        secret = "none" if scope is None else (await place.post("/api/v1/tokens", token(scope), 201))["secret"]
        for (method, path), right in ROUTES.items():
            if scope == right:
                continue
            status, _, answer = await send(place.hub, method, path, body, Authorization=f"Bearer {secret}", **JSON)
            assert status == (401 if scope is None else 403), (scope, method, path, answer)
    assert [one["id"] for one in (await ask(place.hub, "/api/v1/jobs"))["jobs"]] == [1]
    assert (await ask(place.hub, "/api/v1/schedules"))["schedules"] == []


async def test_a_token_that_was_revoked_starts_nothing_that_waits(place: Place):
    agent = await place.agent("pi-1")
    await agent.bye()
    made = await place.post("/api/v1/tokens", token("operate"), 201)
    body = json.dumps({"target": "pi-1", "argv": ["x"]}).encode()
    status, _, answer = await send(
        place.hub, "POST", "/api/v1/jobs", body, Authorization=f"Bearer {made['secret']}", **JSON
    )
    assert status == 201
    assert (await send(place.hub, "DELETE", f"/api/v1/tokens/{made['id']}", owner=True))[0] == 204
    assert (await agent.auth())["t"] == "welcome"
    told = events((await send(place.hub, "GET", f"/api/v1/jobs/{json.loads(answer)['id']}/events", owner=True))[2])
    assert told[-1]["counts"] == {"rejected": 1}
    assert next(one for one in told if one.get("state") == "rejected")["reason"].endswith("was revoked")


async def test_the_hub_is_stopped_and_started_and_the_job_goes_on(start_hub):
    async with start_hub() as hub, AsyncExitStack() as stack:
        place = Place(hub, stack)
        agent = await place.agent("pi-1")
        made = await place.post("/api/v1/jobs", {"target": "pi-1", "argv": ["x"]}, 201)
        command = agent.envelope((await agent.hear("command")).message)["id"]
        await agent.state(command, "running")
        have = await agent.output(command, 0, (1, b"before "))
        assert (await agent.hear("have")).message["offset"] == have
        await agent.close()
    async with start_hub() as hub:
        agent.url = f"ws://{hub.addresses['http']}"
        assert (await agent.auth())["t"] == "welcome"
        await agent.send({"t": "commands", "commands": [{"id": command, "state": "running"}]})
        assert (await agent.hear("have")).message["offset"] == have
        end = await agent.output(command, have, (1, b"after\n"))
        await agent.state(command, "succeeded", exit=0, end=end)
        await agent.hear("settled")
        assert (await send(hub, "GET", f"/api/v1/jobs/{made['id']}/output/pi-1", owner=True))[2] == b"before after\n"
        await agent.close()


def token(scope: str) -> dict[str, Any]:
    return {"name": "program", "scopes": [scope]}
