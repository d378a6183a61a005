"""The HTTP door: serves the application on an address, plain or over TLS. Knows no route; api/ has those."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from wacket.doors.websocket import WebSocket
from wacket.records import Statistics

if TYPE_CHECKING:
    from wacket.doors.certificate import Certificate

GRACE_SECONDS = 5  # for answers under way when the hub ends
KEEP_ALIVE_SECONDS = 75  # a board that posts once a minute keeps its connection
CORKED_BYTES = 64 * 1024
LONGEST_MESSAGE = 1_200_000  # bytes of a WebSocket's: an agent's payload and its head


class HttpDoor(uvicorn.Server):
    """`wait_open` returns when it listens; `serve_until_closed` runs until `close`. `proxies` are those to believe."""

    def __init__(
        self, application: Any, listening: list[socket.socket], tls: Certificate | None, proxies: Sequence[str] = ()
    ) -> None:
        self.listening = listening
        config = uvicorn.Config(
            application,
            http=_Protocol,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            ws=WebSocket,
            ws_max_size=LONGEST_MESSAGE,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=list(proxies),  # never those of the environment
            ssl_certfile=tls.certificate if tls else None,
            ssl_keyfile=tls.key if tls else None,
        )
        super().__init__(config)
        self._open = asyncio.Event()
        self._ended = asyncio.Event()

    async def serve_until_closed(self) -> None:
        """Answer requests until `close`."""
        try:
            await self.serve(sockets=self.listening)
        finally:
            self._open.set()
            self._ended.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._open.set()

    async def wait_open(self) -> None:
        await self._open.wait()

    async def close(self) -> None:
        """Take no more requests, finish those under way, and return."""
        self.should_exit = True
        await self._ended.wait()
        for one in self.listening:
            one.close()

    def statistics(self) -> Statistics:
        state = self.server_state
        return {"open": len(state.connections), "answering": len(state.tasks), "answered": state.total_requests}

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The hub takes the signals; the server must not."""
        yield


class _Protocol(HttpToolsProtocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_Corked(transport, self.loop))  # type: ignore[arg-type]


class _Corked:
    """A transport that sends what is written in one turn of the loop at once, or at `flush`.

    The server writes an answer's head and body apart; with small answers, each write costs as much as all else.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)
        self._size += len(data)
        if self._size > CORKED_BYTES:
            self.flush()

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.flush()
        self._transport.set_protocol(protocol)

    def flush(self) -> None:
        if self._held:
            held, self._held, self._size = self._held, [], 0
            self._transport.write(b"".join(held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
