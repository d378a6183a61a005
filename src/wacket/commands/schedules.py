"""Jobs that are asked for later, or again and again: by their author, with the rights that they have when it is time.

What became due while the hub was down is done once if it is not older than its commands may wait; what repeats goes on
from now. While the job before still runs nothing is begun. Why nothing was done stands in `trouble`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from wacket.commands import spec
from wacket.commands.author import Author, why_not
from wacket.commands.issuing import SECOND, Issuing, Wish
from wacket.errors import WacketError
from wacket.ledger import audit, schedules
from wacket.ledger.schedules import ScheduleRow
from wacket.records import Statistics

if TYPE_CHECKING:
    from wacket.ledger.store import Ledger

log = logging.getLogger(__name__)

LONGEST_WAIT = 60.0  # seconds between two looks: the clock may be set
RETRY = 5.0  # seconds until a ledger that failed is tried again
DAY = 86_400 * SECOND
LATE = 60 * SECOND  # so much later than it was due, something was missed
TROUBLE = 500  # characters


class Schedules:
    """`is_open` says whether a job has commands that have not ended."""

    def __init__(
        self, ledger: Ledger, issuing: Issuing, is_open: Callable[[int], bool], clock: Callable[[], int]
    ) -> None:
        self._ledger, self._issuing, self._is_open, self._clock = ledger, issuing, is_open, clock
        self._sooner = asyncio.Event()
        self._done = self._troubles = 0

    async def add(self, wish: Wish, every: int | None, first: int) -> ScheduleRow:
        """A new schedule, its times in µs. Raises BadRequest where it would reach nobody today."""
        spec.checked(wish.spec)
        self._issuing.select(wish)
        now = self._clock()
        row = ScheduleRow(0, wish.actor, now, wish.target, wish.spec.text(), every, first)
        details = {"every": every, "first": first, "kind": wish.spec.kind}

        def work(connection: Connection) -> ScheduleRow:
            made = row._replace(id=schedules.add(connection, row))
            act = audit.Act(
                now, wish.actor, wish.peer, "schedule.create", wish.target, "ok", {"id": made.id, **details}
            )
            audit.record(connection, act)
            return made

        made = await self._ledger.write(work)
        self._sooner.set()
        return made

    async def remove(self, number: int, actor: str, peer: str) -> None:
        """What it has started goes on. Raises NotFound."""
        act = audit.Act(self._clock(), actor, peer, "schedule.remove", str(number))

        def work(connection: Connection) -> None:
            schedules.remove(connection, number)
            audit.record(connection, act)

        await self._ledger.write(work)

    def blobs(self) -> set[str]:
        """What schedules that are not over will need."""
        rows = self._ledger.read(schedules.everything)
        return {name for row in rows if row.next is not None for name in spec.read(row.spec).blobs()}

    async def run(self) -> None:
        """Do what is due, until cancelled."""
        while True:
            wait = LONGEST_WAIT
            try:
                await self.fire()
                soonest = await asyncio.to_thread(self._ledger.read, schedules.soonest)
                if soonest is not None:
                    wait = min(wait, max(0.0, (soonest - self._clock()) / SECOND))
            except WacketError as error:
                log.warning("schedules cannot be looked at, which is tried again: %s", error)
                wait = RETRY
            self._sooner.clear()
            try:
                async with asyncio.timeout(wait):
                    await self._sooner.wait()
            except TimeoutError:
                pass

    async def fire(self) -> None:
        """Do what is due now. Raises Unavailable."""
        now = self._clock()
        for row in await asyncio.to_thread(self._ledger.read, lambda connection: schedules.due(connection, now)):
            await self._fire(row, now)

    def statistics(self) -> Statistics:
        return {"begun": self._done, "troubles": self._troubles}

    async def _fire(self, row: ScheduleRow, now: int) -> None:
        wanted = spec.read(row.spec)
        following = after(row, now)
        # Before anything is begun: a hub that is killed in between must not do it twice.
        await self._change(row, next=following)
        why = await asyncio.to_thread(self._why_not, row, wanted, now)
        if not why:
            try:
                wish = Wish(row.target, wanted, row.author, schedule=row.id)
                job, _ = await self._issuing.issue(wish)
            except WacketError as error:
                why = str(error)
        if why:
            self._troubles += 1
            await self._change(row, trouble=why[:TROUBLE])
        else:
            self._done += 1
            await self._change(row, last=now, last_job=job.row.id, trouble="")

    def _why_not(self, row: ScheduleRow, wanted: spec.Spec, now: int) -> str:
        if row.last_job is not None and self._is_open(row.last_job):
            return f"job {row.last_job}, which it started before, still runs"
        if row.every is None and row.next is not None and now - row.next > max(LATE, wanted.expires * SECOND):
            return "its time was over when the hub was started again"
        author = Author(row.author, row.created, wanted.token)
        return self._ledger.read(lambda connection: why_not(connection, author, now))

    async def _change(self, row: ScheduleRow, **values: int | str | None) -> None:
        await self._ledger.write(lambda connection: schedules.change(connection, row.id, **values))


def after(row: ScheduleRow, now: int) -> int | None:
    """When it is due next, after it was due now; times that were missed are left out. What comes every so many days
    comes at the same time of day, also when the clocks of the hub's time zone change.
    """
    if row.every is None or row.next is None:
        return None
    turns = (now - row.next) // row.every + 1
    if row.every % DAY:
        return row.next + turns * row.every
    following = (_days_later(row.next, number * row.every // DAY) for number in (turns - 1, turns, turns + 1))
    return next((at for at in following if at > now), row.next + turns * row.every)


def _days_later(at: int, days: int) -> int:
    seconds, rest = divmod(at, SECOND)
    local = datetime.fromtimestamp(seconds) + timedelta(days=days)  # noqa: DTZ006 - the time of day counts
    return int(local.timestamp()) * SECOND + rest
