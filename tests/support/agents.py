"""An agent as a test scripts it: the protocol of docs/reference/agent-protocol.md over real sockets, written from that
page alone, so that the hub's own reading of it is held against a second one.

Nothing here answers by itself but `serve`; a test says every word, and may say wrong ones.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 20  # seconds for a word of the hub
LOOSE = {"metrics": True, "logs": True, "run": True, "root": True, "shell": True, "files": True}
Answer = Callable[["FakeAgent", dict[str, Any]], Awaitable[None]]


class Heard(NamedTuple):
    """One message of the hub."""

    message: dict[str, Any]
    payload: bytes


class JoinToken(NamedTuple):
    """What the text of a join token says."""

    id: int
    secret: bytes
    fingerprint: str

    @classmethod
    def read(cls, text: str) -> JoinToken:
        raw = base64.urlsafe_b64decode(text.removeprefix("wjt_") + "=" * (-len(text.removeprefix("wjt_")) % 4))
        assert (raw[0], len(raw)) == (1, 53)
        return cls(int.from_bytes(raw[1:5], "big"), raw[5:21], raw[21:].hex())


class NodeKey:
    """A node's key, as the machine keeps it."""

    def __init__(self, seed: bytes | None = None) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed or secrets.token_bytes(32))
        self.public = self._key.public_key().public_bytes_raw()
        self.id = hashlib.sha256(self.public).hexdigest()

    def sign(self, *parts: str) -> str:
        return self._key.sign("\n".join(parts).encode()).hex()


def about(**more: Any) -> dict[str, Any]:
    """What a machine says of itself, in every field."""
    machine = hashlib.sha256(f"wacket machine v1\n{more.pop('machine_id', secrets.token_hex(16))}".encode()).hexdigest()
    said = {"agent": "0.1.0", "python": "3.11.2", "os": "linux", "system": "Debian GNU/Linux 12", "arch": "aarch64"}
    said |= {"host": "pi-11", "machine": machine, "boot": secrets.token_hex(16), "instance": secrets.token_hex(8)}
    return said | {"allows": LOOSE, "accounts": ["wacket"], "slots": 8} | more


