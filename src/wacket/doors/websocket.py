"""The server's WebSockets, with what ASGI leaves out and the door of agents needs: pings, an end at once, who ends TLS.

For agents nothing is compressed, which would cost memory for each of thousands of connections, and their beats alone
show whether they live.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame
from websockets.http11 import Request

EXTENSION = "wacket.socket"  # where the scope has the WebSocket itself
AGENTS = "/api/v1/agent"
_PING = b"wacket"


class WebSocket(WebSocketsSansIOProtocol):
    """One connection. The scope's scheme may be what a proxy says; `ends_tls` is what this very socket does."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._for_agents = False
        self._pong: asyncio.Future[None] | None = None

    @property
    def ends_tls(self) -> bool:
        return self.scheme == "wss"

    async def answers(self, seconds: float) -> bool:
        """Whether the other end answers a ping in time."""
        if self._pong is None or self._pong.done():
            self._pong = self.loop.create_future()
        pong = self._pong  # of all who ask at the same time
        with suppress(InvalidState, TimeoutError):
            self.conn.send_ping(_PING)
            self.transport.write(b"".join(self.conn.data_to_send()))
            async with asyncio.timeout(seconds):
                await asyncio.shield(pong)
        return pong.done()

    def send_now(self, data: str | bytes) -> bool:
        """Send a message without waiting for a turn of the loop. False where it takes nothing at the moment."""
        if not (self.handshake_complete and self.writable.is_set()) or self.transport.is_closing():
            return False
        try:
            if isinstance(data, str):
                self.conn.send_text(data.encode())
            else:
                self.conn.send_binary(data)
        except InvalidState:
            return False
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.flush()  # type: ignore[attr-defined]
        return True

    def abort(self) -> None:
        """End the connection without waiting for anything."""
        self.transport.abort()

    def handle_connect(self, event: Request) -> None:
        self._for_agents = event.path.partition("?")[0] == AGENTS
        if self._for_agents:
            self.conn.available_extensions = None
        super().handle_connect(event)
        if hasattr(self, "scope"):  # its application runs in a task of its own, after this
            self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]

    def start_keepalive(self) -> None:
        if not self._for_agents:
            super().start_keepalive()

    def handle_pong(self, event: Frame) -> None:
        if bytes(event.data) == _PING and self._pong is not None and not self._pong.done():
            self._pong.set_result(None)
        else:
            super().handle_pong(event)
