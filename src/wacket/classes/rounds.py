"""A round: one program asked of a whole class at once, carried out by agents and by workers that poll.

The desk keeps each person's state, and with it that nothing is run twice; this drives the states of those whose
hardware is an agent. What it does not get done now, because the hub was stopped or a disk was full, it finds again in
the ledger. It knows no HTTP and not how agents are reached; judging answers is judging.py's.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from wacket.classes.desk import ClassDesk, Step, Taken, status_of
from wacket.classes.life import LONGEST_VALUE
from wacket.commands.states import BEGUN, is_end
from wacket.errors import BadRequest, NotFound, WacketError
from wacket.ledger import audit, class_sets, classes
from wacket.ledger.class_sets import Round
from wacket.ledger.classes import ClassRow
from wacket.ledger.store import Ledger
from wacket.records import Statistics

log = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
CUT = "\n… cut here"


class Seen(NamedTuple):
    """How a command stands. `out`, `err` and `reason` count once it has ended."""

    id: str
    state: str
    out: str = ""
    err: str = ""
    exit: int | None = None
    reason: str = ""


class Machines(Protocol):
    """What carries programs out on nodes with an agent."""

    async def begin(
        self, made: Round, nodes: Collection[int], peer: str, token: int
    ) -> tuple[dict[int, str], dict[int, str]]:
        """Have a round's program run on each node, as its actor; the commands' ids, and why other nodes got none.

        Raises WacketError, and has begun nothing then.
        """

    async def found(self, made: Round) -> dict[int, str]:
        """What `begin` made of this round, as it would have answered; nothing if it did not come to that."""

    async def look(self, commands: Collection[str]) -> list[Seen]: ...

    async def cancel(self, command: str, actor: str, peer: str) -> None:
        """Ends it, or keeps it from beginning. Does nothing where it is over."""


class Wish(NamedTuple):
    """What is asked: of a class, of one of it, or of somebody. `timeout` in seconds; `token` is the id of the one that
    was shown, or 0. `own`: it is asked for by `user`, as `own_actor`.
    """

    program: str
    timeout: int
    check: str
    class_name: str = ""
    user: str = ""
    token: int = 0
    own: bool = False


class Asked(NamedTuple):
    """Who was asked in a round, and why others were not."""

    round: int
    users: list[str]
    left_out: dict[str, str]


class ClassRounds:
    """`changed` is to be called with the id of each command that moves; others' are nothing to it."""

    def __init__(self, ledger: Ledger, desk: ClassDesk, machines: Machines, clock: Callable[[], int]) -> None:
        self._ledger, self._desk, self._machines, self._clock = ledger, desk, machines, clock
        self._open: dict[str, ClassRow] = {}  # command → whose it is
        self._moved: set[str] = set()
        self._taken_back: set[str] = set()
        self._news = asyncio.Event()
        self._told = ""
        self._rounds = self._left_out = 0
        desk.told.append(self._heard)

    async def ask(self, wish: Wish, actor: str, peer: str) -> Asked:
        """Ask everybody who is at rest. Raises BadRequest, and asks nobody, where that is none, and NotFound."""
        made, taken = await self._ledger.write(lambda connection: self._request(connection, wish, actor, peer))
        self._desk.stored(taken)
        left_out = {one.row.user: _busy(one.row) for one in taken if not one.moved}
        asked = [one.row for one in taken if one.moved and one.row.state]
        left_out |= await self._begin(made, [row for row in asked if row.node is not None], peer, wish.token)
        self._rounds += 1
        self._left_out += len(left_out)
        return Asked(made.id, [row.user for row in asked if row.user not in left_out], left_out)

    async def reset(self, class_name: str, stuck_only: bool, actor: str, peer: str) -> list[str]:
        """Back to rest: all who are not, or those who are stuck. Raises NotFound."""
        members = await asyncio.to_thread(self._ledger.read, lambda c: class_sets.members(c, class_name))
        now = self._clock()
        rows = [member.status for member in members if member.status is not None and member.status.state]
        wanted = [row for row in rows if not stuck_only or status_of(row).stuck(now)]
        # Of the round that was looked at: what has been asked since is not stuck.
        steps = [Step(row.user, "reset", {}, peer, actor, row.round) for row in wanted]
        return [taken.row.user for taken in await self._desk.carry(steps) if taken.moved]

    def changed(self, command: str) -> None:
        if command in self._open:
            self._moved.add(command)
            self._news.set()

    def missed(self) -> None:
        """Some that moved were not told."""
        self._moved.update(self._open)
        self._news.set()

    async def run(self) -> None:
        """For as long as the hub runs; takes up first what was left over."""
        left_over = await asyncio.to_thread(self._ledger.read, classes.on_agents)
        self._attend([row for row in left_over if row.command])
        try:
            await self._take_up([row for row in left_over if not row.command])
        except WacketError as error:
            self._tell(error)
        while True:
            await set_or_late(self._news)
            moved, self._moved = self._moved or set(self._open), set()
            try:
                for seen in await self._machines.look(moved & self._open.keys()) if moved else ():
                    await self._carry_over(seen, self._open[seen.id])
                self._told = ""
            except WacketError as error:
                self._tell(error)

    def statistics(self) -> Statistics:
        return {"rounds": self._rounds, "left_out": self._left_out, "on_agents": len(self._open)}

    def _request(self, connection: Connection, wish: Wish, actor: str, peer: str) -> tuple[Round, list[Taken]]:
        people = _people(connection, wish)
        about = wish.class_name or wish.user
        made = class_sets.add_round(
            connection, Round(0, self._clock(), actor, about, wish.program, wish.timeout, wish.check)
        )
        values = {"hw_comm": wish.program, "timeout": str(wish.timeout)}
        # What they asked themselves needs nobody's analysis.
        done = [self._desk.take(connection, step) for step in _done_with(connection, wish, actor, peer)]
        taken = [
            self._desk.take(connection, Step(user, "hw_command_request", values, peer, actor, made.id, node))
            for user, node in people.items()
        ]
        if wish.own and not taken[0].moved:
            raise BadRequest(f"the hardware of {wish.user} cannot be asked now: it is {_busy(taken[0].row)}")
        if not any(one.moved for one in taken):
            reasons = "; ".join(f"{one.row.user} is {_busy(one.row)}" for one in taken[:5])
            raise BadRequest(f"nobody of {about!r} could be asked: {reasons or 'there is nobody in it'}")
        digest = hashlib.sha256(wish.program.encode()).hexdigest()
        details = {"program": digest, "users": sum(one.moved for one in taken), "round": made.id}
        audit.record(connection, audit.Act(made.at, actor, peer, "class.ask", about, details=details))
        return made, [*done, *taken]

    async def _begin(self, made: Round, rows: Sequence[ClassRow], peer: str, token: int) -> dict[str, str]:
        """Have agents carry a round out. Those that do not get it are put back to rest: why, by user."""
        by_node = {row.node: row for row in rows if row.node is not None}
        if not by_node:
            return {}
        try:
            begun, refused = await self._machines.begin(made, by_node.keys(), peer, token)
        except WacketError as error:
            begun, refused = {}, dict.fromkeys(by_node, str(error))
        # First: should the ledger fail now, their answers are heard all the same.
        self._attend([by_node[node]._replace(command=command) for node, command in begun.items()])
        await self._ledger.write(lambda connection: classes.set_commands(connection, made.id, begun))
        await self._desk.carry([Step(by_node[node].user, "reset", {}, peer, made.actor, made.id) for node in refused])
        return {by_node[node].user: why for node, why in refused.items()}

    async def _take_up(self, rows: Sequence[ClassRow]) -> None:
        """The hub ended while their round began: an agent may have their program, or nobody."""
        for number in {row.round for row in rows if row.round is not None}:
            await self._take_up_round(number, [row for row in rows if row.round == number])

    async def _take_up_round(self, number: int, rows: Sequence[ClassRow]) -> None:
        made = await asyncio.to_thread(self._ledger.read, lambda connection: class_sets.round_of(connection, number))
        begun = await self._machines.found(made) if made is not None else {}
        self._attend([row._replace(command=begun[row.node]) for row in rows if row.node in begun])
        await self._ledger.write(lambda connection: classes.set_commands(connection, number, begun))
        nobody_s = [row.user for row in rows if row.node not in begun]
        await self._desk.carry([Step(user, "reset", {}, "", "class", number) for user in nobody_s])

    def _attend(self, rows: Sequence[ClassRow]) -> None:
        """See to what becomes of their commands."""
        for row in rows:
            self._open[row.command] = row
            self.changed(row.command)

    def _heard(self, row: ClassRow) -> None:
        """From the desk: how things stand with somebody now."""
        for command, whose in self._open.items():
            if whose.user == row.user and (row.state == 0 or row.round != whose.round):
                self._moved.add(command)
                self._news.set()

    async def _carry_over(self, seen: Seen, whose: ClassRow) -> None:
        """What a command came to becomes the state of its person's hardware."""
        now = await asyncio.to_thread(self._ledger.read, lambda c: classes.find(c, whose.user))
        if is_end(seen.state):
            steps = ["hw_command_retrieval", "hw_response_provide"]
        else:
            if now is None or now.state == 0 or now.round != whose.round:
                await self._take_back(seen.id)
                return
            steps = ["hw_command_retrieval"] if seen.state in BEGUN else []
        peer, values = f"node {whose.node}", _response(seen)
        await self._desk.carry([Step(whose.user, step, values, peer, "", whose.round, whose.node) for step in steps])
        if is_end(seen.state):
            del self._open[seen.id]
            self._taken_back.discard(seen.id)

    async def _take_back(self, command: str) -> None:
        """Nobody waits for it any more. Asked for once: it may go on for a while before it ends."""
        if command not in self._taken_back:
            self._taken_back.add(command)
            await self._machines.cancel(command, "class", "")

    def _tell(self, error: WacketError) -> None:
        """Once, until it is another error or all is well again. What was not done is tried again later."""
        if str(error) != self._told:
            log.warning("a round of a class is held up: %s", error)
        self._told = str(error)


