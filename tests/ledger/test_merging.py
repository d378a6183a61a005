"""Two nodes become one in the ledger: nothing of either is lost, and half of it never happens."""

from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select

from wacket.errors import BadRequest, NotFound
from wacket.ledger import agents, gaps, merging, nodes
from wacket.ledger import series as series_rows
from wacket.ledger.agents import AgentRow
from wacket.ledger.gaps import Gap
from wacket.ledger.merging import Alias
from wacket.ledger.series import SeriesRow
from wacket.ledger.store import Ledger
from wacket.ledger.tables import commands, jobs, notes, series
from wacket.records import SeriesKey

NOON = 1_795_262_400_000_000


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger.open(tmp_path / "ledger.db")
    for number, name in enumerate(("hub", "old", "new")):
        opened.write_sync(
            lambda c, name=name, number=number: nodes.create(c, name, "board", "adopted", f"name:{name}", NOON + number)
        )
    yield opened
    opened.close()


def keys(ledger, node):
    """Series by number, as (name, labels)."""
    return {row.id: (row.key.name, dict(row.key.labels)) for row in ledger.read(lambda c: series_rows.of_node(c, node))}


def have(ledger, *rows):
    made = [
        SeriesRow(number, SeriesKey(node, name, tuple(sorted(labels.items()))), "", NOON)
        for number, node, name, labels in rows
    ]
    ledger.write_sync(lambda c: series_rows.add(c, made))


def merge(ledger, gone="new", into="old"):
    return ledger.write_sync(lambda c: merging.merge(c, nodes.by_name(c, gone), nodes.by_name(c, into), NOON + 100))


def test_series_come_over_and_those_that_both_have_stay_apart(ledger):
    have(
        ledger,
        (1, 2, "temp", {}),
        (2, 2, "temp", {"merged": "new"}),
        (3, 3, "temp", {}),
        (4, 3, "temp", {"at": "door"}),
        (5, 3, "hum", {}),
    )
    found = merge(ledger)
    assert keys(ledger, 2) == {
        1: ("temp", {}),
        2: ("temp", {"merged": "new"}),
        3: ("temp", {"merged": "new 2"}),
        4: ("temp", {"at": "door"}),
        5: ("hum", {}),
    }
    assert keys(ledger, 3) == {}
    assert [row.id for row in found.series] == [3, 4, 5]
    assert ledger.read(lambda c: c.execute(select(func.count()).select_from(series)).scalar()) == 5


def test_the_name_is_free_and_the_node_is_what_it_was_merged_into(ledger):
    found = merge(ledger)
    assert (found.into.id, found.into.name, found.into.state, found.into.last_seen) == (2, "old", "adopted", NOON + 2)
    assert found.alias == Alias(3, 2, "new")
    for name in ("new", found.gone.name):
        with pytest.raises(NotFound):
            ledger.read(lambda c, name=name: nodes.by_name(c, name))
    again = ledger.write_sync(lambda c: nodes.create(c, "new", "board", "adopted", "name:other", NOON))
    assert (again.id, again.name) == (4, "new")


def test_what_was_merged_into_the_one_that_goes_goes_with_it(ledger):
    merge(ledger)
    ledger.write_sync(lambda c: nodes.create(c, "newest", "board", "adopted", "name:newest", NOON))
    merge(ledger, "old", "newest")
    assert {(one.node, one.into) for one in ledger.read(merging.merged)} == {(3, 4), (2, 4)}


def test_the_key_goes_with_the_machine(ledger):
    def join(connection):
        for node, key in ((2, "aa" * 32), (3, "bb" * 32)):
            agents.add(connection, AgentRow(node, key, "m", {}, "down", NOON, "waits", NOON, None))

    ledger.write_sync(join)
    merge(ledger)
    (agent,) = ledger.read(agents.all_agents)
    assert (agent.node, agent.key, agent.why) == (2, "bb" * 32, "")


def test_gaps_and_notes_are_the_others(ledger):
    ledger.write_sync(lambda c: gaps.add(c, Gap(3, "metrics", "away", NOON, NOON + 9, 5, epoch="e", last=7)))
    note = {"at": NOON, "text": "fan on", "node": 3, "match": "", "author": "ada", "created": NOON}
    ledger.write_sync(lambda c: c.execute(insert(notes).values(note)))
    merge(ledger)
    assert [gap.lines for gap in ledger.read(lambda c: gaps.of_node(c, 2))] == [5]
    assert ledger.read(lambda c: c.execute(select(notes.c.node)).scalar()) == 2


def command(ledger, ended):
    def work(connection):
        job = connection.execute(insert(jobs).values(at=NOON, actor="owner", target="new", spec="{}"))
        row = {"id": f"c{ended}", "job": job.inserted_primary_key[0], "node": 3, "state": "x", "queued": NOON}
        connection.execute(insert(commands).values(**row, expires=NOON, ended=ended))

    ledger.write_sync(work)


def test_with_open_commands_nothing_changes(ledger):
    have(ledger, (1, 3, "temp", {}))
    command(ledger, ended=NOON)
    command(ledger, ended=None)
    before = ledger.read(nodes.all_nodes)
    with pytest.raises(BadRequest, match="1 commands of 'new' have not ended"):
        merge(ledger)
    assert (ledger.read(nodes.all_nodes), keys(ledger, 3)) == (before, {1: ("temp", {})})


def test_what_fails_in_the_middle_has_changed_nothing(ledger, monkeypatch):
    have(ledger, (1, 3, "temp", {}))
    before = ledger.read(nodes.all_nodes)

    def fail(*_):
        raise OSError("killed")

    monkeypatch.setattr(merging, "_move_agent", fail)
    with pytest.raises(OSError, match="killed"):
        merge(ledger)
    assert (ledger.read(nodes.all_nodes), ledger.read(merging.merged)) == (before, [])
    assert keys(ledger, 3) == {1: ("temp", {})}
