"""A row for each node: its worst numbers, what is wrong, and that it follows what comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
from tests.fleet.conftest import World

from wacket.bus.memory import Told
from wacket.fleet import overview
from wacket.fleet.overview import LOG_HOLDS, Moved
from wacket.fleet.presence import State
from wacket.ledger.nodes import NodeRow
from wacket.records import Batch, Logs, Readings, SeriesKey

SECOND = 1_000_000
Label = tuple[tuple[str, str], ...]


class Place:
    """A fleet that attends to what the test has the bus tell."""

    def __init__(self, world: World) -> None:
        self.world, self.overview = world, world.fleet.overview
        self._next = 1 << 20

    def tell(self, node: NodeRow, *told: tuple[str, str, float], ago: float = 0) -> None:
        """(series name, label, value) of a node; a label is like `mount=/`, or empty."""
        keys = [SeriesKey(node.id, name, _label(label)) for name, label, _ in told]
        ids = self.world.catalogue.intern(keys, {})
        at = np.full(len(told), self.world.now - int(ago * SECOND), np.int64)
        values = np.array([value for _, _, value in told], np.float64)
        self.publish(Batch(readings=Readings(ids, at, values, np.zeros(len(told), np.uint8))))

    def say(self, node: NodeRow, severity: int, body: str) -> None:
        self.publish(Batch(logs=Logs.of([(self.world.now, self.world.now, node.id, "app", severity, body, "")])))

    def publish(self, batch: Batch) -> None:
        self.world.bus.publish_nowait("batches", Told(batch, self._next))
        self._next += 1 << 20

    def row(self, node: NodeRow) -> dict[str, Any]:
        """As a page gets it."""
        self.overview.look()
        return msgspec.json.decode(self.overview.encoded(node.id))

    def up(self, name: str = "demo-04") -> NodeRow:
        """A machine whose agent is connected."""
        node = self.world.machine(name)
        self.world.fleet.presence.connected(node.id)
        return node


def _label(text: str) -> Label:
    name, _, value = text.partition("=")
    return ((name, value),) if name else ()


@pytest.fixture
def place(world: World) -> Iterator[Place]:
    with world.fleet.overview.attending():
        yield Place(world)


def test_the_worst_of_each_kind_is_shown_and_never_a_mean(place: Place) -> None:
    node = place.up()
    place.tell(node, ("cpu.percent", "", 14.2), ("cpu.percent", "core=0", 99.0), ("memory.used_percent", "", 38.0))
    place.tell(node, *(("disk.used_percent", f"mount={at}", value) for at, value in (("/", 12.0), ("/data", 94.4))))
    place.tell(node, ("temperature.celsius", "sensor=cpu", 52.0), ("temperature.celsius", "sensor=disk", 40.0))
    row = place.row(node)
    disk = {"value": 94.4, "of": "/data", "count": 2}
    assert row["numbers"] == {"cpu": 14.2, "memory": 38.0, "disk": disk, "temperature": 52.0}
    assert (row["series"], row["newest"], row["at"], row["spark"]) == (7, [], place.world.now, [14.2])
    (problem,) = row["problems"]
    assert problem | {"series": 0} == {"level": "warn", "word": "disk", "text": "disk /data 94 %", "series": 0}
    assert place.world.catalogue.get(problem["series"]).labels == {"mount": "/data"}
    assert (row["status"], row["presence"]) == ("warn", "up")


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (("disk.used_percent", "mount=/", 89.9), None),
        (("disk.used_percent", "mount=/", 90.0), "disk / 90 %"),
        (("memory.used_percent", "", 95.0), "memory 95 %"),
        (("swap.used_percent", "", 100.0), None),
        (("temperature.celsius", "sensor=cpu Tctl", 85.0), "cpu Tctl 85 °C"),
        (("systemd.failed", "", 0.0), None),
        (("systemd.failed", "", 1.0), "1 service has failed"),
        (("systemd.failed", "", 3.0), "3 services have failed"),
        (("watched.alive", "name=kiosk", 1.0), None),
        (("watched.alive", "name=kiosk", 0.0), "kiosk is not running"),
        (("clock.offset_seconds", "", -6.5), "its clock is 6.5 s ahead"),
        (("clock.offset_seconds", "", 4.9), None),
    ],
)
def test_what_is_wrong_is_said_in_words(place: Place, told: tuple[str, str, float], text: str | None) -> None:
    node = place.up()
    place.tell(node, told)
    row = place.row(node)
    assert [problem["text"] for problem in row["problems"]] == ([text] if text else [])
    assert row["status"] == ("warn" if text else "up")


def test_of_what_is_not_there_nobody_knows_how_full_it_is(place: Place) -> None:
    node = place.up()
    place.tell(node, ("disk.used_percent", "mount=/", 99.0))
    place.world.fleet.presence.gone(node.id, "down", "the connection ended")
    row = place.row(node)
    assert row["problems"] == [{"level": "down", "word": "down", "text": "the connection ended", "series": None}]
    assert (row["status"], row["numbers"]["disk"]["value"]) == ("down", 99.0)
    place.world.fleet.presence.gone(node.id, "off", "stopped")
    row = place.row(node)
    assert (row["status"], row["problems"], row["why"]) == ("off", [], "stopped")


def test_a_disk_that_was_taken_out_counts_no_more(place: Place) -> None:
    node = place.up()
    place.tell(node, ("disk.used_percent", "mount=/", 10.0), ("disk.used_percent", "mount=/usb", 99.0))
    assert place.row(node)["status"] == "warn"
    for _ in range(4):
        place.world.now += 60 * SECOND
        place.tell(node, ("disk.used_percent", "mount=/", 10.0))
        row = place.row(node)
    assert (row["status"], row["numbers"]["disk"]) == ("up", {"value": 10.0, "of": "/", "count": 1})
    assert row["period"] == 60 * SECOND


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State("late", 1, "nothing is heard of it"), "warn"),
        (State("down", 1, "it has never been heard"), "unknown"),
        (State("pending", 1), "pending"),
        (State("retired", 1), "off"),
    ],
)
def test_one_word_for_how_a_node_is(place: Place, monkeypatch: pytest.MonkeyPatch, state: State, status: str) -> None:
    node = place.world.board("rig")
    monkeypatch.setattr(place.world.fleet.presence, "of", lambda _: state)
    row = place.row(node)
    assert (row["status"], bool(row["problems"])) == (status, status == "warn")


def test_what_is_no_machine_shows_its_first_series_those_that_speak_before_all(place: Place) -> None:
    node = place.world.board("greenhouse")
    names = [f"s{number}" for number in range(6)]
    place.tell(node, *((name, "", float(place)) for place, name in enumerate(names)))
    place.world.now += 3600 * SECOND
    place.tell(node, *((name, "", 7.0) for name in names[1:]), ("nothing", "", np.nan))
    row = place.row(node)
    assert [(one["name"], one["value"]) for one in row["newest"]] == [(name, 7.0) for name in names[1:5]]
    assert (row["numbers"], row["newest"][0]["at"], row["series"]) == ({}, place.world.now, 7)


def test_a_board_draws_the_first_thing_it_tells_and_a_machine_its_processor(place: Place) -> None:
    board, machine = place.world.board("greenhouse"), place.up()
    for value in (21.456, 0.00012):
        place.world.now += 10 * SECOND
        place.tell(board, ("temperature", "", value), ("humidity", "", 40.0))
        place.tell(machine, ("cpu.user_percent", "", 3.0), ("cpu.percent", "", 14.25))
        place.overview.look()
    row = place.row(board)
    assert (row["spark"], place.world.catalogue.get(row["drawn"]).name) == ([21.46, 0.00012], "temperature")
    row = place.row(machine)
    assert (row["spark"][-1], place.world.catalogue.get(row["drawn"]).name) == (14.25, "cpu.percent")


def test_a_gap_in_the_values_of_a_processor_is_a_gap(place: Place) -> None:
    node = place.up()
    for minute in range(45):
        place.world.now += 10 * SECOND * (10 if minute == 40 else 1)
        place.tell(node, ("cpu.percent", "", float(minute)))
        place.overview.look()
    spark = place.row(node)["spark"]
    assert len(spark) == 30
    assert spark[-7:] == [39.0, None, 40.0, 41.0, 42.0, 43.0, 44.0]


def test_the_last_complaint_of_the_last_hour_is_shown(place: Place) -> None:
    node = place.up()
    place.say(node, 17, "x" * 500)
    place.say(node, 9, "all is well")
    row = place.row(node)
    assert (row["log"]["severity"], row["log"]["body"], row["at"]) == (17, "x" * 200, place.world.now)
    place.world.now += LOG_HOLDS + 1
    assert place.row(node)["log"] is None


def test_who_follows_is_told_whose_rows_have_changed(place: Place) -> None:
    node, other = place.up("a"), place.world.board("b")
    place.overview.look()
    with place.world.bus.subscribe("fleet") as heard:
        place.overview.look()
        assert heard.take_all() == []
        place.tell(other, ("temp", "", 1.0))
        place.tell(node, ("cpu.percent", "", 1.0))
        place.overview.look()
        assert heard.take_all() == [Moved(frozenset({node.id, other.id}))]
        assert place.row(other)["name"] == "b"
        renamed = other._replace(name="c")
        place.world.catalogue.add_nodes([renamed])
        place.world.fleet.presence.changed(other.id)
        place.overview.look()
        assert heard.take_all() == [Moved(frozenset({other.id}), ("b",))]


def test_the_cursor_is_behind_all_that_was_told(place: Place) -> None:
    node = place.up()
    place.say(node, 9, "one")
    place.overview.look()
    assert place.overview.cursor == (1 << 20) + 1


def test_however_many_series_a_board_makes_little_is_kept_of_it(place: Place) -> None:
    node = place.world.board("loud")
    place.tell(node, *(("disk.used_percent", f"mount=/{number}", 1.0) for number in range(500)))
    place.tell(node, *((f"s{number}", "", 1.0) for number in range(500)))
    row = place.row(node)
    sight = place.overview.sights.of(node.id)
    assert (row["series"], row["numbers"]["disk"]["count"]) == (1000, 64)
    assert len(sight.members) + len(sight.headlines) <= 80


def test_what_was_lost_is_asked_of_the_history(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "MOST_WAITING", 2)
    with world.fleet.overview.attending():
        world.fleet.overview.behind.clear()
        for _ in range(3):
            world.bus.publish_nowait("batches", Told(Batch(logs=Logs.empty()), 1))
        world.fleet.overview.look()
        assert world.fleet.overview.behind.is_set()
        world.fleet.overview.behind.clear()
        world.fleet.overview.look()
        assert not world.fleet.overview.behind.is_set()
