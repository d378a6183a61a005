"""Keeps the class protocol: one request in, that user's status out, each transition stored once.

The state is read and changed inside one write transaction of the ledger, so of two requests at the same moment only
one makes the transition. It does not check who asks and knows no HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from wacket.commands.life import QUERY, Status, answer, carried, checked_user, transition
from wacket.errors import NotFound, Unavailable
from wacket.ledger import audit, classes
from wacket.ledger.classes import ClassRow
from wacket.ledger.store import Ledger
from wacket.records import Statistics

MOST_USERS = 10_000
# What makes a board run a program, or keeps one from it, is an act; what boards and servers answer is not. Both are in
# the user's history.
ACTS = {"hw_command_request": "class.request", "reset": "class.reset"}


class Step(NamedTuple):
    """A command and who gave it."""

    user: str
    command: str
    values: Mapping[str, str]
    peer: str
    actor: str


class ClassDesk:
    """`clock` gives microseconds since 1970 UTC; `admit` raises Unavailable when nothing more may be stored."""

    def __init__(self, ledger: Ledger, clock: Callable[[], int], admit: Callable[[], None] = lambda: None) -> None:
        self._ledger, self._clock, self._admit = ledger, clock, admit
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
        self._asked += 1
        name = checked_user(user)
        step = Step(name, command, values, peer, actor or f"user:{name}")
        status, moved = await self._ledger.write(lambda connection: self._take(connection, step))
        if moved:
            self._transitions += 1
        else:
            self._not_allowed += 1
        return answer(status)

    async def look(self, user: str) -> dict[str, Any]:
        """The status; changes nothing."""
        self._asked += 1
        name = checked_user(user)
        row = await asyncio.to_thread(self._ledger.read, lambda connection: classes.find(connection, name))
        return answer(_status(row))

    async def reset(self, user: str, peer: str, actor: str) -> dict[str, Any]:
        """Back to rest. Raises NotFound for a user who never did anything."""
        if await asyncio.to_thread(self._ledger.read, lambda connection: classes.find(connection, user)) is None:
            raise NotFound(f"no user {user[:80]!r} in the class")
        return await self.handle(user, "reset", {}, peer, actor)

    def statistics(self) -> Statistics:
        return {"asked": self._asked, "transitions": self._transitions, "not_allowed": self._not_allowed}

    def _take(self, connection: Connection, step: Step) -> tuple[Status, bool]:
        """The status after a step, and whether it changed anything."""
        row = classes.find(connection, step.user)
        before = _status(row)
        after = transition(before, step.command, step.values, self._clock())
        if after is None:
            return before, False
        self._admit()
        if row is None and classes.count(connection) >= MOST_USERS:
            raise Unavailable(f"the class has {MOST_USERS} users already; no more are taken", retry_after=60)
        value = carried(step.command, step.values)
        classes.store(connection, ClassRow(step.user, *after), step.command, before.state, value, step.peer)
        if step.command in ACTS:
            act = audit.Act(after.time, step.actor, step.peer, ACTS[step.command], step.user)
            audit.record(connection, act)
        return after, True


def _status(row: ClassRow | None) -> Status:
    return Status(*row[1:]) if row else Status()
