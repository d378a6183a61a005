"""What arrives and what changes, as it does, over a WebSocket.

What a client may ask for is in watching/wants.py, what is sent when in watching/connection.py; here is who may listen,
and how such a connection begins and ends.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, NoReturn

import msgspec
from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect

from wacket.api.access import Caller, caller_of, may, parts_of
from wacket.api.watching.connection import Connection
from wacket.api.watching.wants import understood
from wacket.errors import WacketError

router = APIRouter()
Known = Annotated[Caller, Depends(may("own"))]

CHECK_EVERY = 5  # seconds after which a revoked token or a logout ends the connection
FIRST_WORD = 30  # seconds in which the client says what it wants
POLICY = 1008  # the close code for "may not"


class Refusal(Exception):
    """The connection is ended by the hub, for this reason."""


@router.websocket("/api/v1/live")
async def live(caller: Known, websocket: WebSocket) -> None:
    """The client sends `{"readings": ["rig-3/*"], "logs": {"severity": "warn"}}` and the like, at any time; the hub
    answers `{"cursor": …}`, and sends `{"readings": […]}`, `{"logs": […]}`, `{"fleet": […]}`, `{"changed": {…}}`.
    Who lacks the right `read` is told only of what is their own."""
    right = "own" if caller.kind == "person" and "read" not in caller.rights else "read"
    await caller_of(websocket, right)
    await websocket.accept()
    try:
        async with asyncio.TaskGroup() as tasks:
            connection = Connection(parts_of(websocket), caller.name if right == "own" else None, tasks)
            try:
                await _begin(websocket, connection)
                tasks.create_task(_send(websocket, connection))
                tasks.create_task(_check(websocket, right))
                await _listen(websocket, connection)
            finally:
                connection.close()
    except* WebSocketDisconnect:
        pass
    except* Refusal as refusals:
        await _refuse(websocket, str(refusals.exceptions[0]))


async def _begin(websocket: WebSocket, connection: Connection) -> None:
    """The client's first word. Raises Refusal where it makes no sense."""
    try:
        async with asyncio.timeout(FIRST_WORD):
            connection.ask(understood(await _heard(websocket)))
    except (WacketError, TimeoutError) as error:
        raise Refusal(str(error) or f"say what you want within {FIRST_WORD} s") from None


async def _listen(websocket: WebSocket, connection: Connection) -> NoReturn:
    while True:
        try:
            connection.ask(understood(await _heard(websocket)))
        except WacketError as error:
            connection.say({"error": str(error)})


async def _send(websocket: WebSocket, connection: Connection) -> None:
    async for message in connection.messages():
        await websocket.send_text(message.decode())


async def _heard(websocket: WebSocket) -> str | bytes:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1005)
    said: str | bytes = message.get("text") or message.get("bytes") or ""
    return said


async def _check(websocket: WebSocket, right: str) -> NoReturn:
    """Raises Refusal once the caller may no longer listen. Closing is for later, when nobody sends any more."""
    while True:
        await asyncio.sleep(CHECK_EVERY)
        try:
            await caller_of(websocket, right)
        except WacketError as error:
            raise Refusal(str(error)) from None


async def _refuse(websocket: WebSocket, reason: str) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        await websocket.send_text(msgspec.json.encode({"error": reason}).decode())
        await websocket.close(POLICY, reason.encode()[:120].decode("utf-8", "ignore"))
