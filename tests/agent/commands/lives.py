"""An agent in a process of its own, started and killed by a test, with `FakeHub` at the other end."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.agent.commands.desks import ENDS, PATIENCE, FakeHub

SCRIPT = Path(__file__).with_name("agent_process.py")


class Lives:
    """The agent's lives, one after the other; `hub` is what they all speak to."""

    def __init__(self, state: Path, python: str = sys.executable) -> None:
        self.hub = FakeHub()
        self._state, self._python = state, python
        self._socket = state / "hub.sock"
        self._process: asyncio.subprocess.Process | None = None
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.hub.handlers = dict.fromkeys(("command", "settled", "have", "have_file", "blob"), self._say)  # type: ignore

    async def begin(self) -> None:
        """Start the agent and wait until it has told which commands it has."""
        if self._server is None:
            self._server = await asyncio.start_unix_server(self._talk, self._socket, limit=1 << 24)
        self.hub.listed = None  # type: ignore[assignment]
        command = (self._python, "-I", "-S", str(SCRIPT), str(self._state), str(self._socket))
        self._process = await asyncio.create_subprocess_exec(*command)
        async with asyncio.timeout(PATIENCE):
            while self.hub.listed is None:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        for command_id in [one["id"] for one in self.hub.listed]:
            states = self.hub.states.get(command_id, [])
            if states and states[-1]["state"] in ENDS:
                self.hub.say({"t": "settled", "id": command_id})
            else:
                self.hub.say({"t": "have", "id": command_id, "offset": self.hub.length.get(command_id, 0)})

    async def kill(self) -> None:
        assert self._process
        self.hub.connected = False
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def end(self) -> None:
        await self.kill()
        assert self._server
        self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer, self.hub.connected = writer, True
        with suppress(ConnectionError):
            async for line in reader:
                if not line.endswith(b"\n") or writer is not self._writer:
                    break
                self._hear(json.loads(line))
        if writer is self._writer:
            self.hub.connected = False
        writer.close()

    def _hear(self, message: dict[str, Any]) -> None:
        payload = message.pop("payload", None)
        self.hub.connected = True
        if payload is None:
            self.hub.send(message)
        else:
            self.hub.send_bytes(message, base64.b64decode(payload))

    def _say(self, message: dict[str, Any], payload: bytes) -> None:
        assert self._writer
        line = {**message, "payload": base64.b64encode(payload).decode()}
        self._writer.write(json.dumps(line).encode() + b"\n")
