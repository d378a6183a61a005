"""A class: a checker asks for programs, two workers of one student poll, run and answer; over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.journeys.told import until
from tests.support.ask import ask, send

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]

ROUNDS = 5


async def look(hub: Parts, user: str = "ada") -> dict[str, Any]:
    query = urlencode({"user": user, "pword": "", "command": "status_query"})
    status, _, body = await send(hub, "GET", f"/hw_supervisor?{query}")
    assert status == 200
    told: dict[str, Any] = json.loads(body)
    assert list(told) == ["login", "state", "hw_command", "hw_response", "server_analysis", "time"]
    return told


async def act(hub: Parts, command: str, user: str = "ada", **fields: str) -> dict[str, Any]:
    body = urlencode({"user": user, "pword": "", "command": command, **fields}).encode()
    status, _, answer = await send(
        hub, "POST", "/hw_supervisor", body, content_type="application/x-www-form-urlencoded"
    )
    assert status == 200
    told: dict[str, Any] = json.loads(answer)
    return told


async def heartbeat(hub: Parts, both_are_here: asyncio.Barrier) -> str:
    """One round of a worker: wait for a program, collect it, run it, answer. What it collected."""
    await until(lambda: look(hub), lambda status: status["state"] == 1)
    await both_are_here.wait()  # so that both have seen it and both collect
    collected = await act(hub, "hw_command_retrieval")
    assert collected["state"] == 2
    await both_are_here.wait()  # so that neither has answered before the other collected
    result = str(eval(collected["hw_command"], {"__builtins__": {}}))
    answered = await act(hub, "hw_response_provide", hw_resp=result)
    assert (answered["state"], answered["hw_response"]) == (3, result)
    return str(collected["hw_command"])


async def check(hub: Parts, number: int, workers_are_done: asyncio.Event) -> None:
    """One round of the checker."""
    asked = await act(hub, "hw_command_request", hw_comm=f"{number} * 7")
    assert (asked["state"], asked["hw_command"]) == (1, f"{number} * 7")
    status = await until(lambda: look(hub), lambda status: status["state"] == 3)
    assert status["hw_response"] == str(number * 7)
    await workers_are_done.wait()
    done = await act(hub, "server_analysis_provide", server_anal="right")
    assert (done["state"], done["server_analysis"]) == (0, "right")


async def test_two_workers_that_collect_at_once_both_run_it_and_each_step_is_made_once(start_hub: StartHub) -> None:
    both = asyncio.Barrier(2)
    async with start_hub() as hub, asyncio.timeout(60):
        for number in range(ROUNDS):
            done = asyncio.Event()
            checking = asyncio.create_task(check(hub, number, done))
            programs = await asyncio.gather(heartbeat(hub, both), heartbeat(hub, both))
            done.set()
            await checking
            assert set(programs) == {f"{number} * 7"}
        # What the state does not allow changes nothing.
        assert (await act(hub, "hw_response_provide", hw_resp="too late"))["hw_response"] == str((ROUNDS - 1) * 7)
        assert (await act(hub, "hw_command_retrieval"))["state"] == 0
        assert (await look(hub, "grace"))["state"] == 0
    async with start_hub() as hub:  # and all of it is kept
        history = (await ask(hub, "/api/v1/class/ada/history"))["transitions"]
        steps = [
            "hw_command_request",
            "hw_command_retrieval",
            "hw_response_provide",
            "server_analysis_provide",
        ]
        assert [one["command"] for one in reversed(history)] == steps * ROUNDS
        assert [(one["before"], one["after"]) for one in reversed(history)] == [
            (0, 1),
            (1, 2),
            (2, 3),
            (3, 0),
        ] * ROUNDS
        assert [one["value"] for one in reversed(history)][2::4] == [str(number * 7) for number in range(ROUNDS)]
        assert (await look(hub))["server_analysis"] == "right"


async def test_a_stuck_worker_is_helped_by_reset(hub: Parts) -> None:
    await act(hub, "hw_command_request", hw_comm="while True: pass")
    assert (await act(hub, "hw_command_retrieval"))["state"] == 2
    assert (await act(hub, "hw_command_request", hw_comm="1 + 1"))["hw_command"] == "while True: pass"
    assert (await act(hub, "reset"))["state"] == 0
    assert (await act(hub, "hw_command_request", hw_comm="1 + 1"))["state"] == 1


async def test_a_get_looks_and_never_acts(hub: Parts) -> None:
    query = urlencode({"user": "ada", "command": "hw_command_request", "hw_comm": "1 + 1"})
    status, _, body = await send(hub, "GET", f"/hw_supervisor?{query}")
    assert (status, json.loads(body)["state"]) == (200, 0)
