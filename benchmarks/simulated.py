"""Many simulated agents in one process: the real protocol, commands that do nothing, and as little else as possible.

`python -m benchmarks.simulated HOST PORT COUNT TOKEN` joins them all and keeps them connected (they come back as real
agents do), answers every command with success, and prints a line of JSON for each line on its standard input: what it
counted. It ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import random
import sys
import time
from typing import Any

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wacket_agent import protocol
from wacket_agent.link import websocket

BEAT = 5.0
FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0
ALLOWS = {"metrics": True, "logs": True, "run": True, "root": False, "shell": False, "files": False}
REPORT = b"cpu percent=%d.5 @\nmemory used_percent=41.5 @\nload one=0.25 @\n"
TEN = (  # what a small machine says of itself: ten series
    b"cpu percent=%d.5 @\nmemory used_percent=41.5 @\nswap used_percent=3.5 @\nload 1m=0.25 @\nuptime seconds=86400 @\n"
    b"disk,mount=/ used_percent=61.5 @\ndisk,mount=/home used_percent=42.5 @\ntemperature,sensor=cpu celsius=48.5 @\n"
    b"network,interface=eth0 received_bytes_per_s=1200 @\nnetwork,interface=eth0 sent_bytes_per_s=800 @\n"
)
REPORTS = {"report": REPORT, "tell": TEN}  # by the word that begins them


class Crowd:
    """What all of them share."""

    def __init__(self, address: tuple[str, int], token: protocol.Token) -> None:
        self.address, self.token = address, token
        self.connected = 0
        self.refused = 0
        self.welcomes: list[float] = []  # moments since the last `mark`
        self.commands = 0
        self.acked = 0
        self.lines = REPORT  # what each of them says

    def facts(self) -> dict[str, Any]:
        return {
            "connected": self.connected,
            "refused": self.refused,
            "welcomes": self.welcomes,
            "commands": self.commands,
            "acked": self.acked,
        }


class Agent(asyncio.Protocol):
    """One machine. Its key lasts; everything else begins anew with each connection."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self._crowd, self._number = crowd, number
        self._key = Ed25519PrivateKey.generate()
        self._public = self._key.public_key().public_bytes_raw().hex()
        self._boot = os.urandom(16).hex()
        self._epochs = {"metrics": os.urandom(8).hex(), "logs": os.urandom(8).hex()}
        self._sequence = 0
        self._failures, self._rest = 0, 0.0
        self.joined = self.welcome = False
        self._transport: Any = None

    async def connect(self) -> None:
        """Try until there is a connection, with full jitter as a real agent."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                await loop.create_connection(lambda: self, *self._crowd.address)
            except OSError:
                await asyncio.sleep(self._wait())
            else:
                return

    def _wait(self) -> float:
        if self._rest:
            rest, self._rest = self._rest, 0.0
            return rest
        self._failures += 1
        return random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self._failures - 1)))

    def connection_made(self, transport: Any) -> None:
        self._transport, self._frames, self._answer = transport, websocket.Frames(protocol.MAX_MESSAGE), b""
        self._ws_key = os.urandom(16)
        transport.write(websocket.request("localhost", protocol.PATH, self._ws_key))

    def data_received(self, data: bytes) -> None:
        if self._answer is not None:
            self._answer += data
            head, end, data = self._answer.partition(b"\r\n\r\n")
            if not end:
                return
            websocket.check_answer(head, self._ws_key)
            self._answer = None
            self._nonce = os.urandom(32).hex()
            self._send({"t": "hi", "v": 1, "nonce": self._nonce, "cert": ""})
        for message in self._frames.feed(data):
            if message.kind == websocket.TEXT:
                self._heard(json.loads(message.data))
            elif message.kind == websocket.PING:
                self._write(websocket.frame(websocket.PONG, message.data, os.urandom(4)))

    def connection_lost(self, error: Exception | None) -> None:
        self._crowd.connected -= self.welcome
        self.welcome, self._transport = False, None
        asyncio.get_running_loop().call_later(self._wait(), lambda: asyncio.ensure_future(self.connect()))

    def _heard(self, said: dict[str, Any]) -> None:
        handler = getattr(self, f"_on_{said['t']}", None)
        if handler is not None:
            handler(said)

    def _on_hello(self, said: dict[str, Any]) -> None:
        text = protocol.node_text(said["hub"], said["nonce"], self._nonce, "")
        proof = {"key": self._public, "sig": self._key.sign(text).hex(), "about": self._about()}
        if self.joined:
            self._send({"t": "auth", **proof})
            return
        text = b"\n".join(
            part.encode()
            for part in ("wacket agent v1 join", said["hub"], said["nonce"], self._nonce, "", self._public)
        )
        mac = hmac.new(hashlib.sha256(self._crowd.token.secret).digest(), text, hashlib.sha256).hexdigest()
        name = f"sim-{self._number:05d}"
        self._send({"t": "join", **proof, "token": self._crowd.token.id, "proof": mac, "name": name})

    def _on_welcome(self, said: dict[str, Any]) -> None:
        self.joined = self.welcome = True
        self._failures = 0
        self._crowd.connected += 1
        self._crowd.welcomes.append(time.time())
        last = self._sequence - 1
        streams = {
            name: {"epoch": epoch, "first": last + 1, "last": last, "since": 0}
            for name, epoch in self._epochs.items()
            if name == "metrics"
        }
        self._send({"t": "streams", "streams": streams})
        self._send({"t": "commands", "commands": []})

    def _on_error(self, said: dict[str, Any]) -> None:
        self._crowd.refused += 1

    def _on_bye(self, said: dict[str, Any]) -> None:
        self._rest = random.uniform(0.001, said.get("retry") or 0.001)

    def _on_ack(self, said: dict[str, Any]) -> None:
        self._crowd.acked += 1

    def _on_command(self, said: dict[str, Any]) -> None:
        number = json.loads(said["envelope"])["id"]
        self._crowd.commands += 1
        now = time.time_ns() // 1000
        self._send({"t": "state", "id": number, "state": "accepted", "at": now})
        end = {"exit": 0, "signal": 0, "reason": "", "seconds": 0.001, "peak": 0, "out": 0, "err": 0, "end": 0}
        self._send({"t": "state", "id": number, "state": "succeeded", "at": now, **end, "killed": [], "files": []})

    def _about(self) -> dict[str, Any]:
        return {
            "agent": "0.1.0",
            "python": "3.11.2",
            "os": "linux",
            "system": "simulated",
            "arch": "x86_64",
            "host": f"sim-{self._number:05d}",
            "machine": hashlib.sha256(self._boot.encode()).hexdigest(),
            "boot": self._boot,
            "instance": self._boot,
            "allows": ALLOWS,
            "accounts": [],
            "slots": 8,
        }

    def beat(self) -> None:
        self._send({"t": "beat", "at": time.time_ns() // 1000})

    def report(self) -> None:
        lines = (self._crowd.lines % ((self._number + self._sequence) % 100)).replace(b"@", b"%d" % time.time_ns())
        head = {"t": "report", "epoch": self._epochs["metrics"], "seq": self._sequence, "format": "influx"}
        self._write(websocket.frame(websocket.BINARY, protocol.pack(head, lines), os.urandom(4)))
        self._sequence += lines.count(b"\n")

    def _send(self, message: dict[str, Any]) -> None:
        self._write(websocket.frame(websocket.TEXT, protocol.encode(message), os.urandom(4)))

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


async def every(seconds: float, agents: list[Agent], act: str) -> None:
    """Each of them acts once in so many seconds, spread evenly, as machines do that know nothing of each other."""
    ticks = max(1, int(seconds * 20))
    tick = 0
    while True:
        for agent in agents[tick % ticks :: ticks]:
            if agent.welcome:
                getattr(agent, act)()
        tick += 1
        await asyncio.sleep(seconds / ticks)


async def main() -> None:
    host, port, count, token = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), protocol.parse_token(sys.argv[4])
    crowd = Crowd((host, port), token)
    agents = [Agent(crowd, number) for number in range(count)]
    gate = asyncio.Semaphore(50)

    async def begin(agent: Agent) -> None:
        async with gate:
            await agent.connect()

    await asyncio.gather(*map(begin, agents))
    jobs = [asyncio.ensure_future(every(BEAT, agents, "beat"))]
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while word := (await reader.readline()).strip().decode():
        if word in REPORTS:
            crowd.lines = REPORTS[word]
            jobs.append(asyncio.ensure_future(every(10.0, agents, "report")))
        elif word == "mark":
            crowd.welcomes.clear()
            crowd.commands = crowd.acked = crowd.refused = 0
        print(json.dumps(crowd.facts()), flush=True)
    for job in jobs:
        job.cancel()


if __name__ == "__main__":
    uvloop.run(main())
