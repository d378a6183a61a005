"""Makes jobs: which nodes are meant, what each is to do, and the end of it where somebody wants that.

A job, its commands and the row of the audit log are one transaction. Whether the caller has the right to ask is decided
before; what becomes of commands is in course.py.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection

from wacket.commands import envelope, spec
from wacket.commands.board import Job, Live
from wacket.commands.control import CommandDesk
from wacket.commands.kept.blobs import Blobs
from wacket.commands.keys import Keys
from wacket.commands.spec import Spec
from wacket.commands.targets import Candidate, LeftOut, Selection, plain_names, select
from wacket.errors import BadRequest, KeyReused, NotFound, Unavailable
from wacket.ledger import audit
from wacket.ledger import commands as command_rows
from wacket.ledger import jobs as job_rows
from wacket.ledger.commands import CommandRow
from wacket.ledger.jobs import JobRow
from wacket.ledger.nodes import HUB_IDENTITY, NodeRow

if TYPE_CHECKING:
    from wacket.ledger.store import Ledger

MOST_OPEN = 200_000  # commands
SECOND = 1_000_000  # µs
ROOT = frozenset({"root", "0"})


class Node(NamedTuple):
    """A node as the fleet knows it: its state of presence, and what its agent says of it, if it has one."""

    row: NodeRow
    state: str
    about: Mapping[str, Any] | None


Nodes = Callable[[Collection[str] | None], Sequence[Node]]


class Wish(NamedTuple):
    """What somebody asks of whom. `but` are nodes that are spared, and why."""

    target: str
    spec: Spec
    actor: str
    peer: str = ""
    schedule: int | None = None
    repeats: int | None = None
    but: Mapping[int, str] = {}


class Issuing:
    """`nodes` gives those nodes of these names that there are, or all, as they are now; `admit` raises Unavailable when
    nothing more may be stored.
    """

    def __init__(
        self,
        ledger: Ledger,
        desk: CommandDesk,
        blobs: Blobs,
        nodes: Nodes,
        clock: Callable[[], int],
        admit: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger, self._desk, self._blobs, self._nodes = ledger, desk, blobs, nodes
        self._clock, self._admit = clock, admit
        self._keys = Keys(ledger, clock)

    def select(self, wish: Wish) -> Selection:
        """Which nodes it would go to, and which not. Raises BadRequest where there would be none."""
        names = plain_names(wish.target, wish.spec.names)
        nodes = self._nodes(names)
        if names is not None and len(nodes) < len(names):
            nodes = self._nodes(None)  # what is not there is told with what is like it
        return select(wish.target, [self._candidate(node, wish) for node in nodes], wish.spec.names)

    async def issue(self, wish: Wish) -> tuple[Job, Selection]:
        """Make the job; on disk, and on its way, when this returns. With a key that made one before, that one; its
        nodes are not selected anew. Raises BadRequest and Unavailable.
        """
        key = wish.spec.key
        if not key:
            return await self._make(wish)
        async with self._keys.turn(wish.actor, key):
            known = self._keys.find(wish.actor, key)
            if known is not None:
                job = await self._same(known, wish)
                return job, Selection([], [LeftOut(node, why) for node, why in job.row.left_out])
            made = await self._make(wish)
            self._keys.remember(wish.actor, key, made[0].row.id)
            return made

    async def find(self, number: int) -> Job:
        """A job and its commands as they are now. Raises NotFound."""
        live = self._desk.board.job(number)
        return live if live is not None else await asyncio.to_thread(self._from_ledger, number)

    def _from_ledger(self, number: int) -> Job:
        rows = self._ledger.read(lambda connection: command_rows.of_job(connection, number))
        return Job(self.row(number), rows)

    async def _make(self, wish: Wish) -> tuple[Job, Selection]:
        spec.checked(wish.spec)
        envelope.require_fits(wish.spec, wish.actor)
        chosen = self.select(wish)
        if len(self._desk.board) + len(chosen.nodes) > MOST_OPEN:
            raise Unavailable(f"more than {MOST_OPEN} commands are open; cancel some, or wait", retry_after=60)
        self._admit()
        if needed := wish.spec.blobs():
            await asyncio.to_thread(self._require, needed)
        job = await self._ledger.write(lambda connection: self._store(connection, wish, chosen))
        self._desk.begin(job)
        return job, chosen

    async def cancel(self, number: int, node: int | None, actor: str, peer: str) -> list[Live]:
        """End what is open of a job, on one node or on all; a node that is away is told when it comes. Those that this
        concerns. Raises NotFound.
        """
        job = self._desk.board.job(number)
        if job is None:
            self.row(number)  # there is nothing to do for one that is over
            return []
        lives = [live for live in self._desk.board.of_job(job) if node in (None, live.row.node)]
        now = self._clock()
        ids = [live.row.id for live in lives]
        act = audit.Act(now, actor, peer, "job.cancel", str(number), "ok", {"commands": len(ids), "node": node})

        def work(connection: Connection) -> None:
            if ids:
                command_rows.cancel(connection, ids, now)
            audit.record(connection, act)

        await self._ledger.write(work)
        self._desk.withdraw(lives, now)
        return lives

    def row(self, number: int) -> JobRow:
        """Raises NotFound."""
        row = self._ledger.read(lambda connection: job_rows.find(connection, number))
        if row is None:
            raise NotFound(f"no job {number}; `wacket job ls` shows the latest")
        return row

    async def repetition(self, number: int, *, only_failed: bool, actor: str, peer: str, token: int) -> Wish:
        """The same again, by whoever asks now: everywhere, or where it did not succeed. Raises NotFound."""
        row = await asyncio.to_thread(self.row, number)
        before = await asyncio.to_thread(self._ledger.read, lambda c: command_rows.of_job(c, number))
        but: dict[int, str] = {}
        if only_failed:
            again = {one.node for one in before if one.state != "succeeded" and one.ended is not None}
            others = {node.row.id for node in self._nodes(None)} - again
            but = dict.fromkeys(others, f"it did not fail in job {number}")
        old = spec.read(row.spec)
        fresh = spec.Spec(**{name: getattr(old, name) for name in old.__struct_fields__} | {"token": token, "key": ""})
        return Wish(row.target, fresh, actor, peer, repeats=number, but=but)

    async def _same(self, number: int, wish: Wish) -> Job:
        """Raises KeyReused if it is not what this asks for."""
        job = await self.find(number)
        if (job.row.target, job.row.spec) != (wish.target, wish.spec.text()):
            raise KeyReused(f"this Idempotency-Key made job {number}, which is another", "Idempotency-Key")
        return job

    def _candidate(self, node: Node, wish: Wish) -> Candidate:
        row, about = node.row, node.about or {}
        why = wish.but.get(row.id) or unfit(node, wish.spec)
        return Candidate(
            row.id, row.name, row.tags, str(about.get("os", "")), node.state, why, self._desk.is_up(row.id)
        )

    def _require(self, names: Collection[str]) -> None:
        for name in names:
            if not self._blobs.touch(name):
                raise BadRequest(
                    f"the hub has no file {name} (any more); send it first: PUT /api/v1/blobs/{name}", "files"
                )

    def _store(self, connection: Connection, wish: Wish, chosen: Selection) -> Job:
        now = self._clock()
        left_out = [(node, why) for node, why in chosen.left_out]
        row = JobRow(
            *(0, now, wish.actor, wish.peer, wish.target, wish.spec.text(), digest(wish.spec)),
            *(left_out, wish.schedule, wish.repeats),
        )
        row = row._replace(id=job_rows.add(connection, row))
        expires = now + wish.spec.expires * SECOND
        commands = [self._command(row.id, node, now, expires) for node in chosen.nodes]
        command_rows.add(connection, commands)
        details = {"job": row.id, "kind": wish.spec.kind, "digest": row.digest, "nodes": len(commands)}
        details |= {name: value for name in ("schedule", "repeats") if (value := getattr(wish, name)) is not None}
        audit.record(connection, audit.Act(now, wish.actor, wish.peer, "job.create", wish.target, "ok", details))
        return Job(row, commands)

    def _command(self, job: int, node: Candidate, now: int, expires: int) -> CommandRow:
        """To a node that is there it is sent as soon as this is on disk, so that needs no second transaction."""
        number = envelope.new_id(now, os.urandom(envelope.ID_RANDOM))
        state, sent = ("sent", now) if node.present else ("queued", None)
        return CommandRow(number, job, node.id, state, now, expires, sent=sent)


def unfit(node: Node, wanted: Spec) -> str:
    """Why this node cannot be asked at all; "" if it can."""
    if node.row.state == "retired":
        return "it was retired"
    if node.row.state == "pending":
        return "nobody has accepted it yet"
    if node.about is None or node.row.identity == HUB_IDENTITY:  # the hub tells of its machine, and runs nothing
        return "no agent runs on it"
    allows = node.about.get("allows", {})
    if wanted.kind != "ping" and not allows.get("run"):
        return "the owner of the machine does not allow run; on it: wacket-agent allow run"
    if wanted.user in ROOT and not allows.get("root"):
        return "the owner of the machine does not allow root; on it: wacket-agent allow root"
    return ""


def digest(wanted: Spec) -> str:
    """What was run, in short: the SHA-256 of the program's text, or of a command line as JSON."""
    if wanted.kind == "exec":
        return hashlib.sha256(json.dumps(wanted.argv).encode()).hexdigest()
    return wanted.program
