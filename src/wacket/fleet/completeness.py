"""What the streams of each node lack: when it was away, what came later, what it had to thin out, and what is lost.

Told by the door of agents, which knows what each agent keeps; written down in the ledger in groups. What is here is for
people: the numbers that make sure that nothing comes twice are the intake's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from wacket.errors import WacketError
from wacket.fleet.messages import Skip, Stream
from wacket.ledger import gaps
from wacket.ledger.gaps import AWAY, LOST, THINNED, Gap
from wacket.ledger.store import Ledger
from wacket.records import Statistics

STREAMS: Mapping[str, str] = {"metrics": "influx", "logs": "ndjson"}  # and the format of each
SHORTEST = 120_000_000  # µs of absence that is worth writing down: a hub that starts anew is no gap of its nodes
MOST_CHANGES = 10_000  # that wait to be written; the oldest beyond are counted and let go
Change = Callable[[Connection], None]


class Absence(NamedTuple):
    """When a node that is here again was not."""

    since: int
    until: int


class Announced(NamedTuple):
    """What an agent said last of one stream."""

    epoch: str
    last: int


class Completeness:
    """Used on the event loop only."""

    def __init__(self, ledger: Ledger, clock: Callable[[], int]) -> None:
        self._ledger, self._clock = ledger, clock
        self._announced: dict[tuple[int, str], Announced] = {}
        self._open = ledger.read(gaps.awaited)  # node and stream of which something is still to come
        self._changes: list[Change] = []
        self._turn = asyncio.Lock()
        self._counts = {"thinned": 0, "lost": 0, "came_later": 0, "not_written": 0}

    def announced_before(self, node: int, name: str) -> Announced | None:
        return self._announced.get((node, name))

    def announced(self, node: int, name: str, stream: Stream, have: int, absence: Absence, gone: int = 0) -> None:
        """An agent that is here again keeps this much of a stream, of which the hub has the lines up to `have`.

        `gone` lines of another numbering, which it announced before, will never come: it has begun a new one.
        """
        before = self._announced.get((node, name))
        renewed = before.epoch != stream.epoch if before else have < 0 and stream.first == 0
        self._announced[node, name] = Announced(stream.epoch, stream.last)
        lost = gone + max(0, stream.first - 1 - have)
        if renewed or lost:
            self._lose(node, name, lost, absence.since, stream.since or absence.until)
        missing = max(0, stream.last - max(have, stream.first - 1))
        if absence.until - absence.since >= SHORTEST:
            self._change(lambda c: gaps.add(c, Gap(node, name, AWAY, absence.since, absence.until, missing)))
            if missing:
                self._open.add((node, name))
        if not missing:
            self._came(node, name)

    def acknowledged(self, node: int, name: str, epoch: str, number: int) -> None:
        """The hub has everything of a numbering up to this line."""
        known = self._announced.get((node, name))
        if known is not None and known.epoch == epoch and number >= known.last:
            self._came(node, name)

    async def skipped(self, node: int, name: str, skip: Skip) -> None:
        """An agent had to leave out lines. On disk when this returns. Raises Unavailable."""
        lines = skip.to - skip.seq + 1
        self._counts["thinned"] += lines
        self._change(lambda c: gaps.add(c, Gap(node, name, THINNED, skip.since, skip.until, lines)))
        await self.flush()

    def of_node(self, node: int) -> list[Gap]:
        """Newest first, with what has just been told."""
        return self._ledger.read(lambda connection: gaps.of_node(connection, node))

    async def flush(self) -> None:
        """Write down what was told; many that ask at once share a transaction. Raises Unavailable; then it is kept."""
        async with self._turn:
            writing, self._changes = self._changes, []
            if not writing:
                return
            try:
                await self._ledger.write(lambda connection: _all(writing, connection))
            except WacketError:
                self._changes = writing + self._changes
                raise

    def statistics(self) -> Statistics:
        return {**self._counts, "awaited": len(self._open)}

    def _came(self, node: int, name: str) -> None:
        if (node, name) in self._open:
            self._open.discard((node, name))
            self._counts["came_later"] += 1
            now = self._clock()
            self._change(lambda connection: gaps.came(connection, node, name, now))

    def _lose(self, node: int, name: str, lines: int, since: int, until: int) -> None:
        """What was awaited never comes; `lines` are known to be lost."""
        was_open = (node, name) in self._open
        self._open.discard((node, name))
        self._counts["lost"] += lines

        def change(connection: Connection) -> None:
            known = was_open and gaps.never_came(connection, node, name, lines)
            if lines and not known:
                gaps.add(connection, Gap(node, name, LOST, since, until, lines))

        self._change(change)

    def _change(self, change: Change) -> None:
        self._changes.append(change)
        if len(self._changes) > MOST_CHANGES:
            del self._changes[0]
            self._counts["not_written"] += 1


def _all(changes: list[Change], connection: Connection) -> None:
    for change in changes:
        change(connection)
