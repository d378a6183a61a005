"""Keeps the class protocol: one request in, that user's status out, each transition stored once and told after.

The state is read and changed inside one write transaction of the ledger, so of two requests at the same moment only
one makes the transition. It does not check who asks and knows no HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from wacket.bus.memory import Bus
from wacket.commands.life import QUERY, Status, answer, carried, checked_user, transition
from wacket.errors import NotFound, Unavailable
from wacket.ledger import classes
from wacket.ledger.classes import ClassRow
from wacket.ledger.store import Ledger
from wacket.records import Statistics

MOST_USERS = 10_000


class ClassDesk:
    """`clock` gives microseconds since 1970 UTC."""

    def __init__(self, ledger: Ledger, bus: Bus, clock: Callable[[], int]) -> None:
        self._ledger, self._bus, self._clock = ledger, bus, clock
        self._asked = self._transitions = self._not_allowed = 0

    async def handle(self, user: str, command: str, values: Mapping[str, str], peer: str) -> dict[str, Any]:
        """Carry out one command and answer the status as it then is; a user who is new is at rest.

        What the present state does not allow changes nothing. Raises BadRequest (naming `user`, `command` or the
        value) and Unavailable (too many users).
        """
        value = carried(command, values)
        if command == QUERY:
            return await self.look(user)
        self._asked += 1
        name = checked_user(user)
        status, moved = await self._ledger.write(
            lambda connection: self._step(connection, name, command, value, values, peer)
        )
        if moved:
            self._transitions += 1
            self._bus.publish_nowait("class", {"user": name, "command": command, **answer(status)})
        else:
            self._not_allowed += 1
        return answer(status)

    async def look(self, user: str) -> dict[str, Any]:
        """The status; changes nothing."""
        self._asked += 1
        name = checked_user(user)
        row = await asyncio.to_thread(self._ledger.read, lambda connection: classes.find(connection, name))
        return answer(_status(row))

    async def reset(self, user: str, peer: str) -> dict[str, Any]:
        """Back to rest. Raises NotFound for a user who never did anything."""
        if await asyncio.to_thread(self._ledger.read, lambda connection: classes.find(connection, user)) is None:
            raise NotFound(f"no user {user[:80]!r} in the class")
        return await self.handle(user, "reset", {}, peer)

    def statistics(self) -> Statistics:
        return {"asked": self._asked, "transitions": self._transitions, "not_allowed": self._not_allowed}

    def _step(
        self,
        connection: Connection,
        user: str,
        command: str,
        value: str,
        values: Mapping[str, str],
        peer: str,
    ) -> tuple[Status, bool]:
        row = classes.find(connection, user)
        before = _status(row)
        after = transition(before, command, values, self._clock())
        if after is None:
            return before, False
        if row is None and classes.count(connection) >= MOST_USERS:
            raise Unavailable(f"the class has {MOST_USERS} users already; no more are taken", retry_after=60)
        classes.store(connection, ClassRow(user, *after), command, before.state, value, peer)
        return after, True


def _status(row: ClassRow | None) -> Status:
    return Status(*row[1:]) if row else Status()
