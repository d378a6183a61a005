"""Commands in the ledger: a job's part on each node. Functions on a connection; many rows go in one statement.

Which state may follow which is not known here: commands/states.py has that.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from wacket.ledger.tables import commands


class CommandRow(NamedTuple):
    """One command. `cancel` is when somebody asked for its end; what is not known yet is None or empty."""

    id: str
    job: int
    node: int
    state: str
    queued: int
    expires: int
    sent: int | None = None
    started: int | None = None
    ended: int | None = None
    cancel: int | None = None
    exit: int | None = None
    signal: int | None = None
    reason: str = ""
    seconds: float | None = None
    peak: int | None = None
    out: int = 0
    err: int = 0
    digest: str = ""
    killed: tuple[dict[str, Any], ...] = ()
    files: tuple[dict[str, Any], ...] = ()


_ADD = insert(commands)
_LISTS = ("killed", "files")
_CHANGED = tuple(name for name in CommandRow._fields if name not in ("id", "job", "node", "queued", "expires"))
_OPEN = commands.c.id == bindparam("of"), commands.c.ended.is_(None)
# What has ended stays as it is, whoever is late; so does the wish to cancel.
_CHANGE = (
    update(commands)
    .where(*_OPEN)
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
    .values(cancel=func.coalesce(commands.c.cancel, bindparam("new_cancel")))
)
_CANCEL = update(commands).where(*_OPEN).values(cancel=bindparam("at"))


def add(connection: Connection, rows: Sequence[CommandRow]) -> None:
    connection.execute(_ADD, [_values(row) for row in rows])


def change(connection: Connection, rows: Sequence[CommandRow]) -> None:
    """Make the rows in the ledger equal to these, except for those that have ended there. None loses its cancel."""
    values = [_values(row) for row in rows]
    connection.execute(
        _CHANGE, [{"of": one["id"], **{f"new_{name}": one[name] for name in _CHANGED}} for one in values]
    )


def cancel(connection: Connection, ids: Sequence[str], at: int) -> None:
    """Somebody wants the end of these. Nothing else of them is touched."""
    connection.execute(_CANCEL, [{"of": one, "at": at} for one in ids])


def unended(connection: Connection) -> list[CommandRow]:
    """Oldest first."""
    wanted = select(commands).where(commands.c.ended.is_(None)).order_by(commands.c.job, commands.c.id)
    return [_row(row) for row in connection.execute(wanted)]


def of_job(connection: Connection, job: int) -> list[CommandRow]:
    wanted = select(commands).where(commands.c.job == job).order_by(commands.c.node)
    return [_row(row) for row in connection.execute(wanted)]


def find(connection: Connection, ids: Collection[str]) -> dict[str, CommandRow]:
    wanted = select(commands).where(commands.c.id.in_(ids))
    return {row.id: _row(row) for row in connection.execute(wanted)}


def _values(row: CommandRow) -> dict[str, Any]:
    return row._asdict() | {name: json.dumps(getattr(row, name)) for name in _LISTS}


def _row(row: Row[Any]) -> CommandRow:
    return CommandRow(**(row._asdict() | {name: tuple(json.loads(getattr(row, name))) for name in _LISTS}))
