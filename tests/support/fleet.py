"""A running hub as the tests of agents use it: its address, tokens to join with, and how its nodes are."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.support.agents import FakeAgent, about
from tests.support.ask import ask, send

from wacket.api.parts import Parts


def url(hub: Parts) -> str:
    return f"ws://{hub.addresses['http']}"


async def token(hub: Parts, *, accept: bool = True, **more: Any) -> str:
    """The text of a join token."""
    _, text = await hub.fleet.tokens.create(more.pop("tags", {}), accept=accept, **more)
    return text


async def member(hub: Parts, name: str = "pi-11", **more: Any) -> FakeAgent:
    """An agent that has joined; whoever asks for it closes it."""
    agent = FakeAgent(url(hub), about=about(host=name, **more))
    said = await agent.join(await token(hub), name)
    assert said["t"] == "welcome", said
    return agent


def presence(hub: Parts, name: str) -> str:
    row = hub.catalogue.node_named(name)
    assert row is not None, f"no node {name}"
    return hub.fleet.presence.state_of(row)


async def until_it_is(hub: Parts, name: str, state: str) -> None:
    with hub.bus.subscribe("nodes") as changes:
        async with asyncio.timeout(20):
            if presence(hub, name) == state:
                return
            async for _ in changes:
                if presence(hub, name) == state:
                    return


async def node(hub: Parts, name: str) -> Any:
    return await ask(hub, f"/api/v1/nodes/{name}")


async def act(hub: Parts, method: str, path: str, **body: Any) -> Any:
    """What the owner does over HTTP; the answer's JSON."""
    raw = json.dumps(body).encode()
    status, _, answer = await send(hub, method, path, raw, owner=True, content_type="application/json")
    assert status in (200, 201, 204), (status, answer)
    return json.loads(answer) if answer else None
