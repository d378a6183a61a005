"""Two nodes that were one thing all the time become one: the past of both, under one name, and the key of the newer.

What the ledger does for it is in ledger/merging.py, in one transaction: a hub that dies in the middle has done all of
it or nothing, and its next start reads from the ledger what is told to the parts here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from wacket.errors import BadRequest
from wacket.fleet.agents import Agents
from wacket.fleet.completeness import Completeness
from wacket.fleet.overview import Overview
from wacket.fleet.presence import Presence
from wacket.ledger import merging
from wacket.ledger.merging import Merged
from wacket.ledger.nodes import HUB, NodeRow, by_name

if TYPE_CHECKING:
    from wacket.bus.memory import Bus
    from wacket.intake.catalogue import Catalogue
    from wacket.ledger.store import Ledger

HERE = ("up", "late")


class Merging:
    """Used on the event loop only."""

    def __init__(
        self,
        ledger: Ledger,
        catalogue: Catalogue,
        agents: Agents,
        presence: Presence,
        completeness: Completeness,
        overview: Overview,
        bus: Bus,
        clock: Callable[[], int],
    ) -> None:
        self._ledger, self._catalogue, self._bus, self._clock = ledger, catalogue, bus, clock
        self._agents, self._presence, self._completeness = agents, presence, completeness
        self._overview = overview

    async def merge(self, gone: NodeRow, into: NodeRow, also: Callable[[Connection, Merged], None]) -> Merged:
        """All of `gone` is `into`'s from now on. Raises BadRequest where they cannot be one."""
        self._require_one(gone, into)
        await self._completeness.flush()  # what is still to be written down is of the node that goes

        def work(connection: Connection) -> Merged:
            rows = (by_name(connection, gone.name), by_name(connection, into.name))
            found = merging.merge(connection, *rows, self._clock())
            also(connection, found)
            return found

        found = await self._ledger.write(work)
        self._catalogue.merge(found)
        self._completeness.merge(gone.id, into.id)
        self._agents.merge(gone.id, into.id)
        self._presence.merged(gone.id)
        self._bus.publish_nowait("nodes", found.gone)  # first: its connection ends, and comes back as the other's
        self._presence.changed(into.id)
        await asyncio.to_thread(self._catalogue.take_over, found.series)
        self._overview.merged(gone.id, into.id)
        return found

    def _require_one(self, gone: NodeRow, into: NodeRow) -> None:
        if gone.id == into.id:
            raise BadRequest("a node cannot be merged into itself", "into")
        if HUB in (gone.id, into.id):
            raise BadRequest("the hub itself cannot be merged", "into")
        if all(self._agents.of_node(row.id) and self._presence.state_of(row) in HERE for row in (gone, into)):
            both = f"both {gone.name!r} and {into.name!r} are connected now, so they are two machines"
            raise BadRequest(f"{both}; leave them as they are, or retire one first", "into")