@dataclass
class FakeAgent:
    """`url` is ws://HOST:PORT or wss://HOST:PORT. Key, words about itself and numbers outlive a connection."""

    url: str
    key: NodeKey = field(default_factory=NodeKey)
    about: dict[str, Any] = field(default_factory=about)
    fingerprint: str = ""  # of the hub's key; checked if it is there
    epochs: dict[str, str] = field(
        default_factory=lambda: {"influx": secrets.token_hex(8), "ndjson": secrets.token_hex(8)}
    )
    numbers: dict[str, int] = field(default_factory=lambda: {"influx": 0, "ndjson": 0})
    welcomed: dict[str, Any] = field(default_factory=dict)
    cert: str | None = None  # said instead of the certificate that was shown

    def __post_init__(self) -> None:
        self.socket: ClientConnection | None = None
        self._kept: list[Heard] = []

    async def hello(self) -> None:
        """Connect, say hi, and check what the hub answers."""
        tls = self.url.startswith("wss:")
        self.socket = await connect(
            f"{self.url}/api/v1/agent",
            compression=None,
            ping_interval=None,
            max_size=2_000_000,
            ssl=unchecked() if tls else None,
            open_timeout=PATIENCE,
        )
        self._kept.clear()
        shown = self.socket.transport.get_extra_info("ssl_object").getpeercert(True) if tls else b""
        self.certificate = hashlib.sha256(shown).hexdigest() if tls else ""
        if self.cert is not None:
            self.certificate = self.cert
        self.nonce = secrets.token_hex(32)
        await self.send({"t": "hi", "v": 1, "nonce": self.nonce, "cert": self.certificate})
        hello = (await self.hear("hello")).message
        self.hub, self.hub_nonce = hello["hub"], hello["nonce"]
        text = "\n".join(("wacket agent v1 hub", self.nonce, self.hub_nonce, self.certificate))
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.hub)).verify(bytes.fromhex(hello["sig"]), text.encode())
        shown_key = hashlib.sha256(bytes.fromhex(self.hub)).hexdigest()
        assert self.fingerprint in ("", shown_key), "this is not the hub that was pinned"

    def proof_of_key(self) -> dict[str, Any]:
        """`key` and `sig`, for the connection that `hello` opened."""
        signature = self.key.sign("wacket agent v1 node", self.hub, self.hub_nonce, self.nonce, self.certificate)
        return {"key": self.key.public.hex(), "sig": signature, "about": self.about}

    def proof_of_token(self, token: JoinToken) -> dict[str, Any]:
        parts = ("wacket agent v1 join", self.hub, self.hub_nonce, self.nonce, self.certificate, self.key.public.hex())
        text = "\n".join(parts).encode()
        proof = hmac.new(hashlib.sha256(token.secret).digest(), text, hashlib.sha256).hexdigest()
        return {"token": token.id, "proof": proof}

    async def join(self, token: str, name: str = "pi-11", **more: Any) -> dict[str, Any]:
        """Connect and join: `welcome`, `pending` or `error`."""
        read = JoinToken.read(token)
        self.fingerprint = self.fingerprint or read.fingerprint
        await self.hello()
        await self.send({"t": "join", **self.proof_of_key(), **self.proof_of_token(read), "name": name, **more})
        return await self.let_in()

    async def auth(self) -> dict[str, Any]:
        """Connect as a node that belongs already: `welcome`, `pending` or `error`."""
        await self.hello()
        await self.send({"t": "auth", **self.proof_of_key()})
        return await self.let_in()

    async def let_in(self) -> dict[str, Any]:
        """The hub's verdict, its vouching for the command key checked."""
        said = (await self.hear("welcome", "pending", "error")).message
        if said["t"] == "welcome":
            self.welcomed = said
            text = "\n".join(("wacket command key v1", said["command_key"], self.hub)).encode()
            hub = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.hub))
            hub.verify(bytes.fromhex(said["command_key_sig"]), text)
        return said

    async def send(self, message: Mapping[str, Any]) -> None:
        assert self.socket is not None
        await self.socket.send(json.dumps(message))

    async def send_bytes(self, head: Mapping[str, Any], payload: bytes) -> None:
        assert self.socket is not None
        said = json.dumps(head).encode()
        await self.socket.send(len(said).to_bytes(4, "big") + said + payload)

    async def hear(self, *types: str, seconds: float = PATIENCE) -> Heard:
        """The next message of one of these types (any, if none is named). Others are kept for a later `hear`."""
        for place, kept in enumerate(self._kept):
            if not types or kept.message["t"] in types:
                return self._kept.pop(place)
        async with asyncio.timeout(seconds):
            while True:
                heard = await self._next()
                if not types or heard.message["t"] in types:
                    return heard
                self._kept.append(heard)

    async def _next(self) -> Heard:
        assert self.socket is not None
        raw = await self.socket.recv()
        if isinstance(raw, str):
            return Heard(json.loads(raw), b"")
        size = int.from_bytes(raw[:4], "big")
        return Heard(json.loads(raw[4 : 4 + size]), raw[4 + size :])

    async def beat(self) -> dict[str, Any]:
        """One beat and its answer."""
        await self.send({"t": "beat", "at": time.time_ns() // 1000})
        return (await self.hear("beat")).message

    async def streams(self) -> dict[str, int]:
        """Say that nothing is kept beyond what was sent; what the hub has of each stream, by format."""
        said = {
            stream: {
                "epoch": self.epochs[form],
                "first": self.numbers[form],
                "last": self.numbers[form] - 1,
                "since": 0,
            }
            for stream, form in (("metrics", "influx"), ("logs", "ndjson"))
        }
        await self.send({"t": "streams", "streams": said})
        acks = [(await self.hear("ack")).message for _ in said]
        return {form: ack["seq"] for form, epoch in self.epochs.items() for ack in acks if ack["epoch"] == epoch}

    async def report(self, form: str, *lines: str) -> int:
        """Send lines of a format ("influx" or "ndjson"); the number of the last."""
        first = self.numbers[form]
        await self.report_again(form, first, *lines)
        self.numbers[form] = first + len(lines)
        return self.numbers[form] - 1

    async def report_again(self, form: str, first: int, *lines: str) -> None:
        head = {"t": "report", "epoch": self.epochs[form], "seq": first, "format": form}
        await self.send_bytes(head, "".join(f"{line}\n" for line in lines).encode())

    async def acked(self, form: str, last: int) -> None:
        """Return when the hub has said that everything up to this number is on its disk."""
        while True:
            ack = (await self.hear("ack")).message
            if ack["epoch"] == self.epochs[form] and ack["seq"] >= last:
                return

    def envelope(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """What a `command` message says, its signature checked with the key that the welcome carried."""
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.welcomed["command_key"]))
        key.verify(bytes.fromhex(command["sig"]), f"wacket command v1\n{command['envelope']}".encode())
        said: dict[str, Any] = json.loads(command["envelope"])
        return said

    async def state(self, command: str, state: str, **more: Any) -> None:
        await self.send({"t": "state", "id": command, "state": state, "at": time.time_ns() // 1000, **more})

    async def output(self, command: str, offset: int, *records: tuple[int, bytes]) -> int:
        """Send records of (1 for standard output or 2 for standard error, bytes); the offset behind them."""
        payload = b"".join(record(stream, data) for stream, data in records)
        await self.send_bytes({"t": "output", "id": command, "offset": offset}, payload)
        return offset + len(payload)

    async def succeed(self, command: Mapping[str, Any], out: bytes = b"", err: bytes = b"", code: int = 0) -> None:
        """Go through a command's whole life: accepted, running, its output, its end."""
        number = str(command["id"])
        await self.state(number, "accepted")
        await self.state(number, "running")
        records = [(stream, data) for stream, data in ((1, out), (2, err)) if data]
        end = await self.output(number, 0, *records) if records else 0
        known = {"signal": 0, "reason": "", "seconds": 0.001, "peak": 1 << 20, "killed": [], "files": []}
        state = "failed" if code else "succeeded"
        await self.state(number, state, exit=code, out=len(out), err=len(err), end=end, **known)

    async def serve(self, answer: Answer | None = None) -> None:
        """Answer every command as it comes, with success if not said otherwise, until the connection ends."""
        with suppress(ConnectionClosed):
            await self.send({"t": "commands", "commands": []})
            while True:
                heard = await self._next()
                if heard.message["t"] != "command":
                    continue
                envelope = self.envelope(heard.message)
                await (answer(self, envelope) if answer else self.succeed(envelope))

    async def bye(self) -> None:
        """Go on purpose."""
        await self.send({"t": "bye", "why": "stopped"})
        await self.close()

    async def close(self) -> None:
        if self.socket is not None:
            await self.socket.close()

    def cut(self) -> None:
        """End as if the machine were gone: no word, the socket reset."""
        assert self.socket is not None
        self.socket.transport.abort()

    async def closed(self, seconds: float = PATIENCE) -> int | None:
        """Wait until the hub has closed; the code that it gave."""
        assert self.socket is not None
        async with asyncio.timeout(seconds):
            with suppress(ConnectionClosed):
                while True:
                    await self.socket.recv()
        return self.socket.close_code


def record(stream: int, data: bytes, at: int = 0) -> bytes:
    """One record of a command's output."""
    return bytes([stream]) + at.to_bytes(8, "big") + len(data).to_bytes(4, "big") + data


def unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@asynccontextmanager
async def joined(url: str, token: str, name: str = "pi-11", **more: Any) -> AsyncIterator[FakeAgent]:
    """An agent that has joined with a token that needs nobody's acceptance, for as long as the context lasts."""
    agent = FakeAgent(url, about=about(host=name, **more))
    said = await agent.join(token, name)
    assert said["t"] == "welcome", said
    try:
        yield agent
    finally:
        await agent.close()
