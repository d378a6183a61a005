"""Looks up commands that nodes speak of and that are not open: ended ones are settled, those of other nodes refused.

Nodes repeat what they have until the hub says that it has it. A node that speaks of another's command is lying, and
that is written into the audit log, at most once a minute for each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection

from wacket.errors import Unavailable
from wacket.ledger import audit
from wacket.ledger import commands as rows
from wacket.ledger.nodes import all_nodes
from wacket.ledger.store import Ledger
from wacket.records import Statistics

MOST = 10_000  # that wait to be looked up; more are forgotten, and said again after the next connection
AT_ONCE = 500
MINUTE = 60_000_000  # µs


class Strangers:
    """`settled` is called on the event loop with node and id of each that is of no more use to its node."""

    def __init__(self, ledger: Ledger, clock: Callable[[], int], settled: Callable[[int, str], None]) -> None:
        self._ledger, self._clock, self._settled = ledger, clock, settled
        self._waiting: dict[tuple[int, str], None] = {}
        self._told: dict[int, int] = {}  # node → when its last lie was written down
        self._wake = asyncio.Event()
        self._foreign = 0

    def ask(self, node: int, number: str) -> None:
        if len(self._waiting) < MOST:
            self._waiting[node, number] = None
            self._wake.set()

    async def run(self) -> None:
        """Look up what comes, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                batch = list(self._waiting)[:AT_ONCE]
                for one in batch:
                    del self._waiting[one]
                await self._look_up(batch)

    def statistics(self) -> Statistics:
        return {"foreign": self._foreign, "to_look_up": len(self._waiting)}

    async def _look_up(self, batch: list[tuple[int, str]]) -> None:
        numbers = {number for _, number in batch}
        try:
            known = await asyncio.to_thread(self._ledger.read, lambda connection: rows.find(connection, numbers))
        except Unavailable:
            return  # it will be said again
        for node, number in batch:
            row = known.get(number)
            if row is not None and row.node != node:
                await self._refuse(node, number, row.node)
            elif row is None or row.ended is not None:
                self._settled(node, number)

    async def _refuse(self, node: int, number: str, owner: int) -> None:
        self._foreign += 1
        now = self._clock()
        if now - self._told.get(node, -MINUTE) < MINUTE:
            return
        self._told[node] = now

        def work(connection: Connection) -> None:
            names = {row.id: row.name for row in all_nodes(connection)}
            details = {"command": number, "of": names.get(owner, ""), "in_all": self._foreign}
            name = names.get(node, str(node))
            audit.record(connection, audit.Act(now, f"node:{name}", "", "command.report", name, "refused", details))

        try:
            await self._ledger.write(work)
        except Unavailable:
            self._told.pop(node)
