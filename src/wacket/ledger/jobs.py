"""Jobs in the ledger: what people asked, of whom, and which nodes got nothing. Functions on a connection.

A row is written once and never changed; how it went on each node is in commands.py.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select

from wacket.ledger.tables import commands, jobs

OPEN = "open"  # commands that have not ended, whatever their state


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


class Sought(NamedTuple):
    """What a job must be to be found; what is empty does not narrow. `find` is in its command line, target or author,
    in any case; `state` is that of one of its commands, or OPEN.
    """

    find: str = ""
    actor: str = ""
    state: str = ""
    node: int | None = None
    since: int = 0


EVERY = Sought()


def page(connection: Connection, limit: int, before: int | None = None, sought: Sought = EVERY) -> list[JobRow]:
    """The newest `limit` jobs, or the newest of those whose number is below `before`."""
    wanted = select(jobs).where(*_tests(sought)).order_by(jobs.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(jobs.c.id < before)
    return [_row(row) for row in connection.execute(wanted)]


def _tests(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.find:
        columns = (jobs.c.target, jobs.c.actor, *map(_words, ("argv", "args")))
        yield or_(*(column.icontains(sought.find, autoescape=True) for column in columns))
    if sought.actor:
        yield jobs.c.actor == sought.actor
    if sought.since:
        yield jobs.c.at >= sought.since
    of_commands = list(_of_commands(sought))
    if of_commands:
        yield select(commands.c.id).where(commands.c.job == jobs.c.id, *of_commands).exists()


def _of_commands(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.node is not None:
        yield commands.c.node == sought.node
    if sought.state:
        yield commands.c.ended.is_(None) if sought.state == OPEN else commands.c.state == sought.state


def _words(member: str) -> ColumnElement[str]:
    """A list of the specification as people write it, with spaces between."""
    words = func.json_each(jobs.c.spec, f"$.{member}").table_valued("value")
    return func.coalesce(select(func.group_concat(words.c.value, " ")).select_from(words).scalar_subquery(), "")


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
