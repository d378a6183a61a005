"""One WebSocket connection to the hub: dialling, TLS, whole messages in and out. What they say is for
`keeping.py` to know.

The hub's certificate is not checked against any authority: a lab has none. Its hash goes into what the hub signs, so
that whoever stands between with another certificate is found out.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from typing import Any, Awaitable, Mapping, TypeVar

from wacket_agent import protocol
from wacket_agent.config import Address
from wacket_agent.link import websocket

READ = 65_536
HAPPY_EYEBALLS = 0.25  # seconds before IPv4 is tried beside an IPv6 that does not answer, or the other way round
HIGH_WATER = 1 << 20  # bytes written and not taken by the socket, above which `drained` waits
MOST_WAITING = 16 << 20  # beyond, the hub does not read any more


T = TypeVar("T")


class Lost(ConnectionError):
    """The connection has ended; the text says why, for a person."""


async def within(seconds: float, work: Awaitable[T]) -> T:
    """What comes of it, or asyncio.TimeoutError. Unlike `wait_for` before Python 3.12 it never swallows a cancellation,
    with which an agent would go on that was told to end.
    """
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait([task], timeout=seconds)
    finally:
        task.cancel()
    if not done:
        raise asyncio.TimeoutError
    return task.result()


class Connection:
    """`said_at` and `heard_at` are the loop's times of the last bytes out and in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, certificate: str) -> None:
        self.certificate = certificate
        self._reader, self._writer = reader, writer
        self._loop = asyncio.get_event_loop()
        self._frames = websocket.Frames(protocol.MAX_MESSAGE)
        self._ready: list[websocket.Message] = []
        self._why = ""
        self._draining = asyncio.Lock()
        self.said_at = self.heard_at = self._loop.time()
        writer.transport.set_write_buffer_limits(high=HIGH_WATER)

    @classmethod
    async def dial(cls, address: Address) -> Connection:
        """Raises OSError (which Lost is too) and websocket.Broken."""
        tls = _unchecked_tls() if address.tls else None
        try:
            reader, writer = await asyncio.open_connection(
                address.host,
                address.port,
                ssl=tls,
                server_hostname=address.host if tls else None,
                happy_eyeballs_delay=HAPPY_EYEBALLS,
            )
        except UnicodeError:  # the address was checked, but not as the system of names does it
            raise Lost(f"{address.host[:80]!r} cannot be the name of a machine") from None
        try:
            shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True) if tls else b""
            key = os.urandom(16)
            writer.write(websocket.request(address.name, protocol.PATH, key))
            websocket.check_answer(await reader.readuntil(b"\r\n\r\n"), key)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.transport.abort()
            raise Lost("who answers at this address is no hub") from None
        except BaseException:
            writer.transport.abort()
            raise
        return cls(reader, writer, hashlib.sha256(shown).hexdigest() if shown else "")

    async def receive(self) -> tuple[dict[str, Any], bytes]:
        """The next message, with b"" for a payload if it is text. Raises Lost, Broken and Malformed."""
        while True:
            while self._ready:
                message = self._ready.pop(0)
                if message.kind == websocket.TEXT:
                    return protocol.decode(message.data), b""
                if message.kind == websocket.BINARY:
                    return protocol.unpack(message.data)
                self._control(message)
            self._ready = self._frames.feed(await self._read())

    def send(self, message: Mapping[str, Any]) -> None:
        self._write(websocket.TEXT, protocol.encode(message))

    def send_bytes(self, head: Mapping[str, Any], payload: bytes) -> None:
        self._write(websocket.BINARY, protocol.pack(head, payload))

    def pending_bytes(self) -> int:
        return int(self._writer.transport.get_write_buffer_size())

    async def drained(self) -> None:
        """Until less than HIGH_WATER waits, or the connection has ended."""
        async with self._draining:  # asyncio before 3.11 lets only one wait
            with contextlib.suppress(ConnectionError):
                await self._writer.drain()

    async def close(self, patience: float) -> None:
        """Say goodbye as RFC 6455 wants it, and end within `patience` seconds."""
        if not self._writer.transport.is_closing():
            self._writer.write(websocket.closing(websocket.NORMAL, os.urandom(4)))
            self._writer.close()
        try:
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                await within(patience, self._writer.wait_closed())
        finally:
            self.abort()

    def abort(self, why: str = "") -> None:
        """End at once; `receive` tells why."""
        self._why = self._why or why
        self._writer.transport.abort()

    async def _read(self) -> bytes:
        try:
            data = await self._reader.read(READ)
        except OSError as error:
            raise Lost(f"the connection broke: {error.strerror or error}") from None
        if not data:
            raise Lost(self._why or "the hub closed the connection")
        self.heard_at = self._loop.time()
        return data

    def _control(self, message: websocket.Message) -> None:
        if message.kind == websocket.CLOSE:
            raise Lost("the hub closed the connection")
        if message.kind == websocket.PING:
            self._write(websocket.PONG, message.data)

    def _write(self, kind: int, data: bytes) -> None:
        if self.pending_bytes() > MOST_WAITING:
            self.abort("the hub did not read what it was sent")
        if self._writer.transport.is_closing():
            return  # `receive` tells it
        self._writer.write(websocket.frame(kind, data, os.urandom(4)))
        self.said_at = self._loop.time()


def _unchecked_tls() -> Any:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
