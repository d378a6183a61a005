"""Has rounds of a class carried out by agents, as jobs of the command desk. Knows no class; rounds.py does.

A node that is away gets its command when it comes, within an hour: until then its person is flagged as stuck, and a
reset takes the command back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from wacket.classes.life import LONGEST_VALUE
from wacket.classes.rounds import ClassRounds, Seen
from wacket.commands import spec
from wacket.commands.answering import said
from wacket.commands.control import CommandDesk
from wacket.commands.issuing import Issuing, Wish
from wacket.commands.kept.blobs import Blobs
from wacket.commands.kept.outputs import Outputs
from wacket.commands.kept.spool import Place
from wacket.commands.spec import Spec
from wacket.commands.states import is_end
from wacket.ledger import commands as command_rows
from wacket.ledger import jobs as job_rows
from wacket.ledger import nodes as node_rows
from wacket.ledger.class_sets import Round
from wacket.ledger.commands import CommandRow

if TYPE_CHECKING:
    from wacket.bus.memory import Bus
    from wacket.ledger.store import Ledger

EXPIRES = 3600  # seconds
NAMED = "-"  # the target that stands for `Spec.names`


class AgentMachines:
    """Fulfils class_rounds.Machines."""

    def __init__(self, ledger: Ledger, issuing: Issuing, desk: CommandDesk, blobs: Blobs) -> None:
        self._ledger, self._issuing, self._desk, self._blobs = ledger, issuing, desk, blobs

    async def begin(
        self, made: Round, nodes: Collection[int], peer: str, token: int
    ) -> tuple[dict[int, str], dict[int, str]]:
        """The ids of the commands by node, and why other nodes got none. Raises WacketError."""
        known = await asyncio.to_thread(self._ledger.read, node_rows.all_nodes)
        numbers = {row.name: row.id for row in known if row.id in nodes}
        program = await asyncio.to_thread(self._blobs.put, made.program.encode())
        wanted = Spec(
            *("python", (), program),
            timeout=made.timeout,
            expires=EXPIRES,
            token=token,
            names=tuple(numbers),
            key=_key(made),
        )
        job, chosen = await self._issuing.issue(Wish(NAMED, wanted, made.actor, peer))
        begun = {row.node: row.id for row in job.rows.values()}
        return begun, {numbers[name]: why for name, why in chosen.left_out if name in numbers}

    async def found(self, made: Round) -> dict[int, str]:
        """Found by the key that is kept with each job."""

        def look(connection: Connection) -> dict[int, str]:
            for row in job_rows.since(connection, made.at):
                if row.actor == made.actor and spec.read(row.spec).key == _key(made):
                    return {one.node: one.id for one in command_rows.of_job(connection, row.id)}
            return {}

        return await asyncio.to_thread(self._ledger.read, look)

    async def look(self, commands: Collection[str]) -> list[Seen]:
        """How these stand, with what they said where they have ended."""
        lives = {number: live.row for number in commands if (live := self._desk.board.command(number)) is not None}
        others = set(commands) - lives.keys()
        ended = await asyncio.to_thread(self._ledger.read, lambda c: command_rows.find(c, others)) if others else {}
        return [await asyncio.to_thread(_seen, row, self._desk.outputs) for row in (*lives.values(), *ended.values())]

    async def cancel(self, command: str, actor: str, peer: str) -> None:
        """Does nothing where it is over."""
        live = self._desk.board.command(command)
        if live is not None:
            await self._issuing.cancel(live.row.job, live.row.node, actor, peer)


async def follow(bus: Bus, rounds: ClassRounds) -> None:
    """Tell the rounds of each command that moves, for as long as the hub runs."""
    lost = 0
    with bus.subscribe("jobs") as moved:
        async for row in moved:
            rounds.changed(row.id)
            if moved.lost != lost:
                lost = moved.lost
                rounds.missed()


def _key(made: Round) -> str:
    """By which the job of a round is known, whatever becomes of the hub while it is made."""
    return f"round {made.id} of a class"


def _seen(row: CommandRow, outputs: Outputs) -> Seen:
    if not is_end(row.state):
        return Seen(row.id, row.state)
    place = outputs.place(row.job, row.node)
    return Seen(row.id, row.state, _text(place, "out"), _text(place, "err"), row.exit, row.reason)


def _text(place: Place, stream: str) -> str:
    """Its beginning, a little more than anybody takes."""
    text = b""
    for data in said(place, stream):
        text += data
        if len(text) > LONGEST_VALUE:
            break
    return text.decode("utf-8", "replace")
