"""Clears commands that waited for their node: may their author still ask for them, and does the ledger say `sent`?

A command that the ledger has as `queued` was never sent, which is why it may expire. So `sent` is written before
anything goes out; the commands of all nodes that come back at the same time share a transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection

from wacket.commands.author import Author, why_not
from wacket.commands.board import Live
from wacket.errors import Unavailable
from wacket.ledger import commands as rows
from wacket.ledger.store import Ledger
from wacket.records import Statistics

log = logging.getLogger(__name__)

RETRY = 1.0  # seconds until a ledger that failed is tried again


class Arrivals:
    """`cleared` is called on the event loop with each command and why it may not be sent, "" where it may."""

    def __init__(self, ledger: Ledger, clock: Callable[[], int], cleared: Callable[[Mapping[Live, str]], None]) -> None:
        self._ledger, self._clock, self._cleared = ledger, clock, cleared
        self._waiting: dict[Live, None] = {}
        self._wake = asyncio.Event()

    def add(self, lives: Iterable[Live]) -> None:
        self._waiting |= dict.fromkeys(lives)
        if self._waiting:
            self._wake.set()

    async def run(self) -> None:
        """Clear what comes, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            lives, self._waiting = list(self._waiting), {}
            self._cleared(await self._written(lives))

    def statistics(self) -> Statistics:
        return {"to_clear": len(self._waiting)}

    async def _written(self, lives: list[Live]) -> dict[Live, str]:
        failing = ""
        while True:
            try:
                return await self._ledger.write(lambda connection: self._clear(connection, lives))
            except Unavailable as error:
                if str(error) != failing:
                    log.warning("commands cannot be sent, which is tried again: %s", error)
                failing = str(error)
                await asyncio.sleep(RETRY)

    def _clear(self, connection: Connection, lives: list[Live]) -> dict[Live, str]:
        now = self._clock()
        authors = {live: _author(live) for live in lives}
        reasons = {author: why_not(connection, author, now) for author in set(authors.values())}
        found = {live: reasons[author] for live, author in authors.items()}
        sent = [
            live.row._replace(state="sent", sent=now)
            for live, reason in found.items()
            if not reason and live.row.state == "queued"
        ]
        if sent:
            rows.change(connection, sent)
        return found


def _author(live: Live) -> Author:
    job = live.job.row
    return Author(job.actor, job.at, live.job.spec.token, live.row.node if job.actor.startswith("user:") else 0)
