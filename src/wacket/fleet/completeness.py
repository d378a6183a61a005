"""What the streams of each node lack: when it was away, what came later, what it had to thin out, and what is lost.

Told by the door of agents, which knows what each agent keeps; written down in the ledger in groups. Each line counts
once, however often it is told of: a gap knows the number of its last line. What is here is for people: the numbers
that make sure that nothing comes twice are the intake's.
"""

from __future__ import annotations

import asyncio
from collections import deque
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
SHORTEST = 15_000_000  # µs of absence that is worth writing down: by then the node has been shown as down
SHORTEST_UNSEEN = 120_000_000  # where the hub was not there either: that it starts anew is no gap of its nodes
MOST_CHANGES = 10_000  # that wait to be written; the oldest beyond are counted and let go
Change = Callable[[Connection], None]
Key = tuple[int, str]  # node and stream
Have = Callable[[str], int]  # epoch → up to which line the hub has that numbering, -1 for nothing


class Absence(NamedTuple):
    """When a node that is here again was not; `seen` if the hub was there all the time."""

    since: int
    until: int
    seen: bool = True

    @property
    def matters(self) -> bool:
        return self.until - self.since >= (SHORTEST if self.seen else SHORTEST_UNSEEN)


class Reached(NamedTuple):
    """A line of a numbering."""

    epoch: str
    last: int


class Completeness:
    """Used on the event loop only."""

    def __init__(self, ledger: Ledger, clock: Callable[[], int]) -> None:
        self._ledger, self._clock = ledger, clock
        self._announced: dict[Key, Reached] = {}  # what each agent said last
        self._awaited: dict[Key, deque[Gap]] = {}  # absences after which something is still to come, oldest first
        self._noted: dict[Key, Absence] = {}  # the last of each
        self._gone: dict[Key, Reached] = {}  # up to where it was counted what never comes
        for gap in ledger.read(gaps.awaited):
            self._awaited.setdefault((gap.node, gap.stream), deque()).append(gap)
        for gap in ledger.read(gaps.gone):
            self._count((gap.node, gap.stream), gap.epoch, gap.last)
        self._changes: list[Change] = []
        self._turn = asyncio.Lock()
        self._counts = {"thinned": 0, "lost": 0, "came_later": 0, "not_written": 0}

    def stream_of(self, node: int, epoch: str) -> str:
        """Which stream a numbering is of. Metrics are thinned first, so those where nobody has said it."""
        said = self._announced.get((node, "logs"))
        return "logs" if said is not None and said.epoch == epoch else "metrics"

    def announced(self, node: int, name: str, stream: Stream, have: Have, absence: Absence) -> None:
        """An agent that is here again keeps this much of a stream. Call `flush` before anybody relies on it."""
        key = node, name
        self._end_of_numbering(key, stream.epoch, have, absence)
        self._announced[key] = Reached(stream.epoch, stream.last)
        until = stream.since or absence.until
        lost = Gap(node, name, LOST, self._since(key, absence), until, 0, epoch=stream.epoch, last=stream.first - 1)
        self._never(lost, have(stream.epoch) + 1)
        self._await(key, stream, have(stream.epoch), absence)
        self.acknowledged(node, name, stream.epoch, have(stream.epoch))

    def acknowledged(self, node: int, name: str, epoch: str, number: int) -> None:
        """The hub has everything of a numbering up to this line."""
        awaited = self._awaited.get((node, name))
        if not awaited or awaited[0].epoch != epoch or awaited[0].last > number:
            return
        while awaited and awaited[0].epoch == epoch and awaited[0].last <= number:
            awaited.popleft()
            self._counts["came_later"] += 1
        now = self._clock()
        self._change(lambda connection: gaps.came(connection, node, name, epoch, number, now))

    def skipped(self, node: int, name: str, skip: Skip, have: int) -> None:
        """An agent had to leave out lines. Call `flush` before anybody relies on it."""
        kind = THINNED if skip.why == THINNED else LOST
        gap = Gap(node, name, kind, skip.since, skip.until, 0, epoch=skip.epoch, last=skip.to)
        self._never(gap, max(skip.seq, have + 1))

    def merge(self, gone: int, into: int) -> None:
        """What is still to come of a node that is gone comes from the other. So it is in the ledger by now."""
        for name in STREAMS:
            before, now = (gone, name), (into, name)
            self._announced.pop(before, None)
            self._noted.pop(before, None)
            if awaited := self._awaited.pop(before, None):
                self._awaited.setdefault(now, deque()).extend(gap._replace(node=into) for gap in awaited)
            if reached := self._gone.pop(before, None):
                self._gone[now] = reached

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
        return {**self._counts, "awaited": sum(1 for awaited in self._awaited.values() if awaited)}

    def _end_of_numbering(self, key: Key, epoch: str, have: Have, absence: Absence) -> None:
        """An agent that numbers anew has lost its journal: what the hub lacks of the numbering before never comes."""
        awaited = self._awaited.get(key)
        before = self._announced.get(key) or (Reached(awaited[-1].epoch, awaited[-1].last) if awaited else None)
        if before is None or before.epoch == epoch:
            return
        since = self._since(key, absence)
        lost = Gap(*key, LOST, since, absence.until, 0, epoch=before.epoch, last=before.last)
        self._never(lost, have(before.epoch) + 1)
        self.acknowledged(*key, before.epoch, before.last)  # of what was awaited, the rest has come

    def _await(self, key: Key, stream: Stream, have: int, absence: Absence) -> None:
        if not absence.matters or self._noted.get(key) == absence:  # an agent may say more than once what it keeps
            return
        self._noted[key] = absence
        awaited = self._awaited.setdefault(key, deque())
        known = max(have, stream.first - 1, *(gap.last for gap in awaited))
        lines = max(0, stream.last - known)
        gap = Gap(*key, AWAY, absence.since, absence.until, lines, epoch=stream.epoch, last=stream.last)
        self._change(lambda connection: gaps.add(connection, gap))
        if lines:
            awaited.append(gap)

    def _never(self, gap: Gap, first: int) -> None:
        """The lines from `first` to the gap's last never come. Those that were counted already are not again."""
        key, counted = (gap.node, gap.stream), self._gone.get((gap.node, gap.stream))
        if counted is not None and counted.epoch == gap.epoch:
            first = max(first, counted.last + 1)
        if first > gap.last:
            return
        self._count(key, gap.epoch, gap.last)
        lines = gap.last - first + 1
        self._counts["thinned" if gap.kind == THINNED else "lost"] += lines
        whole = gap._replace(lines=lines, until=max(gap.since, gap.until or 0))
        self._change(lambda connection: gaps.never_come(connection, whole, first))

    def _count(self, key: Key, epoch: str, last: int) -> None:
        before = self._gone.get(key)
        goes_on = before is not None and before.epoch == epoch
        self._gone[key] = Reached(epoch, max(before.last, last) if before and goes_on else last)

    def _since(self, key: Key, absence: Absence) -> int:
        """Of which time on something may be missing."""
        awaited = self._awaited.get(key)
        return awaited[0].since if awaited else absence.since

    def _change(self, change: Change) -> None:
        self._changes.append(change)
        if len(self._changes) > MOST_CHANGES:
            del self._changes[0]
            self._counts["not_written"] += 1


def _all(changes: list[Change], connection: Connection) -> None:
    for change in changes:
        change(connection)
