"""Commands from the asking to the end, with links that a test watches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.commands.desks import NOON, Desks, desks, until
from tests.support.links import FakeLink

from wacket.commands.spec import Spec
from wacket.errors import BadRequest, KeyReused, Unavailable

SECOND = 1_000_000
HOUR = 3600 * SECOND


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path) as made:
        yield made


async def test_a_command_from_the_asking_to_the_end(hub: Desks):
    node = hub.node("pi-1")
    link = hub.up(node)
    job = await hub.issue("pi-1", Spec(argv=("echo", "hi"), timeout=5))
    (row,) = hub.rows(job)
    assert (row.state, row.sent) == ("sent", NOON)
    (envelope,) = hub.sent(link)
    assert envelope["id"] == row.id
    assert (envelope["node"], envelope["argv"], envelope["actor"]) == (link.key_id, ["echo", "hi"], "owner")
    assert (envelope["not_before"], envelope["expires"], envelope["timeout"]) == (NOON, NOON + HOUR, 5)
    hub.say(link, row.id, "accepted")
    hub.say(link, row.id, "running")
    end = hub.output(link, row.id, 0, (1, b"hi\n"), (2, b"oh\n"))
    hub.now += SECOND
    killed = [{"pid": 7, "name": "sleep"}]
    hub.say(link, row.id, "failed", exit=2, seconds=0.5, peak=4096, out=3, err=3, end=end, killed=killed)
    (row,) = await hub.ended(row.id)
    assert (row.state, row.exit, row.seconds, row.peak, row.out, row.err) == ("failed", 2, 0.5, 4096, 3, 3)
    assert (row.started, row.ended, row.killed) == (NOON, NOON + SECOND, tuple(killed))
    assert [piece.payload for piece in hub.said(row)] == [b"hi\n", b"oh\n"]
    await until(lambda: link.said("settled"))
    assert [one.message for one in link.said("settled")] == [{"t": "settled", "id": row.id}]
    assert link.said("have")[-1].message["offset"] == end
    assert len(hub.desk.board) == 0
    assert [(act.act, act.subject, act.details["nodes"]) for act in hub.acts()] == [("job.create", "pi-1", 1)]


async def test_nothing_is_settled_before_the_ledger_has_it(hub: Desks, monkeypatch):
    from wacket.commands import settling

    monkeypatch.setattr(settling, "RETRY", 0.001)
    link = hub.up(hub.node("pi-1"))
    (row,) = hub.rows(await hub.issue("pi-1"))
    real, failing = settling.rows.change, True

    def change(*args):
        if failing:
            raise Unavailable("the disk is full")
        real(*args)

    monkeypatch.setattr(settling.rows, "change", change)
    hub.say(link, row.id, "succeeded", exit=0)
    await until(lambda: hub.desk.course.statistics()["writes"] == 0 and hub.desk.board.command(row.id).ending)
    for _ in range(20):
        hub.say(link, row.id, "succeeded", exit=0)
    assert not link.said("settled")
    failing = False
    await hub.ended(row.id)
    await until(lambda: link.said("settled"))
    assert hub.desk.statistics()["ended"] == 1


async def test_reports_that_come_again_late_or_wrong_change_nothing(hub: Desks):
    link = hub.up(hub.node("pi-1"))
    (row,) = hub.rows(await hub.issue("pi-1"))
    hub.say(link, row.id, "running")
    hub.say(link, row.id, "accepted")
    assert hub.desk.board.command(row.id).row.state == "running"
    hub.say(link, row.id, "succeeded", exit=0)
    hub.say(link, row.id, "failed", exit=1)
    hub.say(link, row.id, "running")
    await until(lambda: link.said("settled"))
    hub.say(link, row.id, "failed", exit=1)
    await until(lambda: len(link.said("settled")) == 2)
    assert hub.row(row.id).state == "succeeded"


async def test_a_command_for_an_absent_node_waits_and_goes_when_it_comes(hub: Desks):
    node = hub.node("pi-1")
    (row,) = hub.rows(await hub.issue("pi-1"))
    assert (row.state, row.sent) == ("queued", None)
    hub.now += SECOND
    link = hub.up(node)
    await until(lambda: hub.sent(link))
    assert (hub.row(row.id).state, hub.row(row.id).sent) == ("sent", hub.now)
    assert hub.sent(link)[0]["id"] == row.id


async def test_a_command_that_nobody_fetched_expires(hub: Desks, monkeypatch):
    hub.node("pi-1")
    (row,) = hub.rows(await hub.issue("pi-1", Spec(argv=("true",), expires=60)))
    hub.now += 60 * SECOND
    hub.desk.course._sooner.set()
    (row,) = await hub.ended(row.id)
    assert (row.state, row.ended) == ("expired", hub.now)
    assert "was not there" in row.reason


async def test_what_was_sent_does_not_expire_before_its_node_says_that_it_has_it_not(hub: Desks):
    node = hub.node("pi-1")
    hub.up(node)
    (first,), (second,) = hub.rows(await hub.issue("pi-1")), hub.rows(await hub.issue("pi-1"))
    hub.desk.node_down(node)
    hub.now += 2 * HOUR
    hub.desk.course._sooner.set()
    link = hub.up(node, (second.id, "running"))
    (first,) = await hub.ended(first.id)
    assert first.state == "expired"
    assert hub.desk.board.command(second.id).row.state == "running"
    assert hub.sent(link) == []


async def test_what_was_lost_on_the_way_is_sent_again(hub: Desks):
    node = hub.node("pi-1")
    hub.up(node)
    (row,) = hub.rows(await hub.issue("pi-1"))
    hub.desk.node_down(node)
    link = hub.up(node)
    await until(lambda: hub.sent(link))
    assert hub.sent(link)[0]["id"] == row.id


async def test_a_node_that_lost_its_memory_ends_what_it_had_begun(hub: Desks):
    node = hub.node("pi-1")
    link = hub.up(node)
    (row,) = hub.rows(await hub.issue("pi-1"))
    hub.say(link, row.id, "running")
    hub.output(link, row.id, 0, (1, b"so far"))
    await until(lambda: link.said("have"))
    hub.desk.node_down(node)
    link = hub.up(node)
    (row,) = await hub.ended(row.id)
    assert row.state == "lost_reboot"
    assert "memory was lost" in row.reason
    assert hub.said(row)[0].payload == b"so far"
    assert hub.sent(link) == []


async def test_what_is_sent_before_the_node_lists_what_it_has_is_not_missed(hub: Desks):
    node = hub.node("pi-1")
    link = FakeLink(node)
    hub.desk.node_up(link)
    (row,) = hub.rows(await hub.issue("pi-1"))
    hub.desk.heard(link, {"t": "commands", "commands": []}, b"")
    assert len(hub.sent(link)) == 1
    assert hub.desk.board.command(row.id).row.state == "sent"


async def test_output_goes_on_after_a_break_where_the_hub_has_it(hub: Desks):
    node = hub.node("pi-1")
    link = hub.up(node)
    (row,) = hub.rows(await hub.issue("pi-1"))
    hub.say(link, row.id, "running")
    half = hub.output(link, row.id, 0, (1, b"one"))
    await until(lambda: link.said("have"))
    hub.desk.node_down(node)
    link = hub.up(node, (row.id, "running"))
    assert link.said("have")[0].message == {"t": "have", "id": row.id, "offset": half}
    end = hub.output(link, row.id, half, (1, b"two"))
    hub.say(link, row.id, "succeeded", exit=0, out=6, end=end)
    (row,) = await hub.ended(row.id)
    assert [piece.payload for piece in hub.said(row)] == [b"one", b"two"]


async def test_an_end_whose_output_is_not_all_here_does_not_count_yet(hub: Desks):
    link = hub.up(hub.node("pi-1"))
    (row,) = hub.rows(await hub.issue("pi-1"))
    hub.say(link, row.id, "succeeded", exit=0, out=3, end=16)
    assert link.said("have")[-1].message["offset"] == 0
    end = hub.output(link, row.id, 0, (1, b"abc"))
    assert end == 16
    hub.say(link, row.id, "succeeded", exit=0, out=3, end=16)
    await hub.ended(row.id)


async def test_rights_are_looked_up_again_when_a_node_comes(hub: Desks):
    from wacket.ledger import people

    hub.ledger.write_sync(lambda connection: people.create(connection, "ada", "operator", "x", NOON - 1))
    first, second = hub.node("pi-1"), hub.node("pi-2")
    job = await hub.issue("pi-*", actor="person:ada")
    link = hub.up(first)
    await until(lambda: hub.sent(link))
    hub.ledger.write_sync(lambda connection: people.change(connection, "ada", role="viewer"))
    link = hub.up(second)
    (row,) = await hub.ended(hub.rows(job)[1].id)
    assert (row.state, row.reason) == ("rejected", "ada, who asked for it, may not operate any more")
    assert hub.sent(link) == []


async def test_nobody_comes_back_for_ever(hub: Desks):
    away, gone = hub.node("pi-1"), hub.node("pi-2")
    hub.up(away)
    hub.up(gone)
    (one,), (two,) = hub.rows(await hub.issue("pi-1")), hub.rows(await hub.issue("pi-2"))
    hub.desk.node_down(away)
    hub.desk.node_down(gone)
    hub.desk.course.sweep(30, retired={gone})
    assert (await hub.ended(two.id))[0].reason == "the node was retired"
    assert hub.row(one.id).ended is None
    hub.now += 31 * 24 * HOUR
    hub.desk.course.sweep(30, retired=set())
    (row,) = await hub.ended(one.id)
    assert (row.state, "has not come back for 30 days" in row.reason) == ("lost_reboot", True)


async def test_an_old_link_of_a_node_is_not_heard_any_more(hub: Desks):
    node = hub.node("pi-1")
    old = hub.up(node)
    (row,) = hub.rows(await hub.issue("pi-1"))
    hub.up(node, (row.id, "running"))
    hub.say(old, row.id, "failed", exit=1)
    assert hub.desk.board.command(row.id).row.state == "running"


async def test_a_key_outlives_the_hub_and_is_its_owners(hub: Desks):
    hub.node("pi-1")
    spec = Spec(argv=("true",), key="k")
    job = await hub.issue("pi-1", spec)
    await hub.again()
    assert (await hub.issue("pi-1", spec)).row.id == job.row.id
    assert (await hub.issue("pi-1", spec, actor="person:ada")).row.id != job.row.id
    with pytest.raises(KeyReused):
        await hub.issue("pi-1", Spec(argv=("false",), key="k"))
    hub.now += 2 * 24 * HOUR
    await hub.again()
    assert (await hub.issue("pi-1", spec)).row.id > job.row.id


async def test_who_cannot_be_asked_is_left_out(hub: Desks):
    hub.node("pi-1")
    hub.about = {"os": "linux", "allows": {"run": False}}
    with pytest.raises(BadRequest, match="does not allow run"):
        await hub.issue("pi-1")
    assert (await hub.issue("pi-1", Spec(kind="ping"))).rows
    hub.about["allows"] = {"run": True}
    with pytest.raises(BadRequest, match="does not allow root"):
        await hub.issue("pi-1", Spec(argv=("true",), user="root"))
    with pytest.raises(BadRequest, match="send it first"):
        await hub.issue("pi-1", Spec(kind="python", program="a" * 64))
    assert [act.act for act in hub.acts()] == ["job.create"]
