"""Schedules in the ledger: jobs that are asked for later, or again and again. Functions on a connection."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from wacket.errors import NotFound
from wacket.ledger.tables import schedules


class ScheduleRow(NamedTuple):
    """`every` is in µs, None for once; `next` is None when it is over; `trouble` says why nothing was done last."""

    id: int
    author: str
    created: int
    target: str
    spec: str
    every: int | None
    next: int | None
    last: int | None = None
    last_job: int | None = None
    trouble: str = ""


def add(connection: Connection, row: ScheduleRow) -> int:
    """Write it down; its number. `row.id` is not looked at."""
    values = row._asdict()
    del values["id"]
    key = connection.execute(insert(schedules).values(values)).inserted_primary_key
    return int(key[0])  # type: ignore[index]


def everything(connection: Connection) -> list[ScheduleRow]:
    return [ScheduleRow(*row) for row in connection.execute(select(schedules).order_by(schedules.c.id))]


def due(connection: Connection, now: int) -> list[ScheduleRow]:
    """Those whose time has come, the longest overdue first."""
    wanted = select(schedules).where(schedules.c.next <= now).order_by(schedules.c.next)
    return [ScheduleRow(*row) for row in connection.execute(wanted)]


def soonest(connection: Connection) -> int | None:
    """When something is due next."""
    return connection.execute(select(func.min(schedules.c.next))).scalar()


def change(connection: Connection, schedule: int, **values: Any) -> None:
    connection.execute(update(schedules).where(schedules.c.id == schedule).values(values))


def remove(connection: Connection, schedule: int) -> None:
    """Raises NotFound."""
    if not connection.execute(delete(schedules).where(schedules.c.id == schedule)).rowcount:
        raise NotFound(f"no schedule {schedule}; `wacket job schedule ls` shows them")
