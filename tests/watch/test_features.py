"""The numbers of the events, through the real query engine over a view made by hand."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from arro3.core import Array, DataType, Table

from wacket import settings
from wacket.history.query import Query
from wacket.history.shapes import View
from wacket.records import I64, Logs, StringColumn
from wacket.watch import features
from wacket.watch.features import COLUMNS, EnergyEvents, energy_nodes

EVENT: dict[str, Any] = {
    "Power": {"Active": 1753, "Reactive": 279, "Appearent": 403},
    "Line": {"Current": 7.359, "Voltage": 230.08, "Phase": -43.841},
    "Peaks": [7.1, 7.2, 7.3, 7.4],
    "Alarms": {"CoilRevesed": False},
}
NUMBERS = [1753, 279, 403, 7.359, 230.08, 7.1, 7.2, 7.3]
Over = Callable[..., EnergyEvents]  # over(table, *trusted nodes)


class Trusting:
    """Nodes of which some may trigger something."""

    def __init__(self, *nodes: int) -> None:
        self.nodes = list(nodes)

    def is_trusted(self, node: int) -> bool:
        return node in self.nodes

    def trusted(self) -> list[int]:
        return self.nodes


class Past:
    """A history that is just these rows in memory."""

    def __init__(self, table: Table | None) -> None:
        self.table = table

    @contextlib.contextmanager
    def view(self) -> Iterator[View]:
        yield View(tail_logs=self.table)

    def report_damage(self, path: str, error: str) -> None:
        raise AssertionError(f"{path}: {error}")


def logs(
    rows: Sequence[tuple[str, str]], ids: Sequence[int] | None = None, at: I64 | None = None, node: Sequence[int] = ()
) -> Table:
    """A table of logs with these (source, attrs)."""
    count = len(rows)
    moments = at if at is not None else np.full(count, 5_000_000, np.int64)
    times = Array.from_numpy(moments).cast(DataType.timestamp("us"))
    return Table.from_pydict(
        {
            "id": Array.from_numpy(np.asarray(ids if ids is not None else range(count), np.int64)),
            "at": times,
            "observed_at": times,
            "node": Array.from_numpy(np.asarray(node or [2] * count, np.uint32)),
            "source": Array([source for source, _ in rows], DataType.string()),
            "severity": Array.from_numpy(np.full(count, 9, np.uint8)),
            "body": Array(["…"] * count, DataType.string()),
            "attrs": Array([attrs for _, attrs in rows], DataType.string()),
        }
    )


@pytest.fixture
def over() -> Iterator[Over]:
    with contextlib.ExitStack() as stack:

        def make(table: Table | None, *trusted: int) -> EnergyEvents:
            query = Query(Past(table), settings.History())
            stack.callback(query.close)
            return EnergyEvents(query, Trusting(*(trusted or (2,))))

        yield make


def test_the_numbers_of_an_event_in_their_columns(over: Over) -> None:
    found = over(logs([("energy", json.dumps(EVENT))])).features()
    assert found.values.tolist() == [NUMBERS]
    assert found.skipped == 0
    assert len(COLUMNS) == 8


def test_rows_come_in_order_of_arrival(over: Over) -> None:
    rows = [("energy", json.dumps(EVENT | {"Line": {"Current": n, "Voltage": 1}})) for n in range(50)]
    ids = np.random.default_rng(1).permutation(50)
    found = over(logs(rows, ids=ids.tolist())).features()
    assert found.values[ids, 3].tolist() == list(range(50))


def test_only_energy_events_are_taken(over: Over) -> None:
    event = json.dumps(EVENT)
    found = over(logs([("energy", event), ("text", event), ("", ""), ("text", "no json {")])).features()
    assert (len(found.values), found.skipped) == (1, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"Power": {"Active": 1, "Reactive": 2}},
        {"Power": {}},
        {"Power": None},
        {"Power": [1, 2, 3]},
        {"Power": {"Active": "many", "Reactive": 1, "Appearent": 1}},
        {"Power": {"Active": "nan", "Reactive": 1, "Appearent": 1}},
        {"Power": {"Active": 1e300, "Reactive": 1, "Appearent": 1}},
        {"Power": {"Active": {"a": 1}, "Reactive": 1, "Appearent": 1}},
        {"Peaks": [1, 2]},
        {"Peaks": {"0": 1, "1": 2, "2": 3}},
        {"Line": {"Current": "inf", "Voltage": 1}},
    ],
)
def test_an_event_that_lacks_a_number_is_skipped_and_counted(over: Over, change: dict[str, Any]) -> None:
    rows = [("energy", json.dumps(EVENT)), ("energy", json.dumps(EVENT | change)), ("energy", "")]
    found = over(logs(rows)).features()
    assert found.values.tolist() == [NUMBERS]
    assert found.skipped == 2


def test_apparent_power_may_be_spelled_right(over: Over) -> None:
    power = {"Active": 1753, "Reactive": 279, "Apparent": 403}
    assert over(logs([("energy", json.dumps(EVENT | {"Power": power}))])).features().values.tolist() == [NUMBERS]


def test_an_empty_history(over: Over) -> None:
    for table in (None, logs([("text", "")])):
        found = over(table).features()
        assert (found.values.shape, found.skipped) == ((0, 8), 0)
        assert over(table).count_since(0) == 0


def test_counting_what_came_after_a_moment(over: Over) -> None:
    at = np.array([10, 20, 30, 30], np.int64)
    events = over(logs([("energy", ""), ("energy", ""), ("energy", ""), ("text", "")], at=at))
    assert [events.count_since(moment) for moment in (0, 10, 29, 30)] == [3, 2, 1, 0]


def test_of_very_many_events_the_newest_are_looked_at(over: Over, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MOST", 3)
    rows = [("energy", json.dumps(EVENT | {"Line": {"Current": n, "Voltage": 1}})) for n in range(10)]
    assert over(logs(rows)).features().values[:, 3].tolist() == [7, 8, 9]
    assert over(logs(rows[:3])).features().values[:, 3].tolist() == [0, 1, 2]


def test_events_of_nodes_that_are_kept_apart_do_not_count(over: Over) -> None:
    nodes = [2, 3, 4, 3]
    rows = [("energy", json.dumps(EVENT | {"Line": {"Current": node, "Voltage": 1}})) for node in nodes]
    table = logs(rows, node=nodes)
    events = over(table, 2, 4)
    assert events.features().values[:, 3].tolist() == [2, 4]
    assert events.count_since(0) == 2
    assert events.count_in(Logs.of([(1, 1, node, "energy", 9, "", "") for node in nodes])) == 2
    nobody = over(table, 9)
    nobody._nodes = Trusting()
    assert (nobody.features().values.shape, nobody.count_since(0)) == ((0, 8), 0)


@pytest.mark.parametrize(
    "sources",
    [
        [],
        ["energy"],
        ["energy"] * 5,
        ["text", "energy", "", "energy", "energie"],
        ["xenergy", "energ", "yenergy"],
        ["ener", "gyener", "gy"],
        ["ÿenergy", "energy"],
    ],
)
def test_rows_that_are_energy_events_are_found(sources: list[str]) -> None:
    rows = Logs.of([(1, 1, node, source, 9, "b", "") for node, source in enumerate(sources)])
    assert energy_nodes(rows).tolist() == [node for node, source in enumerate(sources) if source == "energy"]


def test_rows_of_a_part_of_a_column() -> None:
    column = StringColumn(b"energytextenergy", np.array([6, 10, 16], np.int32))
    part = Logs.of([(1, 1, 2, "", 9, "b", ""), (1, 1, 3, "", 9, "b", "")])
    cut = Logs(part.at, part.observed_at, part.node, column, part.severity, part.body, part.attrs)
    assert energy_nodes(cut).tolist() == [3]
