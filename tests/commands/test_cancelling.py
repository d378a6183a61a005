"""Whoever cancels gets the end of it: what waits is never begun, what runs is ended by its node, now or later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.commands.desks import NOON, Desks, desks

from wacket.ledger import commands


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path) as made:
        yield made


async def test_a_waiting_command_that_is_cancelled_ends_at_once(hub: Desks):
    node = hub.node("pi-1")
    job = await hub.issue("pi-1")
    assert len(await hub.issuing.cancel(job.row.id, None, "person:ada", "192.0.2.1")) == 1
    (row,) = await hub.ended(hub.rows(job)[0].id)
    assert (row.state, row.cancel) == ("cancelled", NOON)
    assert hub.sent(hub.up(node)) == []
    assert [act.act for act in hub.acts()] == ["job.cancel", "job.create"]


async def test_what_was_cancelled_is_not_sent_by_a_hub_that_was_killed_before_it_wrote_the_end(hub: Desks):
    hub.node("pi-1")
    job = await hub.issue("pi-1")
    (waiting,) = hub.rows(job)
    assert hub.going is not None
    hub.going.cancel()
    await hub.issuing.cancel(job.row.id, None, "owner", "")
    await hub.again()
    link = hub.up(1)
    assert (await hub.ended(waiting.id))[0].state == "cancelled"
    assert hub.sent(link) == []


async def test_a_cancel_and_what_is_written_at_the_same_time_do_not_undo_each_other(hub: Desks):
    hub.node("pi-1")
    job = await hub.issue("pi-1")
    (before,) = hub.rows(job)
    sent = before._replace(state="sent", sent=hub.now)
    await hub.ledger.write(lambda connection: commands.change(connection, [sent]))
    await hub.ledger.write(lambda connection: commands.cancel(connection, [before.id], hub.now))
    assert hub.row(before.id) == sent._replace(cancel=hub.now)
    await hub.ledger.write(lambda connection: commands.change(connection, [sent]))
    assert hub.row(before.id).cancel == hub.now


async def test_a_running_command_is_cancelled_by_its_node(hub: Desks):
    link = hub.up(hub.node("pi-1"))
    job = await hub.issue("pi-1")
    (row,) = hub.rows(job)
    hub.say(link, row.id, "running")
    await hub.issuing.cancel(job.row.id, None, "owner", "")
    cancel = hub.sent(link)[-1]
    assert (cancel["kind"], cancel["of"], cancel["node"]) == ("cancel", row.id, link.key_id)
    hub.say(link, cancel["id"], "accepted")
    hub.say(link, cancel["id"], "succeeded")
    assert link.said("settled")[-1].message["id"] == cancel["id"]
    hub.say(link, row.id, "cancelled", signal=15)
    (row,) = await hub.ended(row.id)
    assert (row.state, row.signal) == ("cancelled", 15)


async def test_a_cancel_for_an_absent_node_is_remembered(hub: Desks):
    node = hub.node("pi-1")
    hub.up(node)
    job, other = await hub.issue("pi-1"), await hub.issue("pi-1")
    (row,), (never,) = hub.rows(job), hub.rows(other)
    hub.desk.node_down(node)
    for one in (job, other):
        await hub.issuing.cancel(one.row.id, None, "owner", "")
    await hub.again()
    link = hub.up(node, (row.id, "running"))
    assert [(one["kind"], one["of"]) for one in hub.sent(link)] == [("cancel", row.id)]
    assert (await hub.ended(never.id))[0].state == "cancelled"
