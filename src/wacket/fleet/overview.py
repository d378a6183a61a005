"""All nodes at a glance: a row for each, kept up to date from what the bus tells.

What comes is taken in a few times a second, as columns; a row is made when somebody looks, and kept until something of
its node changes. Tells the bus, under "fleet", which rows those are. Stores nothing: at the start it is filled from the
history (filling.py), and again where it could not keep up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from wacket.fleet.rows import LastLog, Row, Situation, row_of
from wacket.fleet.sights import Sights
from wacket.records import U32, WARN, Logs, Readings, Statistics

if TYPE_CHECKING:
    from wacket.bus.memory import Bus, Subscription
    from wacket.fleet.agents import Agents
    from wacket.fleet.presence import Presence
    from wacket.intake.catalogue import Catalogue
    from wacket.ledger.nodes import NodeRow

EVERY = 0.25  # seconds
MOST_WAITING = 100_000  # batches that are told between two looks
AT_ONCE = 1 << 16  # readings that are taken in before others have their turn
LOG_HOLDS = 3_600_000_000  # µs for which a node's last complaint is shown
MOST_TEXT = 200  # characters of it


class Moved(NamedTuple):
    """What is told under "fleet": nodes whose rows are others now, and names that no row has any more."""

    nodes: frozenset[int]
    gone: tuple[str, ...] = ()


class Kept(NamedTuple):
    """A row as it was made last."""

    json: msgspec.Raw
    status: str


class Overview:
    """Used on the event loop only. `run` must be going, or what `attending` holds open be looked at with `look`."""

    def __init__(
        self,
        catalogue: Catalogue,
        presence: Presence,
        agents: Agents,
        code: Callable[[int], str],
        bus: Bus,
        clock: Callable[[], int],
    ) -> None:
        self._catalogue, self._presence, self._agents = catalogue, presence, agents
        self._code, self._bus, self._clock = code, bus, clock
        self.sights = Sights()
        self.cursor = 0  # the id of the next row of the journal that will be told
        self.behind = asyncio.Event()  # something was lost, or it has only begun: it must be filled
        self.behind.set()
        self._logs: dict[int, LastLog] = {}
        self._names: dict[int, str] = {}
        self._rows: dict[int, Kept] = {}
        self._told: Subscription | None = None
        self._changes: Subscription | None = None
        self._lost = self._taken = 0

    @contextmanager
    def attending(self) -> Iterator[None]:
        """What is told meanwhile is kept until somebody looks."""
        with (
            self._bus.subscribe("batches", MOST_WAITING) as self._told,
            self._bus.subscribe("nodes", 10_000) as changes,
        ):
            self._changes = changes
            self._names = {row.id: row.name for row in self._catalogue.nodes()}
            yield
        self._told = self._changes = None

    async def run(self) -> None:
        """Keep up until cancelled."""
        with self.attending():
            while True:
                await asyncio.sleep(EVERY)
                self.look()

    def look(self) -> None:
        """Take in all that has been told until now."""
        if self._told is None or self._changes is None:
            return
        moved = self._look_at_batches(self._told)
        changed, gone = self._look_at_nodes(self._changes)
        moved |= changed | self._forget_logs()
        if self._told.lost + self._changes.lost != self._lost:
            self._lost = self._told.lost + self._changes.lost
            self.behind.set()
        if moved or gone:
            self.moved(moved, gone)

    def moved(self, nodes: set[int], gone: tuple[str, ...] = ()) -> None:
        """The rows of these nodes must be made anew."""
        for node in nodes:
            self._rows.pop(node, None)
        self._bus.publish_nowait("fleet", Moved(frozenset(nodes), gone))

    def merged(self, gone: int, into: int) -> None:
        """What one node has is another's by now."""
        self.sights.forget(gone, into)
        if (log := self._logs.pop(gone, None)) is not None:
            self.remember_log(into, log)
        self.moved({into})
        self.behind.set()

    def encoded(self, node: int) -> msgspec.Raw:
        """A node's row as JSON."""
        return self._kept(node).json

    def status(self, node: int) -> str:
        """The `status` in its row."""
        return self._kept(node).status

    def _kept(self, node: int) -> Kept:
        found = self._rows.get(node)
        if found is None:
            row = self.row(self._catalogue.node_by_id(node))
            self._names.setdefault(node, row["name"])
            found = self._rows[node] = Kept(msgspec.Raw(msgspec.json.encode(row)), row["status"])
        return found

    def row(self, node: NodeRow) -> Row:
        has_agent, presence = self._agents.of_node(node.id) is not None, self._presence
        situation = Situation(
            presence.of(node),
            presence.about(node.id),
            has_agent,
            self._code(node.id),
            self._logs.get(node.id),
            None if has_agent else presence.habit_of(node.id),
        )
        return row_of(node, situation, self.sights, self._catalogue.get)

    def remember_log(self, node: int, log: LastLog) -> None:
        node = self._catalogue.aliases.now(node)
        before = self._logs.get(node)
        if before is None or before.at <= log.at:
            self._logs[node] = log

    def statistics(self) -> Statistics:
        return {"readings": self._taken, "lost": self._lost, "rows_kept": len(self._rows)}

    def _look_at_batches(self, told: Subscription) -> set[int]:
        moved: set[int] = set()
        waiting: list[Readings] = []
        for batch, first in told.take_all():
            self.cursor = max(self.cursor, first + batch.rows)
            if batch.logs is not None:
                moved |= self._take_logs(batch.logs)
            elif batch.readings is not None:
                waiting.append(batch.readings)
                if sum(map(len, waiting[-8:])) > AT_ONCE:
                    moved |= self.take(Readings.concat(waiting))
                    waiting = []
        return moved | self.take(Readings.concat(waiting))

    def take(self, readings: Readings) -> set[int]:
        """Take in readings; the nodes that they are of."""
        self._taken += len(readings)
        self.learn(readings.series)
        return self.sights.take(readings, self._clock())

    def learn(self, series: U32) -> None:
        """Find out what those of them are that are new."""
        for number in self.sights.unknown(series):
            if (one := self._catalogue.get(number)) is not None:
                self.sights.learn(one)

    def _take_logs(self, logs: Logs) -> set[int]:
        """The time of all, and of each node the last line that is a warning or worse."""
        if not len(logs):
            return set()
        moved = self.sights.heard(logs.node, np.minimum(logs.at, self._clock()))
        bad = np.flatnonzero(logs.severity >= WARN)[::-1]
        _, first = np.unique(logs.node[bad], return_index=True)
        for place in bad[first].tolist():
            body = logs.body.bytes_at(place)[: 4 * MOST_TEXT].decode("utf-8", "replace")[:MOST_TEXT]
            self.remember_log(int(logs.node[place]), LastLog(int(logs.at[place]), int(logs.severity[place]), body))
        return moved

    def _look_at_nodes(self, changes: Subscription) -> tuple[set[int], tuple[str, ...]]:
        moved, gone = set(), []
        for row in changes.take_all():
            moved.add(row.id)
            before = self._names.get(row.id)
            if before is not None and (before != row.name or row.state == "retired"):
                gone.append(before)
            self._names[row.id] = row.name
        return moved, tuple(gone)

    def _forget_logs(self) -> set[int]:
        oldest = self._clock() - LOG_HOLDS
        old = [node for node, log in self._logs.items() if log.at < oldest]
        for node in old:
            del self._logs[node]
        return set(old)
