"""Keeps the class protocol: one request in, that user's status out, each transition stored once.

The state is read and changed inside one write transaction of the ledger, so of two requests at the same moment only
one makes the transition. It does not check who asks and knows no HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from wacket.classes.life import QUERY, Status, answer, carried, checked_user, transition
from wacket.errors import NotFound, Unavailable
from wacket.ledger import audit, classes
from wacket.ledger.classes import ClassRow
from wacket.ledger.store import Ledger
from wacket.records import Statistics

MOST_USERS = 10_000
# What makes a board run a program, or keeps one from it, is an act; what boards and servers answer is not. Both are in
# the user's history.
ACTS = {"hw_command_request": "class.request", "reset": "class.reset"}
JUDGE = "server_analysis_provide"
BY_HARDWARE = ("hw_command_retrieval", "hw_response_provide")


class Step(NamedTuple):
    """A command and who gave it.

    `round` is the one that it belongs to (None: what is said at /hw_supervisor, and a reset of whatever there is),
    `node` the one whose agent carries that out (None: a worker that polls). A program that an agent has is not given to
    a worker as well, nor the other way round.
    """

    user: str
    command: str
    values: Mapping[str, str]
    peer: str
    actor: str
    round: int | None = None
    node: int | None = None


class Taken(NamedTuple):
    """What came of a step: how things stand now, and whether the step changed that."""

    row: ClassRow
    moved: bool


class ClassDesk:
    """`clock` gives microseconds since 1970 UTC; `admit` raises Unavailable when nothing more may be stored.

    `told` are called, on the event loop, with what has changed once it is stored.
    """

    def __init__(self, ledger: Ledger, clock: Callable[[], int], admit: Callable[[], None] = lambda: None) -> None:
        self._ledger, self._clock, self._admit = ledger, clock, admit
        self.told: list[Callable[[ClassRow], None]] = []
        self._asked = self._transitions = self._not_allowed = 0

    async def handle(
        self, user: str, command: str, values: Mapping[str, str], peer: str, actor: str = ""
    ) -> dict[str, Any]:
        """Carry out one command and answer the status as it then is; a user who is new is at rest.

        What the present state does not allow changes nothing. `actor` is for the audit log; without it the user is.
        Raises BadRequest (naming `user`, `command` or the value) and Unavailable (too many users, or no space).
        """
        carried(command, values)
        if command == QUERY:
            return await self.look(user)
        name = checked_user(user)
        (taken,) = await self.carry([Step(name, command, values, peer, actor or f"user:{name}")])
        return answer(status_of(taken.row))

    async def carry(self, steps: Sequence[Step]) -> list[Taken]:
        """Carry out steps, all in one transaction; what one of them is not allowed to do holds up no other."""
        found = await self._ledger.write(lambda connection: [self.take(connection, step) for step in steps])
        self.stored(found)
        return found

    def take(self, connection: Connection, step: Step) -> Taken:
        """One step within the caller's transaction; `stored` is to be called after that."""
        row = classes.find(connection, step.user)
        before = status_of(row)
        after = transition(before, step.command, step.values, self._clock())
        if after is None or not _fits(row, step):
            return Taken(row or _new(step.user), False)
        self._admit()
        if row is None and classes.count(connection) >= MOST_USERS:
            raise Unavailable(f"the class has {MOST_USERS} users already; no more are taken", retry_after=60)
        value = carried(step.command, step.values)
        kept = _changed(row, after, step)
        classes.store(connection, kept, step.command, before.state, value, step.peer)
        if step.command in ACTS:
            act = audit.Act(after.time, step.actor, step.peer, ACTS[step.command], step.user)
            audit.record(connection, act)
        return Taken(kept, True)

    def stored(self, found: Sequence[Taken]) -> None:
        """Count what is on disk now, and tell who wants to know."""
        for taken in found:
            self._asked += 1
            self._transitions += taken.moved
            self._not_allowed += not taken.moved
            for tell in self.told if taken.moved else ():
                tell(taken.row)

    async def look(self, user: str) -> dict[str, Any]:
        """The status; changes nothing."""
        self._asked += 1
        name = checked_user(user)
        row = await asyncio.to_thread(self._ledger.read, lambda connection: classes.find(connection, name))
        return answer(status_of(row))

    async def reset(self, user: str, peer: str, actor: str) -> dict[str, Any]:
        """Back to rest. Raises NotFound for a user who never did anything."""
        if await asyncio.to_thread(self._ledger.read, lambda connection: classes.find(connection, user)) is None:
            raise NotFound(f"no user {user[:80]!r} in the class")
        return await self.handle(user, "reset", {}, peer, actor)

    def statistics(self) -> Statistics:
        return {"asked": self._asked, "transitions": self._transitions, "not_allowed": self._not_allowed}


def status_of(row: ClassRow | None) -> Status:
    return Status(**{name: getattr(row, name) for name in Status._fields}) if row else Status()


def _fits(row: ClassRow | None, step: Step) -> bool:
    """Whether the step is of the present round, and of whoever carries that out."""
    if step.command == "hw_command_request" or row is None:
        return True
    # Nobody judges their own answer in a round that a class was asked: what boards say belongs to none.
    of_this_round = step.round == row.round or (step.round is None and step.command != JUDGE)
    if not of_this_round:
        return False
    return step.command not in BY_HARDWARE or step.node == row.node


def _changed(row: ClassRow | None, after: Status, step: Step) -> ClassRow:
    changed = (row or _new(step.user))._replace(**after._asdict())
    if step.command == "hw_command_request":
        return changed._replace(round=step.round, node=step.node, command="")
    return changed._replace(judge=step.actor) if step.command == JUDGE else changed


def _new(user: str) -> ClassRow:
    return ClassRow(user, **Status()._asdict())
