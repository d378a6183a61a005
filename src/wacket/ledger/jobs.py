"""Jobs in the ledger: what people asked, of whom, and which nodes got nothing. Functions on a connection.

A row is written once and never changed; how it went on each node is in commands.py.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select

from wacket.ledger.tables import commands, jobs


class JobRow(NamedTuple):
    """`left_out` are (node, why); `repeats` is the job that this one repeats."""

    id: int
    at: int
    actor: str
    peer: str
    target: str
    spec: str
    digest: str
    left_out: list[tuple[str, str]]
    schedule: int | None
    repeats: int | None


_ADD = insert(jobs)  # with its values beside it, nothing is compiled anew


def add(connection: Connection, row: JobRow) -> int:
    """Write it down; its number. `row.id` is not looked at."""
    values = row._asdict() | {"left_out": json.dumps(row.left_out)}
    del values["id"]
    key = connection.execute(_ADD, values).inserted_primary_key
    return int(key[0])  # type: ignore[index]


def find(connection: Connection, job: int) -> JobRow | None:
    row = connection.execute(select(jobs).where(jobs.c.id == job)).first()
    return _row(row) if row else None


def unended(connection: Connection) -> dict[int, JobRow]:
    """Those with commands that have not ended, by number."""
    going = select(commands.c.job).where(commands.c.ended.is_(None))
    return {row.id: _row(row) for row in connection.execute(select(jobs).where(jobs.c.id.in_(going)))}


def since(connection: Connection, at: int) -> list[JobRow]:
    """Those that were asked from this time on, oldest first."""
    return [_row(row) for row in connection.execute(select(jobs).where(jobs.c.at >= at).order_by(jobs.c.id))]


def page(connection: Connection, limit: int, before: int | None = None) -> list[JobRow]:
    """The newest `limit` jobs, or the newest of those whose number is below `before`."""
    wanted = select(jobs).order_by(jobs.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(jobs.c.id < before)
    return [_row(row) for row in connection.execute(wanted)]


def counts(connection: Connection, numbers: Collection[int]) -> dict[int, dict[str, int]]:
    """How many commands of each job are in each state."""
    wanted = select(commands.c.job, commands.c.state, func.count()).where(commands.c.job.in_(numbers))
    found: dict[int, dict[str, int]] = {number: {} for number in numbers}
    for job, state, count in connection.execute(wanted.group_by(commands.c.job, commands.c.state)):
        found[job][state] = count
    return found


def times(connection: Connection, first: int) -> dict[int, int]:
    """When each job was asked, from the number `first` on."""
    return {row.id: row.at for row in connection.execute(select(jobs.c.id, jobs.c.at).where(jobs.c.id >= first))}


def _row(row: Row[Any]) -> JobRow:
    values = row._asdict() | {"left_out": [(node, why) for node, why in json.loads(row.left_out)]}
    return JobRow(**values)
