"""An agent that does nothing but commands, as a process that a test can kill: `python agent_process.py STATE SOCKET`.

It speaks to the test over a Unix socket: lines of JSON, a payload as Base64 in `payload`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3] / "agent"))

from wacket_agent.commands.nursery import start_nursery

SLOTS = {"commands": {"slots": "4", "grace": "1"}}


class Line:
    """A link over a socket."""

    def __init__(self, writer: asyncio.StreamWriter, command_key: bytes) -> None:
        self._writer, self.command_key = writer, command_key
        self.connected, self.offset = True, 0
        self.handlers: dict[str, Any] = {}
        self.on_welcome: list[Any] = []
        self.on_closed: list[Any] = []

    def time(self) -> int:
        return time.time_ns() // 1000

    def send(self, message: dict[str, Any]) -> None:
        self._writer.write(json.dumps(message).encode() + b"\n")

    def send_bytes(self, head: dict[str, Any], payload: bytes) -> None:
        self.send({**head, "payload": base64.b64encode(payload).decode()})

    def pending_bytes(self) -> int:
        return self._writer.transport.get_write_buffer_size()

    async def drained(self) -> None:
        await self._writer.drain()


async def serve(state: str, socket: str, nursery: Any) -> None:
    from wacket_agent.commands.desk import CommandDesk
    from wacket_agent.config import Allows
    from wacket_agent.journal.store import Store
    from wacket_agent.trust.ed25519 import public_key

    reader, writer = await asyncio.open_unix_connection(socket, limit=1 << 24)
    link = Line(writer, public_key(bytes(range(32))))
    config = SimpleNamespace(state=state, allows=Allows(run=True, root=True), options=SLOTS)
    identity = SimpleNamespace(key_id="cd" * 32)
    desk = CommandDesk(Store.open(state), link, config, identity, nursery, link.time)
    running = asyncio.ensure_future(desk.run())
    await asyncio.sleep(0)
    for told in link.on_welcome:
        told()
    async for line in reader:
        message = json.loads(line)
        payload = base64.b64decode(message.pop("payload", ""))
        link.handlers[message["t"]](message, payload)
        if running.done():
            running.result()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], start_nursery(sys.argv[1])))
