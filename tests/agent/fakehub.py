"""A hub as a test scripts it: the protocol of docs/reference/agent-protocol.md over real sockets, written from that
page alone, so that the agent's own reading of it is held against a second one.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import websockets.asyncio.server
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from websockets.exceptions import ConnectionClosed

PATIENCE = 20
Said = dict[str, Any]


def now() -> int:
    return time.time_ns() // 1000


class FakeHub:
    """`verdict` gives what follows an `auth` or `join`, `tamper` changes the hello. What agents say is in `said`."""

    def __init__(self) -> None:
        self.key, self.command_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self.public = self.key.public_key().public_bytes_raw().hex()
        self.fingerprint = hashlib.sha256(bytes.fromhex(self.public)).hexdigest()
        self.certificate = ""
        self.beat = 5.0
        self.ahead = 0  # µs by which its clock is ahead
        self.said: list[Said] = []
        self.payloads: list[bytes] = []
        self.sockets: list[websockets.asyncio.server.ServerConnection] = []
        self.verdict: Callable[[], Said] = self.welcome
        self.tamper: Callable[[Said], Said] = lambda hello: hello
        self.silent = False
        self._more = asyncio.Event()
        self.address = ""

    @contextlib.asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[FakeHub]:
        serve = websockets.asyncio.server.serve
        options: Said = {"max_size": 2_000_000, "compression": None, "ping_interval": None, "close_timeout": 1}
        async with serve(self._serve, "127.0.0.1", port, ssl=tls, **options) as server:
            scheme = "https" if tls else "http"
            self.address = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            yield self

    def welcome(self) -> Said:
        command_key = self.command_key.public_key().public_bytes_raw().hex()
        vouching = self.sign("wacket command key v1", command_key, self.public)
        usual = {"t": "welcome", "node": 7, "name": "pi-11", "code": "", "beat": self.beat, "time": now() + self.ahead}
        return {**usual, "command_key": command_key, "command_key_sig": vouching}

    def sign(self, *parts: str) -> str:
        return self.key.sign("\n".join(parts).encode()).hex()

    async def say(self, message: Said, payload: bytes | None = None) -> None:
        """To the newest connection."""
        text = json.dumps(message)
        if payload is None:
            await self.sockets[-1].send(text)
        else:
            await self.sockets[-1].send(len(text).to_bytes(4, "big") + text.encode() + payload)

    async def hears(self, kind: str, count: int = 1) -> Said:
        """The message of this type that is the `count`th since the start."""
        async with asyncio.timeout(PATIENCE):
            while len(found := [one for one in self.said if one["t"] == kind]) < count:
                self._more.clear()
                await self._more.wait()
        return found[count - 1]

    async def until_closed(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.sockets[-1].wait_closed()

    async def _serve(self, socket: websockets.asyncio.server.ServerConnection) -> None:
        self.sockets.append(socket)
        with contextlib.suppress(ConnectionClosed):
            await self._greet(socket)
            async for raw in socket:
                await self._hear(socket, raw)

    async def _greet(self, socket: websockets.asyncio.server.ServerConnection) -> None:
        hi = json.loads(await socket.recv())
        nonce = secrets.token_hex(32)
        signature = self.sign("wacket agent v1 hub", hi["nonce"], nonce, hi["cert"])
        hello = {"t": "hello", "v": 1, "hub": self.public, "nonce": nonce, "time": now(), "sig": signature}
        await socket.send(json.dumps(self.tamper(hello)))
        proof = json.loads(await socket.recv())
        text = "\n".join(("wacket agent v1 node", self.public, nonce, hi["nonce"], hi["cert"])).encode()
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(proof["key"])).verify(bytes.fromhex(proof["sig"]), text)
        self._note({**hi, "n2": nonce})
        self._note({**proof, "n1": hi["nonce"], "n2": nonce})
        await socket.send(json.dumps(self.verdict()))

    async def _hear(self, socket: websockets.asyncio.server.ServerConnection, raw: str | bytes) -> None:
        if isinstance(raw, bytes):
            end = 4 + int.from_bytes(raw[:4], "big")
            self.payloads.append(raw[end:])
            raw = raw[4:end].decode()
        message = json.loads(raw)
        if message["t"] == "beat" and not self.silent:
            await socket.send(json.dumps({"t": "beat", "at": message["at"], "time": now() + self.ahead}))
        self._note(message)

    def _note(self, message: Said) -> None:
        self.said.append(message)
        self._more.set()


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A server's TLS with a certificate of its own making, and the certificate's SHA-256."""
    from wacket.doors.certificate import ensure

    made = ensure(folder, names=["localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    return context, made.fingerprint.replace(":", "").lower()