def own_actor(user: str) -> str:
    """Who asks where somebody has their own hardware run a program: as the class protocol names them."""
    return f"user:{user}"


def _done_with(connection: Connection, wish: Wish, actor: str, peer: str) -> list[Step]:
    row = classes.find(connection, wish.user) if wish.own else None
    if row is None or row.state != 3 or row.round is None:
        return []
    before = class_sets.round_of(connection, row.round)
    own = before is not None and before.actor == own_actor(wish.user)
    return [Step(wish.user, "reset", {}, peer, actor, row.round)] if own else []


def _people(connection: Connection, wish: Wish) -> dict[str, int | None]:
    if not wish.class_name:
        if not class_sets.knows(connection, wish.user):
            raise NotFound(f"no class is called {wish.user!r}, and nobody in a class")
        return {wish.user: class_sets.node_of(connection, wish.user)}
    everybody = class_sets.members(connection, wish.class_name)
    return {one.user: one.node for one in everybody if wish.user in ("", one.user)}


def _busy(row: ClassRow) -> str:
    words = {
        1: "requested already",
        2: "at work already",
        3: "waiting for an analysis of the last answer (wacket class analyse)",
    }
    return words.get(row.state, "at rest")


def _response(seen: Seen) -> dict[str, str]:
    """What a worker would say. A program that did not begin, or was ended, has told nothing but why."""
    why = (
        "" if seen.state in ("succeeded", "failed") and not seen.reason else f"{seen.state}: {seen.reason}".strip(": ")
    )
    error = f"{seen.err}\n{why}".strip("\n") if why else seen.err
    code = "" if seen.exit is None else str(seen.exit)
    return {"hw_resp": _short(seen.out), "hw_err": _short(error), "hw_exit": code}


def _short(text: str) -> str:
    raw = text.encode("utf-8", "replace")
    if len(raw) <= LONGEST_VALUE:
        return text
    return raw[: LONGEST_VALUE - len(CUT.encode())].decode("utf-8", "ignore") + CUT


async def set_or_late(event: asyncio.Event) -> None:
    """Until there is news, or what was not done is to be tried again."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(RETRY_SECONDS):
            await event.wait()
    event.clear()
