"""Pulls the numbers to cluster out of the kept energy events: one row an event, in the order of arrival.

Events of nodes that are kept apart do not count. One vectorised query, no event ever becomes a Python object. It
computes no clusters and keeps nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from wacket.records import ENERGY_SOURCE, F64, U32, Logs

if TYPE_CHECKING:
    from wacket.history.query import Query
    from wacket.history.question import Question

# Column → where it is in an event, as SQL over SHAPE. Real sensors write "Appearent".
PLACES: Mapping[str, str] = {
    "power_active_w": "found.Power.Active",
    "power_reactive_var": "found.Power.Reactive",
    "power_apparent_va": "coalesce(found.Power.Appearent, found.Power.Apparent)",
    "line_current_a": "found.Line.Current",
    "line_voltage_v": "found.Line.Voltage",
    "peak_1": "found.Peaks[1]",
    "peak_2": "found.Peaks[2]",
    "peak_3": "found.Peaks[3]",
}
SHAPE = {
    "Power": {"Active": "DOUBLE", "Reactive": "DOUBLE", "Appearent": "DOUBLE", "Apparent": "DOUBLE"},
    "Line": {"Current": "DOUBLE", "Voltage": "DOUBLE"},
    "Peaks": ["DOUBLE"],
}
SOURCE = ENERGY_SOURCE.encode()
COLUMNS = tuple(PLACES)
AVERAGED = COLUMNS[:5]
UNITS = ("W", "var", "VA", "A", "V", "", "", "")
# No sensor measures beyond this; squares of such numbers would no longer be numbers.
LARGEST = 1e12
MOST = 1_000_000  # events looked at, the newest: 64 MB of numbers
EVER = (-(1 << 62), 1 << 62)


class Features(NamedTuple):
    """`values` is (events, 8) float64, its columns `COLUMNS`; `skipped` counts events that lack one of them."""

    values: F64
    skipped: int


class Nodes(Protocol):
    """Who may trigger something. Called from any thread."""

    def is_trusted(self, node: int) -> bool: ...

    def trusted(self) -> list[int]:
        """All of them."""
        ...


class EnergyEvents:
    """The energy events in the history that count."""

    def __init__(self, query: Query, nodes: Nodes) -> None:
        self._query, self._nodes = query, nodes

    def features(self) -> Features:
        """Those of the newest `MOST` events that have all features, in order of arrival.

        Blocks: call it from a thread. Raises as Query does.
        """
        who = _sent_by(self._nodes.trusted())
        return self._query.ask(lambda question: _features(question, who))

    def count_since(self, at: int) -> int:
        """How many events came after a moment (µs since 1970). Blocks, too."""
        condition = f"{_sent_by(self._nodes.trusted())} AND epoch_us(observed_at) > {int(at)}"
        return self._query.ask(
            lambda question: _number(question, f"SELECT count(*) AS n FROM {_events(question, condition)}")
        )

    def count_in(self, logs: Logs) -> int:
        """How many of these rows are such events."""
        nodes, rows = np.unique(energy_nodes(logs), return_counts=True)
        counts = zip(nodes.tolist(), rows.tolist(), strict=True)
        return sum(count for node, count in counts if self._nodes.is_trusted(node))


def energy_nodes(logs: Logs) -> U32:
    """The node of each row that is an energy event, without making a row a Python object."""
    column, size = logs.source, len(SOURCE)
    rows = np.flatnonzero(np.diff(column.offsets) == size)
    if not len(rows) or SOURCE not in column.data:
        return logs.node[:0]
    starts = column.offsets[rows].astype(np.int64)
    data = np.frombuffer(column.data, np.uint8)
    same = data[starts[:, None] + np.arange(size)] == np.frombuffer(SOURCE, np.uint8)
    found: U32 = logs.node[rows[same.all(axis=1)]]
    return found


def _sent_by(nodes: list[int]) -> str:
    return f"node IN ({', '.join(map(str, nodes))})" if nodes else "false"


def _features(question: Question, who: str) -> Features:
    newest = f"{who} AND id > {_before_newest(question, who)}"
    columns = question.columns(_sql(_events(question, newest)))
    ids = columns.pop("id")
    values = np.empty((len(ids), len(COLUMNS)), np.float64)
    for place, name in enumerate(COLUMNS):
        values[:, place] = np.ma.filled(np.ma.asarray(columns.pop(name), np.float64), np.nan)
    # A comparison with NaN is false, so this drops what is missing, infinite and absurd in one go.
    whole: NDArray[np.bool_] = np.all(np.abs(values) <= LARGEST, axis=1)
    # Sorted here and not by the engine, which would need several times the memory.
    kept = np.argsort(ids, kind="stable")
    kept = kept[whole[kept]]
    return Features(values[kept], len(ids) - len(kept))


def _events(question: Question, condition: str) -> str:
    """SQL of a table of the energy events (id, attrs) that meet a condition."""
    logs = question.logs(question.choose(question.view.logs, *EVER), with_tail=True)
    return f"(SELECT id, attrs FROM ({logs}) WHERE source = '{ENERGY_SOURCE}' AND {condition})"


def _before_newest(question: Question, who: str) -> int:
    """The id after which there are at most MOST events; looks at ids and nodes only, so it is cheap."""
    return _number(
        question,
        f"SELECT id AS n FROM {_events(question, who)} ORDER BY id DESC LIMIT 1 OFFSET {MOST}",
        -1,
    )


def _number(question: Question, sql: str, otherwise: int = 0) -> int:
    found = question.columns(sql)["n"]
    return int(found[0]) if len(found) else otherwise


def _sql(events: str) -> str:
    """Each document is read once, whatever number of columns is taken out of it; what is no number is NULL."""
    columns = ", ".join(f"{place} AS {name}" for name, place in PLACES.items())
    found = f"SELECT id, json_transform(nullif(attrs, ''), '{json.dumps(SHAPE)}') AS found FROM {events}"
    return f"SELECT id, {columns} FROM ({found})"
