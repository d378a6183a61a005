"""Schedules: on time, once, by authors who may, and with their troubles told."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some
from tests.commands.desks import NOON, TRUE, Desks, desks

from wacket.commands.issuing import Wish
from wacket.commands.schedules import DAY, Schedules, after
from wacket.commands.spec import Spec
from wacket.errors import BadRequest, NotFound
from wacket.ledger import jobs, people, schedules, tables
from wacket.ledger.schedules import ScheduleRow

SECOND = 1_000_000
HOUR = 3600 * SECOND


class Planner:
    """The schedules of a hub, and what came of them."""

    def __init__(self, hub: Desks) -> None:
        self.hub = hub
        self.schedules = Schedules(
            hub.ledger, hub.issuing, lambda job: hub.desk.board.job(job) is not None, lambda: hub.now
        )

    async def at(self, now: int) -> ScheduleRow:
        """The first schedule, after what was due at this time."""
        self.hub.now = now
        await self.schedules.fire()
        return self.hub.ledger.read(schedules.everything)[0]

    def jobs(self) -> list[int]:
        return [row.id for row in self.hub.ledger.read(lambda connection: jobs.page(connection, 100))]


@pytest.fixture
async def planner(tmp_path: Path) -> AsyncIterator[Planner]:
    async with desks(tmp_path) as hub:
        hub.node("pi-1")
        yield Planner(hub)


def wish(actor: str = "owner", spec: Spec = TRUE) -> Wish:
    return Wish("pi-1", spec, actor, "192.0.2.1")


async def end_all(planner: Planner) -> None:
    for live in planner.hub.desk.board:
        planner.hub.desk.course.end(live, "succeeded")
        await planner.hub.ended(live.row.id)


async def test_again_and_again(planner: Planner):
    await planner.schedules.add(wish(), every=HOUR, first=NOON)
    for hour in range(3):
        row = await planner.at(NOON + hour * HOUR)
        assert (row.next, row.last, row.trouble) == (NOON + (hour + 1) * HOUR, NOON + hour * HOUR, "")
        assert row.last_job == planner.jobs()[0]
        await planner.at(NOON + hour * HOUR + 1)
        assert len(planner.jobs()) == hour + 1
        await end_all(planner)
    made = planner.hub.ledger.read(lambda connection: jobs.find(connection, row.last_job))
    assert (made.schedule, made.actor) == (row.id, "owner")
    acts = [act.act for act in planner.hub.acts()]
    assert acts == ["job.create"] * 3 + ["schedule.create"]


async def test_once_and_later(planner: Planner):
    await planner.schedules.add(wish(), every=None, first=NOON + HOUR)
    assert (await planner.at(NOON + HOUR - 1)).last is None
    row = await planner.at(NOON + HOUR)
    assert (row.next, row.last, len(planner.jobs())) == (None, NOON + HOUR, 1)
    await planner.at(NOON + 5 * HOUR)
    assert len(planner.jobs()) == 1


async def test_what_was_missed_is_done_once_if_it_is_not_too_old(planner: Planner):
    await planner.schedules.add(wish(), every=None, first=NOON + HOUR)
    assert (await planner.at(NOON + 2 * HOUR)).last == NOON + 2 * HOUR
    await planner.schedules.remove(1, "owner", "")
    await planner.schedules.add(wish(), every=None, first=NOON + 3 * HOUR)
    row = await planner.at(NOON + 5 * HOUR)
    assert (row.next, row.last) == (None, None)
    assert "was over when the hub was started again" in row.trouble


async def test_what_repeats_goes_on_from_now(planner: Planner):
    await planner.schedules.add(wish(), every=HOUR, first=NOON)
    row = await planner.at(NOON + 10 * HOUR + 5)
    assert (row.next, len(planner.jobs())) == (NOON + 11 * HOUR, 1)


async def test_nothing_is_begun_while_the_last_still_runs(planner: Planner):
    await planner.schedules.add(wish(), every=HOUR, first=NOON)
    first = await planner.at(NOON)
    row = await planner.at(NOON + HOUR)
    assert (row.last, row.last_job) == (first.last, first.last_job)
    assert row.trouble == f"job {first.last_job}, which it started before, still runs"
    await end_all(planner)
    assert (await planner.at(NOON + 2 * HOUR)).trouble == ""


async def test_rights_are_looked_at_each_time(planner: Planner):
    def make(connection):
        people.create(connection, "ada", "operator", "x", NOON - 1)
        token = {"id": 3, "name": "program", "hash": "h", "scopes": "operate", "created": NOON}
        connection.execute(tables.tokens.insert().values(token))

    planner.hub.ledger.write_sync(make)
    await planner.schedules.add(wish("person:ada"), every=HOUR, first=NOON)
    await planner.schedules.add(wish("token:program", Spec(argv=("true",), token=3)), every=HOUR, first=NOON + 1)
    await planner.at(NOON)
    await end_all(planner)
    await planner.at(NOON + 1)
    await end_all(planner)
    assert len(planner.jobs()) == 2

    def take_away(connection):
        people.change(connection, "ada", disabled=True)
        connection.execute(tables.tokens.update().values(revoked=NOON))

    planner.hub.ledger.write_sync(take_away)
    await planner.at(NOON + HOUR + 1)
    troubles = [row.trouble for row in planner.hub.ledger.read(schedules.everything)]
    assert troubles == [
        "the account of ada, who asked for it, is disabled",
        "the token program, which asked for it, was revoked",
    ]
    assert len(planner.jobs()) == 2


async def test_another_person_of_the_same_name_is_not_the_author(planner: Planner):
    planner.hub.ledger.write_sync(lambda connection: people.create(connection, "ada", "admin", "x", NOON + 1))
    await planner.schedules.add(wish("person:ada"), every=HOUR, first=NOON)
    assert "another has the name now" in (await planner.at(NOON + 2)).trouble


async def test_a_target_that_means_nobody_any_more_is_a_trouble(planner: Planner):
    await planner.schedules.add(wish(), every=HOUR, first=NOON)
    planner.hub.about = {"allows": {}}
    row = await planner.at(NOON)
    assert "does not allow run" in row.trouble
    with pytest.raises(BadRequest):
        await planner.schedules.add(wish(), every=HOUR, first=NOON)


async def test_a_schedule_that_was_removed_does_nothing(planner: Planner):
    await planner.schedules.add(wish(), every=HOUR, first=NOON)
    await planner.schedules.remove(1, "owner", "")
    await planner.schedules.fire()
    assert planner.jobs() == []
    with pytest.raises(NotFound):
        await planner.schedules.remove(1, "owner", "")


@pytest.mark.slow
@given(some.integers(0, 10**15), some.integers(1, 10**12), some.integers(0, 10**15))
def test_the_next_time_is_the_first_to_come(first: int, every: int, late: int):
    assume(every % DAY)
    row = ScheduleRow(1, "owner", 0, "*", "", every, first)
    following = after(row, first + late)
    assert following is not None
    assert first + late < following <= first + late + every
    assert (following - first) % every == 0


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Clocks go forward on the last Sunday of March at 2:00, and back in October at 3:00."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("first", "days", "following"),
    [
        ("2026-03-28T03:00+01:00", 1, "2026-03-29T03:00+02:00"),
        ("2026-10-24T03:00+02:00", 1, "2026-10-25T03:00+01:00"),
        ("2026-10-24T23:30+02:00", 2, "2026-10-26T23:30+01:00"),
        ("2026-03-26T08:00+01:00", 7, "2026-04-02T08:00+02:00"),
    ],
)
def test_every_day_is_at_the_same_time_of_day(first: str, days: int, following: str) -> None:
    at, due = (int(datetime.fromisoformat(text).timestamp()) * SECOND for text in (first, following))
    row = ScheduleRow(1, "owner", 0, "x", "{}", days * DAY, at)
    for late in (0, 1, 3600 * SECOND, due - at - 1):
        assert after(row, at + late) == due


@pytest.mark.usefixtures("berlin")
def test_what_was_missed_over_a_change_of_clocks_is_left_out() -> None:
    at, now, due = (
        int(datetime.fromisoformat(text).timestamp()) * SECOND
        for text in ("2026-03-01T00:30+01:00", "2026-03-31T23:59+02:00", "2026-04-01T00:30+02:00")
    )
    assert after(ScheduleRow(1, "owner", 0, "x", "{}", DAY, at), now) == due
