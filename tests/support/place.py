"""A hub with agents that a test scripts, asked over its real door for jobs and what came of them."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

from tests.support.agents import FakeAgent, joined
from tests.support.ask import send

from wacket.api.parts import Parts

JSON = {"Content_Type": "application/json"}
NDJSON = JSON | {"Accept": "application/x-ndjson"}


class Place:
    """A hub, and agents that have joined it."""

    def __init__(self, hub: Parts, stack: AsyncExitStack) -> None:
        self.hub, self._stack = hub, stack
        self._tasks: list[asyncio.Task[None]] = []

    async def agent(self, name: str, **about: Any) -> FakeAgent:
        made = await self.post("/api/v1/join-tokens", {"accept": True}, status=201)
        url = f"ws://{self.hub.addresses['http']}"
        return await self._stack.enter_async_context(joined(url, made["token"], name, **about))

    async def serving(self, name: str, out: bytes = b"hi\n", code: int = 0) -> FakeAgent:
        agent = await self.agent(name)
        task = asyncio.create_task(agent.serve(lambda one, envelope: one.succeed(envelope, out=out, code=code)))
        self._stack.callback(task.cancel)
        return agent

    async def post(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        got, _, answer = await send(self.hub, "POST", path, json.dumps(body).encode(), owner=True, **JSON | headers)
        assert got == status, (path, got, answer)
        return json.loads(answer)

    async def run(self, **job: Any) -> list[dict[str, Any]]:
        """A job followed to its end: its events."""
        status, _, answer = await send(
            self.hub, "POST", "/api/v1/jobs", json.dumps({"argv": ["x"], **job}).encode(), owner=True, **NDJSON
        )
        assert status == 201, answer
        return events(answer)


def events(answer: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.splitlines() if line]
