"""Knows every node and series by id. A new series is in the ledger before any reading refers to it.

`intern` runs on the decoding thread; the rest may be called from anywhere. It holds no readings.
"""

from __future__ import annotations

import fnmatch
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wacket.intake.aliases import Aliases
from wacket.intake.naming import Named, named
from wacket.intake.units import unit_of
from wacket.ledger import merging
from wacket.ledger import nodes as node_rows
from wacket.ledger import series as series_rows
from wacket.ledger.merging import Merged
from wacket.ledger.nodes import NodeRow
from wacket.ledger.series import SeriesRow
from wacket.ledger.store import Ledger
from wacket.records import U32, Series, SeriesKey, Statistics
from wacket.settings import Intake

HOUR = 3_600_000_000
UNKNOWN = 0  # the id that `intern` gives when a node may not make another series


@dataclass(slots=True)
class Made:
    """How many series a node has, and how many of them were made in the hour that began at `since`."""

    since: int = 0
    in_hour: int = 0
    in_all: int = 0


class Catalogue:
    """All in memory; built from the ledger at start.

    `changes` grows whenever `find` would give something else: a series was made, or its node was renamed or adopted.
    """

    def __init__(self, ledger: Ledger, limits: Intake, clock: Callable[[], int]) -> None:
        self._ledger, self._limits, self._clock = ledger, limits, clock
        self._lock = threading.Lock()
        self._ids: dict[SeriesKey, int] = {}
        self._rows: dict[int, SeriesRow] = {}
        self._made: dict[int, Made] = {}
        self._nodes: dict[int, NodeRow] = {}
        self._identities: dict[str, int] = {}
        self._names: dict[str, NodeRow] = {}
        self._capped = 0
        self.changes = 0
        self.aliases = Aliases(ledger.read(merging.merged))
        self._named: tuple[int, list[Named]] = (-1, [])
        self.refresh_nodes()
        for row in ledger.read(series_rows.all_series):
            self._remember(row)

    def intern(self, keys: Sequence[SeriesKey], units: Mapping[str, str]) -> U32:
        """The id of each key, making those that are new; 0 where the node's cap on new series is reached."""
        if self.aliases:  # a line may have come before its node was merged into another
            keys = [key._replace(node=self.aliases.now(key.node)) for key in keys]
        found = list(map(self._ids.get, keys))
        if None in found:
            self._make([key for key, known in zip(keys, found, strict=True) if known is None], units)
            found = [self._ids.get(key, UNKNOWN) for key in keys]
        return np.array(found, np.uint32)

    def find(self, match: Sequence[str] = (), nodes: Collection[int] | None = None) -> list[Series]:
        """Series whose "NODE/NAME" fits any glob of `match` (all, if none is given), of these nodes if there are any
        given.

        A glob without a "/" is held against the series name alone.
        """
        rows = list(self._rows.values())
        if nodes is not None:
            rows = [row for row in rows if row.key.node in nodes]
        wanted = [series for row in rows if (series := self.get(row.id)) is not None]
        if match:
            wanted = [series for series in wanted if _fits(series, match)]
        return wanted

    def names(self) -> list[Named]:
        """Every name that series have, in order; remembered until a series is made or a node changes."""
        changes = self.changes
        if self._named[0] != changes:
            self._named = changes, named(self._rows[number] for number in list(self._rows))
        return self._named[1]

    def of_nodes(self, nodes: Collection[int]) -> list[Series]:
        """The series of some nodes, in the order in which they were made."""
        ids = [number for number, row in list(self._rows.items()) if row.key.node in nodes]
        return [series for series in map(self.get, ids) if series is not None]

    def fitting(self, ids: Iterable[int], match: Sequence[str]) -> list[int]:
        """Those of these series that fit any glob of `match`."""
        known = ((number, self.get(number)) for number in ids)
        return [number for number, series in known if series is not None and _fits(series, match)]

    def get(self, series: int) -> Series | None:
        row = self._rows.get(series)
        if row is None:
            return None
        node = self.node_by_id(row.key.node)
        return Series(row.id, node.id, node.name, row.key.name, dict(row.key.labels), row.unit, node.state == "adopted")

    def nodes(self) -> list[NodeRow]:
        return list(self._nodes.values())

    def node(self, identity: str) -> NodeRow | None:
        known = self._identities.get(identity)
        return None if known is None else self._nodes[self.aliases.now(known)]

    def node_by_id(self, node: int) -> NodeRow:
        """The node that this id means by now."""
        return self._nodes[self.aliases.now(node)]

    def node_named(self, name: str) -> NodeRow | None:
        """The node that people call this now, whatever it is known by."""
        return self._names.get(name)

    def pending(self) -> int:
        """How many nodes nobody has adopted yet."""
        return sum(row.state == "pending" for row in self._nodes.values())

    def node_formerly(self, name: str) -> NodeRow | None:
        """The node that one of this name was merged into."""
        node = self.aliases.formerly(name)
        return None if node is None else self._nodes[node]

    def node_name(self, node: int) -> str:
        row = self._nodes.get(self.aliases.now(node))
        return row.name if row else str(node)

    def node_names(self) -> dict[int, str]:
        """Of every id that rows of the history may have."""
        return {node: self.node_name(node) for node in self.aliases.of(self._nodes)}

    def refresh_nodes(self) -> None:
        """Take all nodes from the ledger, as at the start. None is ever deleted there, so none is forgotten here."""
        self.add_nodes(self._ledger.read(node_rows.all_nodes))

    def add_nodes(self, rows: Iterable[NodeRow]) -> None:
        """Nodes that are new in the ledger, or changed. On the loop, in the order of their transactions."""
        for row in rows:
            before = self._nodes.get(row.id)
            if before is not None and (before.name, before.state) != (row.name, row.state):
                del self._names[before.name]
                self.changes += 1
            self._identities[row.identity] = row.id
            if row.id in self.aliases:
                self._nodes.pop(row.id, None)
            else:
                self._nodes[row.id] = self._names[row.name] = row

    def merge(self, found: Merged) -> None:
        """Two nodes have become one in the ledger. On the loop, as `add_nodes`; `take_over` is called after it."""
        self.changes += 1
        self.aliases.merge(found.alias)
        self.add_nodes([found.gone, found.into])

    def take_over(self, rows: Iterable[SeriesRow]) -> None:
        """Series that have another key by now. Waits for those that are being made."""
        with self._lock:
            for row in rows:
                before = self._rows.get(row.id)
                if before is not None:
                    self._ids.pop(before.key, None)
                    self._made[before.key.node].in_all -= 1
                self._remember(row)

    def heard(self, sightings: Mapping[int, tuple[int, str]]) -> None:
        """Node id -> when it was last heard, and from where."""
        known = ((self._nodes.get(node), seen) for node, seen in sightings.items())
        self.add_nodes(row._replace(last_seen=at, last_peer=peer) for row, (at, peer) in known if row is not None)

    def statistics(self) -> Statistics:
        return {"nodes": len(self._nodes), "series": len(self._rows), "series_refused_by_cap": self._capped}

    def _make(self, keys: Sequence[SeriesKey], units: Mapping[str, str]) -> None:
        with self._lock:
            now = self._clock()
            rows: list[SeriesRow] = []
            coming: Counter[int] = Counter()  # by node
            following = max(self._rows, default=0) + 1
            for key in dict.fromkeys(keys):
                if key in self._ids:
                    continue
                if not self._may_make(key.node, coming[key.node], now):
                    self._capped += 1
                    continue
                coming[key.node] += 1
                rows.append(SeriesRow(following + len(rows), key, units.get(key.name) or unit_of(key.name), now))
            if rows:
                self._ledger.write_sync(lambda connection: series_rows.add(connection, rows))
            for row in rows:
                self._remember(row)
                self._made[row.key.node].in_hour += 1

    def _may_make(self, node: int, coming: int, now: int) -> bool:
        """Whether one more series than those that are coming may be made. A clock that was set back begins an hour."""
        made = self._made.setdefault(node, Made())
        if not 0 <= now - made.since < HOUR:
            made.since, made.in_hour = now, 0
        few_now = made.in_hour + coming < self._limits.new_series_per_hour
        return few_now and made.in_all + coming < self._limits.series_per_node

    def _remember(self, row: SeriesRow) -> None:
        self._made.setdefault(row.key.node, Made()).in_all += 1
        self._rows[row.id] = row
        self._ids[row.key] = row.id
        self.changes += 1


def _fits(series: Series, match: Sequence[str]) -> bool:
    whole = f"{series.node_name}/{series.name}"
    return any(fnmatch.fnmatchcase(whole if "/" in glob else series.name, glob) for glob in match)
