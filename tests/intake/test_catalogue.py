"""Series get numbers, within what a node may make, and whoever writes them down sees when there is something new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.journal import NOW, failing

from wacket.errors import Unavailable
from wacket.intake.catalogue import HOUR, Catalogue
from wacket.ledger import nodes
from wacket.ledger.store import Ledger
from wacket.records import SeriesKey
from wacket.settings import Intake as Limits

LIMITS = Limits(new_series_per_hour=3, series_per_node=5)


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db")
    for name in ("one", "two"):
        opened.write_sync(
            lambda connection, name=name: nodes.create(connection, name, "board", "adopted", f"name:{name}", NOW)
        )
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def catalogue(ledger: Ledger, clock: Clock) -> Catalogue:
    return Catalogue(ledger, LIMITS, clock)


def made(catalogue: Catalogue, *names: str, node: int = 1) -> list[bool]:
    return [bool(number) for number in catalogue.intern([SeriesKey(node, name) for name in names], {})]


def test_what_an_outage_of_the_ledger_kept_from_being_made_is_not_counted(
    catalogue: Catalogue, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "write_sync", failing)
        for name in "abcdefgh":
            with pytest.raises(Unavailable):
                made(catalogue, name)
    assert made(catalogue, "a", "b", "c", "d") == [True, True, True, False]
    assert catalogue.statistics()["series_refused_by_cap"] == 1


def test_a_node_makes_so_many_in_an_hour_and_so_many_in_all(catalogue: Catalogue, ledger: Ledger, clock: Clock) -> None:
    assert made(catalogue, "a", "b", "c", "d") == [True, True, True, False]
    assert made(catalogue, "a", node=2) == [True]
    clock.now += HOUR
    assert made(catalogue, "d", "e", "f") == [True, True, False]
    again = Catalogue(ledger, LIMITS, clock)
    assert made(again, "a", "f") == [True, False]


def test_a_clock_that_was_set_back_begins_an_hour(catalogue: Catalogue, clock: Clock) -> None:
    made(catalogue, "a", "b", "c")
    clock.now -= 100 * HOUR
    assert made(catalogue, "d") == [True]


def test_changes_tell_when_the_series_look_different(catalogue: Catalogue, ledger: Ledger) -> None:
    seen = [catalogue.changes]

    def changed() -> bool:
        seen.append(catalogue.changes)
        return seen[-1] != seen[-2]

    made(catalogue, "a")
    assert changed()
    made(catalogue, "a")
    catalogue.heard({1: (NOW + 5, "192.0.2.7")})
    assert not changed()
    row = catalogue.node_by_id(1)
    for other in (row._replace(name="kitchen"), row._replace(name="kitchen", state="retired")):
        catalogue.add_nodes([other])
        assert changed()


def test_a_unit_is_what_the_sender_says_or_else_what_the_name_tells(catalogue: Catalogue) -> None:
    names = ("used_percent", "power_watts", "speed")
    numbers = catalogue.intern([SeriesKey(1, name) for name in names], {"power_watts": "kW"})
    found = [catalogue.get(int(number)) for number in numbers]
    assert [series.unit for series in found if series] == ["%", "kW", ""]
