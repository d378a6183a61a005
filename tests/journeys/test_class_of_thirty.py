"""A lesson: thirty students, eight with an agent and the others with a worker that polls; one of them hangs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.journeys.told import until
from tests.support.agents import FakeAgent, joined
from tests.support.ask import ask, send

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]

AGENTS = [f"pi-{number:02}" for number in range(8)]
WORKERS = [f"student {number}" for number in range(8, 30)]
STUDENTS = [*(f"student {name}" for name in AGENTS), *WORKERS]
HANGS = WORKERS[3]
PROGRAM = "print(6 * 7)"
AT_ONCE = 3  # workers: the hub of this test shares its threads with those who ask it
CHECK = """
import json, sys
answer = json.load(sys.stdin)
print("failed: " + answer["hw_err"] if answer["hw_exit"] else "right" if answer["hw_response"] == "42" else "wrong")
"""


async def post(hub: Parts, path: str, body: Any, status: int = 201, method: str = "POST") -> Any:
    raw = json.dumps(body).encode()
    found, _, answer = await send(hub, method, path, raw, owner=True, content_type="application/json")
    assert found == status, answer
    return json.loads(answer) if answer else None


async def act(hub: Parts, user: str, command: str, **fields: str) -> dict[str, Any]:
    body = urlencode({"user": user, "command": command, **fields}).encode()
    status, _, answer = await send(
        hub, "POST", "/hw_supervisor", body, content_type="application/x-www-form-urlencoded"
    )
    assert status == 200, answer
    told: dict[str, Any] = json.loads(answer)
    return told


async def work(hub: Parts, user: str, run: list[str]) -> None:
    """A worker: look, collect, run, answer; one of them never answers."""
    await until(lambda: act(hub, user, "status_query"), lambda status: status["state"] == 1, 30)
    collected = await act(hub, user, "hw_command_retrieval")
    assert (collected["state"], collected["hw_command"]) == (2, PROGRAM)
    run.append(user)
    if user != HANGS:
        await act(hub, user, "hw_response_provide", hw_resp="42", hw_exit="0")


async def serve(agent: FakeAgent, name: str, run: list[str]) -> None:
    async def answer(agent: FakeAgent, envelope: dict[str, Any]) -> None:
        assert envelope["kind"] == "python" and envelope["timeout"] == 1
        run.append(f"student {name}")
        fails = name == AGENTS[0]
        await agent.succeed(envelope, b"" if fails else b"42", b"no LED" if fails else b"", 3 if fails else 0)

    await agent.serve(answer)


async def members(hub: Parts) -> dict[str, Any]:
    return {one["user"]: one for one in (await ask(hub, "/api/v1/classes/6.08"))["members"]}


async def test_thirty_students_are_asked_and_the_one_who_hangs_is_helped(start_hub: StartHub) -> None:
    async with start_hub() as hub, asyncio.timeout(90), AsyncExitStack() as stack:
        token = await post(hub, "/api/v1/join-tokens", {"uses": len(AGENTS), "accept": True})
        run: list[str] = []
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        for name in AGENTS:
            agent = await stack.enter_async_context(joined(f"ws://{hub.addresses['http']}", token["token"], name))
            tasks.create_task(serve(agent, name, run))
        people = [{"user": f"student {name}", "node": name} for name in AGENTS]
        people += [{"user": user, "node": None} for user in WORKERS]
        await post(hub, "/api/v1/classes", {"name": "6.08", "members": people})

        asked = await post(hub, "/api/v1/rounds", {"class": "6.08", "program": PROGRAM, "timeout": 1, "check": CHECK})
        assert (sorted(asked["users"]), asked["left_out"]) == (sorted(STUDENTS), [])
        for first in range(0, len(WORKERS), AT_ONCE):
            await asyncio.gather(*(work(hub, user, run) for user in WORKERS[first : first + AT_ONCE]))
        ended = await until(
            lambda: members(hub), lambda found: sum(one["state"] == 0 for one in found.values()) == 29, 60
        )
        verdicts = {user: one["server_analysis"] for user, one in ended.items()}
        assert verdicts.pop(HANGS) == "" and verdicts.pop(f"student {AGENTS[0]}") == "failed: no LED"
        assert set(verdicts.values()) == {"right"} and len(verdicts) == 28
        assert {one["judge"] for user, one in ended.items() if user != HANGS} == {"check"}

        # The one who hangs is flagged, and asked nothing before somebody helps.
        await until(lambda: members(hub), lambda found: found[HANGS]["stuck"] and found[HANGS]["state"] == 2)
        again = await post(hub, "/api/v1/rounds", {"class": "6.08", "user": HANGS, "program": PROGRAM}, 400)
        assert "at work already" in again["error"]
        assert (await post(hub, "/api/v1/classes/6.08/reset", {"stuck": True}, 200))["users"] == [HANGS]
        assert (await act(hub, HANGS, "hw_response_provide", hw_resp="too late"))["hw_response"] == ""
        assert sorted(run) == sorted(STUDENTS)  # each ran it once

        for agent_name in AGENTS:
            history = await ask(hub, f"/api/v1/class/student%20{agent_name}/history")
            assert [(one["before"], one["after"]) for one in reversed(history["transitions"])] == [
                (0, 1), (1, 2), (2, 3), (3, 0),
            ]  # fmt: skip
