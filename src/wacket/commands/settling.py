"""Writes down how commands go: ends at once and many in one transaction, what lies before an end when there is time.

Nobody is told of an end before it is on disk. Where the ledger cannot be written it is tried again; nodes keep what is
not settled. Decides nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from wacket.commands.board import Live
from wacket.errors import Unavailable
from wacket.ledger import commands as rows
from wacket.ledger.commands import CommandRow
from wacket.ledger.store import Ledger
from wacket.records import Statistics

log = logging.getLogger(__name__)

LAZY = 1.0  # seconds that a change which is no end may wait
RETRY = 1.0  # seconds until a ledger that failed is tried again


class Settling:
    """`ended` is called on the event loop with all that have come to their end, once that is on disk."""

    def __init__(self, ledger: Ledger, ended: Callable[[dict[Live, CommandRow]], None]) -> None:
        self._ledger, self._ended = ledger, ended
        self._ends: dict[Live, CommandRow] = {}
        self._changed: dict[Live, None] = {}
        self._wake, self._urgent = asyncio.Event(), asyncio.Event()
        self._rounds = 0

    def end(self, live: Live, row: CommandRow) -> None:
        """This is how it ended. The first word counts."""
        self._ends.setdefault(live, row)
        self._wake.set()
        self._urgent.set()

    def note(self, live: Live) -> None:
        """It has moved on, and is to be written down as it is then."""
        self._changed[live] = None
        self._wake.set()

    async def run(self) -> None:
        """Write rounds until cancelled."""
        while True:
            await self._wake.wait()
            await self._rest()
            self._wake.clear()
            self._urgent.clear()
            await self._written()

    def statistics(self) -> Statistics:
        return {"to_write": len(self._ends), "writes": self._rounds}

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LAZY):
                await self._urgent.wait()
        except TimeoutError:
            pass

    async def _written(self) -> None:
        failing = ""
        while True:
            ends, changed = dict(self._ends), [live for live in self._changed if live not in self._ends]
            changes = [*(_complete(live, row) for live, row in ends.items()), *(live.row for live in changed)]
            try:
                await self._ledger.write(lambda connection, changes=changes: rows.change(connection, changes))  # type: ignore[misc]
            except Unavailable as error:
                if str(error) != failing:
                    log.warning("how commands go cannot be written down, and is tried again: %s", error)
                failing = str(error)
                await asyncio.sleep(RETRY)
                continue
            break
        self._rounds += 1
        for live, row in zip(changed, changes[len(ends) :], strict=True):
            if live.row is row:
                del self._changed[live]
        for live in ends:
            del self._ends[live]
            self._changed.pop(live, None)
        self._ended(dict(zip(ends, changes[: len(ends)], strict=True)))


def _complete(live: Live, row: CommandRow) -> CommandRow:
    """With the digest of what it said, by which equal answers are known."""
    return row._replace(digest=live.incoming.spool.digest()) if live.incoming else row
