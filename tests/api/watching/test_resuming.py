"""A client that was away: a real hub tells first what it missed, then what comes, without a hole or a double."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.support.ask import ask, send
from websockets.asyncio.client import ClientConnection, connect

from wacket.api.parts import Parts
from wacket.api.watching.lines import MOST_LOGS

pytestmark = pytest.mark.slow


@asynccontextmanager
async def listening(hub: Parts, **wanted: Any) -> AsyncIterator[tuple[ClientConnection, int]]:
    """A connection that has been answered, and the cursor of the answer."""
    owner = {"Authorization": f"Bearer {hub.owner_key}"}
    async with connect(f"ws://{hub.addresses['http']}/api/v1/live", additional_headers=owner, max_size=None) as socket:
        await socket.send(json.dumps(wanted))
        yield socket, (await heard(socket, "cursor"))["cursor"]


async def heard(socket: ClientConnection, *kinds: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            message: dict[str, Any] = json.loads(await socket.recv())
            assert "error" not in message, message
            if set(message) & set(kinds):
                return message


async def say(hub: Parts, node: str, *lines: str, level: str = "info") -> None:
    body = "".join(json.dumps({"msg": line, "level": level}) + "\n" for line in lines).encode()
    status, _, answer = await send(hub, "POST", f"/api/v1/ingest/ndjson?node={node}", body)
    assert status in (200, 204), answer


async def bodies(socket: ClientConnection, until: str) -> list[str]:
    found: list[str] = []
    while not found or found[-1] != until:
        found += [row["body"] for row in (await heard(socket, "logs"))["logs"]]
    return found


async def test_what_was_missed_is_told_first(hub: Parts) -> None:
    await say(hub, "a", "one", "two", "three")
    newest = (await ask(hub, "/api/v1/logs", order="asc"))["logs"]
    async with listening(hub, logs={"after": newest[0]["id"]}) as (socket, cursor):
        assert cursor == newest[-1]["id"] + 1
        await say(hub, "a", "four")
        assert await bodies(socket, "four") == ["two", "three", "four"]


async def test_who_has_nothing_yet_goes_on_from_the_cursor(hub: Parts) -> None:
    await say(hub, "a", "old")
    async with listening(hub, logs={}) as (_, cursor):
        pass
    await say(hub, "a", "missed")
    async with listening(hub, logs={"after": cursor - 1}) as (socket, _):
        await say(hub, "a", "new")
        assert await bodies(socket, "new") == ["missed", "new"]


async def test_only_what_fits_is_told_again_also_from_files(hub: Parts) -> None:
    await say(hub, "a", "first")
    (first,) = (await ask(hub, "/api/v1/logs"))["logs"]
    for node, level in (("a", "warn"), ("b", "warn"), ("a", "info")):
        await say(hub, node, f"{node} {level} pump", f"{node} {level}", level=level)
        await asyncio.to_thread(hub.history.seal)
    wanted = {"nodes": ["a"], "severity": "warn", "find": "PUMP", "after": first["id"]}
    async with listening(hub, logs=wanted) as (socket, _):
        await say(hub, "a", "the last pump", level="error")
        assert await bodies(socket, "the last pump") == ["a warn pump", "the last pump"]


async def test_of_too_much_the_newest_are_told_and_the_others_counted(hub: Parts) -> None:
    await say(hub, "a", *(str(number) for number in range(MOST_LOGS + 20)))
    oldest = (await ask(hub, "/api/v1/logs", order="asc", limit=1))["logs"][0]["id"]
    async with listening(hub, logs={"after": oldest}) as (socket, _):
        rows = (await heard(socket, "logs"))["logs"]
        assert (len(rows), rows[0]["body"], rows[-1]["body"]) == (MOST_LOGS, "20", str(MOST_LOGS + 19))
        assert await heard(socket, "lost") == {"lost": 19}


async def test_while_lines_pour_in_none_is_missed_and_none_comes_twice(hub: Parts) -> None:
    """The client comes again and again, each time from where it stopped."""
    total, seen = 400, list[tuple[int, str]]()
    await say(hub, "a", "begin")
    after = (await ask(hub, "/api/v1/logs"))["logs"][0]["id"]

    async def pour() -> None:
        for number in range(total // 4):
            await say(hub, "a", *(str(4 * number + place) for place in range(4)))

    pouring = asyncio.create_task(pour())
    while len(seen) < total:
        async with listening(hub, logs={"after": seen[-1][0] if seen else after}) as (socket, _):
            for _ in range(3):
                if len(seen) < total:
                    seen += [(row["id"], row["body"]) for row in (await heard(socket, "logs"))["logs"]]
    await pouring
    assert [body for _, body in seen] == [str(number) for number in range(total)]
