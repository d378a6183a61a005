"""A desk with a journal, a nursery and real programs, and a hub that is played by the test."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from wacket_agent.commands.desk import CommandDesk
from wacket_agent.commands.nursery import Nursery
from wacket_agent.config import Allows
from wacket_agent.journal.store import Store
from wacket_agent.trust.ed25519 import public_key, sign

SEED = bytes(range(32))
NODE = "cd" * 32
HOUR = 3_600_000_000
PATIENCE = 20  # seconds
ENDS = {"succeeded", "failed", "timed_out", "cancelled", "lost_reboot", "expired", "rejected"}
ALL = Allows(run=True, root=True)


def now() -> int:
    return time.time_ns() // 1000


def id_of(number: int) -> str:
    """Ids that sort by their numbers, made at the beginning of 1970."""
    return f"{number:026d}"


def signed(envelope: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(envelope)
    return {"t": "command", "envelope": text, "sig": sign(SEED, f"wacket command v1\n{text}".encode()).hex()}


def envelope(number: int, **other: Any) -> dict[str, Any]:
    usual = {"v": 1, "id": id_of(number), "node": NODE, "kind": "exec", "actor": "sara", "argv": ["true"]}
    return {**usual, "not_before": now() - HOUR, "expires": now() + HOUR, "timeout": 60, "keep": 1 << 26, **other}


class Record(NamedTuple):
    offset: int
    kind: int
    data: bytes


def records(payload: bytes, offset: int = 0) -> list[Record]:
    """Read by the words of docs/reference/agent-protocol.md."""
    found, place = [], 0
    while place < len(payload):
        size = int.from_bytes(payload[place + 9 : place + 13], "big")
        data = payload[place + 13 : place + 13 + size]
        assert len(data) == size, "a record is not whole"
        found.append(Record(offset, payload[place], data))
        place += 13 + size
        offset += 13 + size + (json.loads(data)["bytes"] if found[-1].kind == 0 else 0)
    return found


class FakeHub:
    """What the hub keeps of each command; it is the link too, as the desk knows it."""

    def __init__(self) -> None:
        self.handlers: dict[str, Callable[[dict[str, Any], bytes], None]] = {}
        self.on_welcome: list[Callable[[], None]] = []
        self.on_closed: list[Callable[[], None]] = []
        self.connected, self.command_key, self.offset = False, public_key(SEED), 0
        self.states: dict[str, list[dict[str, Any]]] = {}
        self.output: dict[str, list[Record]] = {}
        self.length: dict[str, int] = {}
        self.files: dict[tuple[str, str], bytes] = {}
        self.listed: list[dict[str, Any]] = []
        self.needs: list[dict[str, Any]] = []
        self.blobs: dict[str, bytes] = {}
        self.acknowledges = self.settles = True
        self.pending = 0
        self._news = asyncio.Event()

    # The agent's side

    def time(self) -> int:
        return now()

    def pending_bytes(self) -> int:
        return self.pending

    async def drained(self) -> None:
        while self.pending:  # noqa: ASYNC110
            await asyncio.sleep(0)

    def send(self, message: dict[str, Any]) -> None:
        if not self.connected:
            return
        json.dumps(message)
        if message["t"] == "state":
            self.states.setdefault(message["id"], []).append(message)
            if message["state"] in ENDS and self.settles:
                self._later({"t": "settled", "id": message["id"]})
        elif message["t"] == "commands":
            self.listed = message["commands"]
        elif message["t"] == "need":
            self.needs.append(message)
            if message["sha256"] in self.blobs:
                self._give(message["sha256"], message["offset"])
        self._news.set()

    def send_bytes(self, head: dict[str, Any], payload: bytes) -> None:
        if not self.connected:
            return
        command = head["id"]
        if head["t"] == "output":
            self._take_output(command, head["offset"], payload)
        else:
            before = self.files.get((command, head["name"]), b"")
            assert head["offset"] <= len(before)
            self.files[command, head["name"]] = before[: head["offset"]] + payload
            offset = head["offset"] + len(payload)
            self._later({"t": "have_file", "id": command, "name": head["name"], "offset": offset})
        self._news.set()

    def _take_output(self, command: str, offset: int, payload: bytes) -> None:
        have = self.length.get(command, 0)
        assert offset <= have, "a hole in the output"
        for record in records(payload, offset):
            if record.offset < have:
                continue
            assert record.offset == have, "no record begins where the hub is"
            self.output.setdefault(command, []).append(record)
            have += 13 + len(record.data) + (json.loads(record.data)["bytes"] if record.kind == 0 else 0)
        self.length[command] = have
        if self.acknowledges:
            self._later({"t": "have", "id": command, "offset": have})

    # The hub's side

    def say(self, message: dict[str, Any], payload: bytes = b"") -> None:
        if self.connected:
            self.handlers[message["t"]](message, payload)

    def order(self, number: int, **other: Any) -> str:
        made = envelope(number, **other)
        self.say(signed(made))
        return str(made["id"])

    def connect(self) -> None:
        self.connected = True
        for told in self.on_welcome:
            told()
        for command in self.listed:
            states = self.states.get(command["id"], [])
            if states and states[-1]["state"] in ENDS and self.settles:
                self._later({"t": "settled", "id": command["id"]})
            else:
                self.say({"t": "have", "id": command["id"], "offset": self.length.get(command["id"], 0)})

    def disconnect(self) -> None:
        self.connected = False
        for told in self.on_closed:
            told()

    def text(self, command: str, kind: int = 1) -> bytes:
        return b"".join(record.data for record in self.output.get(command, []) if record.kind == kind)

    def cuts(self, command: str) -> list[dict[str, int]]:
        return [json.loads(record.data) for record in self.output.get(command, []) if record.kind == 0]

    def end_of(self, command: str) -> dict[str, Any] | None:
        return next((said for said in self.states.get(command, []) if said["state"] in ENDS), None)

    async def ended(self, command: str) -> dict[str, Any]:
        await self.until(lambda: self.end_of(command) is not None)
        return self.end_of(command) or {}

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._news.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.05)

    def _later(self, message: dict[str, Any]) -> None:
        asyncio.get_running_loop().call_soon(self.say, message)

    def _give(self, sha256: str, offset: int) -> None:
        whole, step = self.blobs[sha256], 1 << 20
        for start in range(offset, max(len(whole), 1), step):
            head = {"t": "blob", "sha256": sha256, "offset": start, "size": len(whole)}
            asyncio.get_running_loop().call_soon(self.say, head, whole[start : start + step])


class Machine:
    """Where an agent lives: its folder, its settings, and its nursery."""

    def __init__(self, folder: Path) -> None:
        self.state = folder
        self.config = SimpleNamespace(state=str(folder), allows=ALL, options={})
        self.boot = "boot-1"
        self.clock = now

    def folder_of(self, command: str) -> Path:
        return self.state / "commands" / command

    @asynccontextmanager
    async def agent(self, hub: FakeHub, connected: bool = True) -> AsyncIterator[CommandDesk]:
        """One life of the agent, connected to `hub`."""
        store, nursery = Store.open(self.state), Nursery.anew(str(self.state))
        hub.handlers.clear(), hub.on_welcome.clear(), hub.on_closed.clear()
        identity = SimpleNamespace(key_id=NODE)
        desk = CommandDesk(store, hub, self.config, identity, nursery, self.clock, self.boot)
        running = asyncio.create_task(desk.run())
        await asyncio.sleep(0)
        if connected:
            hub.connect()
        try:
            yield desk
            await asyncio.sleep(0)
        finally:
            hub.disconnect()
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            nursery.close()
            store.close()


async def outcome(machine: Machine, hub: FakeHub, **other: Any) -> dict[str, Any]:
    """The end of one command in a life of the agent of its own."""
    async with machine.agent(hub):
        return await hub.ended(hub.order(1, **other))
