"""A desk for commands over a real ledger and real files, with nodes that a test makes and links that it watches.

`desk.again()` is the hub after a kill: all is built anew from what is on disk.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests.support.agents import LOOSE, record
from tests.support.links import FakeLink

from wacket.bus.memory import Bus
from wacket.commands.board import Job
from wacket.commands.control import CommandDesk
from wacket.commands.issuing import Issuing, Node, Wish
from wacket.commands.kept.blobs import Blobs
from wacket.commands.kept.brought import BroughtFiles
from wacket.commands.kept.outputs import Outputs
from wacket.commands.kept.pieces import Piece
from wacket.commands.kept.spool import Reader
from wacket.commands.signer import Signer
from wacket.commands.spec import Spec
from wacket.ledger import audit, commands, nodes
from wacket.ledger.commands import CommandRow
from wacket.ledger.store import Ledger

NOON = 1_800_000_000_000_000
TRUE = Spec(argv=("true",))


class Desks:
    """The parts of one hub after the other, on the same files, and a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now, self.about = folder, NOON, {"os": "linux", "allows": dict(LOOSE)}
        self._make()

    def _make(self) -> None:
        self.ledger = Ledger.open(self.folder / "ledger.db")
        self.signer = Signer.open(self.folder / "keys")
        self.blobs = Blobs(self.folder / "blobs", 1 << 30)
        self.outputs = Outputs(self.folder / "outputs", 1 << 23, 1 << 23)
        self.brought = BroughtFiles(self.outputs, 1 << 28)
        self.desk = CommandDesk(
            self.ledger, self.signer, self.outputs, self.blobs, self.brought, Bus(), lambda: self.now
        )
        self.issuing = Issuing(self.ledger, self.desk, self.blobs, self._nodes, lambda: self.now)
        self.going: asyncio.Task[None] | None = None

    def _nodes(self, names: Collection[str] | None) -> list[Node]:
        rows = [row for row in self.ledger.read(nodes.all_nodes) if names is None or row.name in names]
        return [Node(row, "up" if self.desk.is_up(row.id) else "down", self.about) for row in rows]

    def run(self) -> None:
        self.going = asyncio.create_task(self.desk.run())

    async def again(self) -> None:
        """The hub was killed, and is started again."""
        await self.kill()
        self._make()
        self.run()

    async def kill(self) -> None:
        if self.going is not None:
            self.going.cancel()
            await asyncio.wait([self.going])
        self.outputs.close()
        self.brought.close()
        self.ledger.close()

    def node(self, name: str) -> int:
        make = lambda connection: nodes.create(connection, name, "machine", "adopted", f"name:{name}", self.now)  # noqa: E731
        return self.ledger.write_sync(make).id

    def up(self, node: int, *known: tuple[str, str]) -> FakeLink:
        """The node comes, and lists what it knows."""
        link = FakeLink(node)
        self.desk.node_up(link)
        said = [{"id": number, "state": state} for number, state in known]
        self.desk.heard(link, {"t": "commands", "commands": said}, b"")
        return link

    async def issue(self, target: str, spec: Spec = TRUE, **more: Any) -> Job:
        return (await self.issuing.issue(Wish(target, spec, more.pop("actor", "owner"), **more)))[0]

    def say(self, link: FakeLink, command: str, state: str, **more: Any) -> None:
        message = {"t": "state", "id": command, "state": state, "at": self.now, **more}
        self.desk.heard(link, message, b"")

    def output(self, link: FakeLink, command: str, offset: int, *records: tuple[int, bytes]) -> int:
        payload = b"".join(record(stream, data) for stream, data in records)
        self.desk.heard(link, {"t": "output", "id": command, "offset": offset}, payload)
        return offset + len(payload)

    def row(self, command: str) -> CommandRow:
        """As it is in the ledger."""
        return self.ledger.read(lambda connection: commands.find(connection, [command]))[command]

    def rows(self, job: Job) -> list[CommandRow]:
        return self.ledger.read(lambda connection: commands.of_job(connection, job.row.id))

    async def ended(self, *ids: str) -> list[CommandRow]:
        """These commands, once the ledger has their end."""
        await until(lambda: all(self.row(one).ended is not None for one in ids))
        return [self.row(one) for one in ids]

    def said(self, command: CommandRow) -> list[Piece]:
        return Reader(self.outputs.place(command.job, command.node)).read()

    def acts(self) -> list[audit.AuditRow]:
        return self.ledger.read(lambda connection: audit.page(connection, 100))

    def sent(self, link: FakeLink) -> list[dict[str, Any]]:
        """The envelopes of the commands that were sent, their signatures checked."""
        key = Ed25519PublicKey.from_public_bytes(self.signer.public)
        for heard in link.said("command"):
            text = heard.message["envelope"]
            key.verify(bytes.fromhex(heard.message["sig"]), f"wacket command v1\n{text}".encode())
        return [json.loads(heard.message["envelope"]) for heard in link.said("command")]


@asynccontextmanager
async def desks(folder: Path) -> AsyncIterator[Desks]:
    made = Desks(folder)
    made.run()
    try:
        yield made
    finally:
        await made.kill()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - conditions are whatever a test looks at
            await asyncio.sleep(0.001)
