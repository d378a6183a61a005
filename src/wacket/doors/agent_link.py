"""One connection of an agent: takes its messages one by one, and sends without ever blocking who has something to say.

Knows no meaning of a message but the ends: `error` and `bye`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from wacket.doors.websocket import EXTENSION, WebSocket
from wacket.fleet.completeness import Absence
from wacket.fleet.messages import About, Refused, Said, text_of, understood, with_payload
from wacket.intake.limits import TokenBucket

MOST_PENDING = 16 * 1024 * 1024  # bytes that are not read at the other end
WORDS_PER_SECOND, WORDS_AT_ONCE = 2000, 5000  # messages; faster ones are read more slowly
LAST_WORDS = 2.0  # seconds for what was said to go out before the connection is closed


class Left(Exception):
    """The other end is gone."""


class AgentLink:
    """Fulfils seams.Link. `node` is 0 until it is known who this is."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send_out = receive, send
        self.socket: WebSocket = scope["extensions"][EXTENSION]
        client = scope.get("client")
        self.peer: str = client[0] if client else ""
        self.by_proxy: bool = scope.get("scheme") == "wss" and not self.socket.ends_tls
        self.node, self.key_id = 0, ""
        self.about, self.absence = About(), Absence(0, 0)
        self.is_opened = self.welcome = self.slow = False
        self.farewell: str | None = None  # why it went, where it said so
        self.heard_at = asyncio.get_running_loop().time()
        self._words = TokenBucket(WORDS_PER_SECOND, WORDS_AT_ONCE, 0)
        self._queue: deque[str | bytes] = deque()
        self._queued = 0
        self._sending: asyncio.Task[None] | None = None
        self._ending = self._is_gone = False

    async def begin(self) -> None:
        """Raises Left."""
        await self._receive()  # the server's word that somebody is there
        try:
            await self._send_out({"type": "websocket.accept"})
        except OSError:
            raise Left from None

    async def hear(self) -> Said:
        """The next message. Raises Malformed, and Left when there will be none."""
        event = await self._next()
        if self._ending:
            await self.gone()
            raise Left
        self.heard_at = asyncio.get_running_loop().time()
        if wait := self._words.take(1, int(self.heard_at * 1_000_000)):
            await asyncio.sleep(wait)
        text = event.get("text")
        return understood(text if text is not None else event.get("bytes") or b"")

    def send(self, message: Mapping[str, Any]) -> None:
        self._push(text_of(message))

    def send_bytes(self, head: Mapping[str, Any], payload: bytes) -> None:
        self._push(with_payload(head, payload))

    def pending_bytes(self) -> int:
        return self._queued

    def refuse(self, why: Refused) -> None:
        """Say why, and take nothing more. `hear` raises Left from then on."""
        self.leave(why.message)

    async def gone(self) -> None:
        """Return when the other end is gone: until then what was said last is on its way."""
        with suppress(Left):
            while True:
                await self._next()

    def leave(self, last: Mapping[str, Any]) -> None:
        """Say a last word and close, at the latest after LAST_WORDS."""
        if not self._ending:
            self.send(last)
            self._ending = True
            self._go_on_sending()
            asyncio.get_running_loop().call_later(LAST_WORDS, self.socket.abort)

    async def _next(self) -> Message:
        if self._is_gone:
            raise Left
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            self._is_gone = True
            raise Left
        return event

    def _push(self, data: str | bytes) -> None:
        if self._ending:
            return
        if self._queued > MOST_PENDING:
            # Whoever does not read would not read an error either.
            self.slow = self._ending = True
            self._queue.clear()
            self.socket.abort()
            return
        if self._sending is None and self.socket.send_now(data):
            return
        self._queue.append(data)
        self._queued += len(data)
        self._go_on_sending()

    def _go_on_sending(self) -> None:
        if self._sending is None:
            self._sending = asyncio.ensure_future(self._send_all())

    async def _send_all(self) -> None:
        with suppress(OSError, RuntimeError):  # the connection has ended; `hear` tells
            while self._queue:
                data = self._queue.popleft()
                kind = "text" if isinstance(data, str) else "bytes"
                await self._send_out({"type": "websocket.send", kind: data})
                self._queued -= len(data)
            if self._ending:
                await self._send_out({"type": "websocket.close", "code": 1000})
        self._sending = None
