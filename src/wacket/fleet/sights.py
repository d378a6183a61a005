"""What is known of the series of each node for a look at all of them: which ones matter, and the last values of one.

Bounded for each node, however many series it makes. Used on the event loop only; asks nobody.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from wacket.fleet.numbers import CPU, Kind, Told, kind_of
from wacket.fleet.pulse import NEVER, SECOND, Pulse
from wacket.records import F64, I64, U32, Readings, Series

MOST_OF_A_KIND = 64
HEADLINES, MOST_HEADLINES = 4, 16  # shown; known, so that one that has gone quiet makes room
SPARK = 30  # values
USUAL_STEP = 10 * SECOND  # between two of them, while that is not known
GAP = 2.5  # steps without a value
STILL = 3  # periods after which a series does not count any more
SOONEST_STILL = 60 * SECOND
FOR_EVER = 1 << 62
UNKNOWN_STILL = 900 * SECOND  # of a series whose period nobody knows

Spark = deque[tuple[int, float]]


class Worst(NamedTuple):
    """The worst of a kind, and of how many."""

    told: Told
    among: int


@dataclass(slots=True)
class Sight:
    """The series of one node."""

    series: int = 0
    members: dict[int, tuple[Kind, str]] = field(default_factory=dict)  # by series, with what its label says
    of_kind: Counter[str] = field(default_factory=Counter)
    drawn: int = 0  # the series whose last values are kept: its processor, or the first thing that a board tells
    headlines: list[int] = field(default_factory=list)
    spark: Spark = field(default_factory=lambda: deque(maxlen=SPARK))


class Sights:
    """By node. `pulse` has the numbers."""

    def __init__(self) -> None:
        self.pulse = Pulse()
        self._of: dict[int, Sight] = {}
        self._node: U32 = np.zeros(0, np.uint32)  # by series; 0 is unknown
        self._at: I64 = np.zeros(0, np.int64)  # by node
        self._drawn: dict[int, int] = {}  # series → node

    def of(self, node: int) -> Sight:
        sight = self._of.get(node)
        if sight is None:
            sight = self._of[node] = Sight()
        return sight

    def at(self, node: int) -> int:
        """When its newest reading or log was, 0 where there is none; by the hub's clock where the sender's is ahead."""
        return int(self._at[node]) if node < len(self._at) else 0

    def unknown(self, series: U32) -> list[int]:
        """Those that must be learned first."""
        if not len(series):
            return []
        self.pulse.grow(int(series.max()) + 1)
        if self.pulse.size > len(self._node):
            self._node = np.pad(self._node, (0, self.pulse.size - len(self._node)))
        found: list[int] = np.unique(series[self._node[series] == 0]).tolist()
        return found

    def learn(self, one: Series) -> None:
        """A series that is heard of for the first time. Its number was among the unknown."""
        self._node[one.id] = one.node
        sight = self.of(one.node)
        sight.series += 1
        kind = kind_of(one.name, one.labels)
        if kind is None:
            if len(sight.headlines) < MOST_HEADLINES:
                sight.headlines.append(one.id)
            if not sight.drawn:
                self._draw_from_now(sight, one)
            return
        if sight.of_kind[kind.number] < MOST_OF_A_KIND:
            sight.of_kind[kind.number] += 1
            sight.members[one.id] = kind, one.labels.get(kind.label, "")
        if one.name == CPU:
            self._draw_from_now(sight, one)

    def forget(self, *nodes: int) -> None:
        """Their series are to be learned anew: they may be another node's by now."""
        for node in nodes:
            self._of.pop(node, None)
            self._node[self._node == node] = 0
        self._drawn = {series: node for series, node in self._drawn.items() if node not in nodes}

    def take(self, readings: Readings, now: int) -> set[int]:
        """Take in readings of known series; the nodes that they are of."""
        touched = self.pulse.heard(readings, now)
        for series in touched.tolist() if len(touched) < len(self._drawn) else self._drawn:
            self._draw(series)
        return self.heard(self._node[touched], self.pulse.at[touched])

    def heard(self, nodes: U32, at: I64) -> set[int]:
        """Something of these nodes is so new. Each of them once."""
        if not len(nodes):
            return set()
        highest = int(nodes.max())
        if highest >= len(self._at):
            self._at = np.pad(self._at, (0, highest + 64 - len(self._at)))
        np.maximum.at(self._at, nodes, at)
        return set(np.unique(nodes).tolist())

    def seed(self, series: U32, at: I64, value: F64, period: F64) -> None:
        """What is known of learned series from before; periods may be NaN. What has been heard since stays."""
        self.pulse.seed(series, at, value, period)
        self.heard(self._node[series], at)

    def seed_spark(self, series: int, points: Iterable[tuple[int, float]]) -> None:
        """The last values of a series that is drawn, from before."""
        if (node := self._drawn.get(series)) is not None:
            later = list(self.of(node).spark)
            first = later[0][0] if later else self.pulse.at[series] + 1
            before = [point for point in points if point[0] < first]
            self.of(node).spark = deque([*before, *later], SPARK)

    def drawn(self) -> list[int]:
        """The series whose last values are kept, at most one of a node."""
        return list(self._drawn)

    def worst(self, node: int) -> dict[str, Worst]:
        """Of each kind that the node tells now: what it has stopped telling, such as a disk taken out, is left out."""
        members, found = self.of(node).members, dict[str, Worst]()
        heard = self._heard(list(members), self.at(node))
        for (series, (kind, of)), (value, silent, patience) in zip(members.items(), heard, strict=True):
            if silent <= (patience or STILL * kind.every * SECOND):
                told, among = found.get(kind.number) or Worst(Told(series, of, value), 0)
                if kind.badness(value) > kind.badness(told.value):
                    told = Told(series, of, value)
                found[kind.number] = Worst(told, among + 1)
        return found

    def headlines(self, node: int) -> list[Told]:
        """A few series of what is no machine, those that still speak first."""
        chosen = self.of(node).headlines
        heard = zip(chosen, self._heard(chosen, self.at(node)), strict=True)
        told = [
            (silent > (patience or UNKNOWN_STILL), Told(number, "", value))
            for number, (value, silent, patience) in heard
            if not math.isnan(value)
        ]
        return [one for _, one in sorted(told, key=lambda pair: pair[0])][:HEADLINES]

    def period(self, node: int) -> int | None:
        """How often its most talkative known series speaks, in µs."""
        sight = self.of(node)
        periods = self.pulse.period[[*sight.members, *sight.headlines]]
        periods = periods[~np.isnan(periods)]
        return int(periods.min()) if len(periods) else None

    def spark(self, node: int) -> list[float | None]:
        """The last values, oldest first, with None where some are missing."""
        points, found = self.of(node).spark, list[float | None]()
        step = self._step_of(node)
        before = points[0][0] if points else 0
        for at, value in points:
            if at - before > GAP * step:
                found.append(None)
            found.append(float(f"{value:.4g}"))
            before = at
        return found[-SPARK:]

    def _heard(self, series: list[int], newest: int) -> Iterator[tuple[float, int, float]]:
        """Of each the value, the µs from it to the newest of its node, and those after which it does not count; 0 where
        that is not known. What was never heard has been silent for ever."""
        at = self.pulse.at[series]
        silent = np.where(at == NEVER, FOR_EVER, newest - np.maximum(at, 0))
        period = self.pulse.period[series]
        patience = np.where(np.isnan(period), 0, np.maximum(STILL * period, SOONEST_STILL))
        return zip(self.pulse.value[series].tolist(), silent.tolist(), patience.tolist(), strict=True)

    def _step_of(self, node: int) -> float:
        step = self.pulse.period[self.of(node).drawn] if self.of(node).drawn else np.nan
        return USUAL_STEP if np.isnan(step) else float(step)

    def _draw_from_now(self, sight: Sight, one: Series) -> None:
        self._drawn.pop(sight.drawn, None)
        self._drawn[one.id], sight.drawn = one.node, one.id
        sight.spark.clear()

    def _draw(self, series: int) -> None:
        """One more value of a series that is drawn, where a second has passed."""
        node = self._drawn.get(series)
        if node is None:
            return
        at, spark = int(self.pulse.at[series]), self.of(node).spark
        if at != NEVER and (not spark or at - spark[-1][0] >= SECOND):
            spark.append((at, float(self.pulse.value[series])))
