"""Rows of the class protocol: where each user's hardware stands, and every transition that ever happened.

Functions take a connection, so that the caller decides what is one transaction. They do not know the state table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from wacket.ledger.tables import class_history, class_rounds, class_users

SHOWN = 1000  # characters of a text, where many users are listed
LONG = ("hw_command", "hw_response", "server_analysis", "hw_err")
PAGE_TEXT = 1024 * 1024  # characters; a page of the history ends with the value that reaches it


class ClassRow(NamedTuple):
    """One user's status. `time` in microseconds since 1970 UTC, `timeout` in seconds.

    `round`, `node` and `command` say what the present program belongs to, see ledger/tables/; `judge` who gave the
    analysis.
    """

    user: str
    state: int
    hw_command: str
    hw_response: str
    server_analysis: str
    time: int
    hw_err: str = ""
    hw_exit: int | None = None
    timeout: int = 60
    round: int | None = None
    node: int | None = None
    command: str = ""
    judge: str = ""


class Moved(NamedTuple):
    """One transition. `value` is what the command carried."""

    id: int
    user: str
    at: int
    command: str
    before: int
    after: int
    value: str
    peer: str


def find(connection: Connection, user: str) -> ClassRow | None:
    row = connection.execute(select(*_STATUS).where(class_users.c.user == user)).first()
    return ClassRow(*row) if row else None


def everybody(
    connection: Connection, user: str | None = None, limit: int | None = None, after: str = ""
) -> list[ClassRow]:
    """Users by name, those after `after`, or just the one. Of each text there is only the beginning, see SHOWN."""
    query = select(*_BEGINNINGS).where(class_users.c.user > after).order_by(class_users.c.user).limit(limit)
    if user is not None:
        query = query.where(class_users.c.user == user)
    return [ClassRow(*row) for row in connection.execute(query)]


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(class_users)).scalar_one()


def store(connection: Connection, row: ClassRow, command: str, before: int, value: str, peer: str) -> None:
    """Keep the new status and add the transition to the history."""
    fields = row._asdict()
    connection.execute(upsert(class_users).values(fields).on_conflict_do_update(index_elements=["user"], set_=fields))
    moved = {"user": row.user, "at": row.time, "command": command, "before": before, "after": row.state}
    connection.execute(insert(class_history).values({**moved, "value": value, "peer": peer}))


def set_commands(connection: Connection, round_: int, commands: Mapping[int, str]) -> None:
    """Keep which command of which node carries a round out."""
    for node, command in commands.items():
        chosen = (class_users.c.round == round_) & (class_users.c.node == node)
        connection.execute(update(class_users).where(chosen).values(command=command))


def on_agents(connection: Connection) -> list[ClassRow]:
    """Those whose program an agent has collected or is to collect."""
    query = select(*_STATUS).where(class_users.c.state.in_((1, 2)), class_users.c.node.is_not(None))
    return [ClassRow(*row) for row in connection.execute(query)]


def to_judge(connection: Connection) -> list[ClassRow]:
    """Those who have answered in a round that has a check program, and wait for its verdict."""
    checked = select(class_rounds.c.id).where(class_rounds.c.check_text != "")
    query = select(*_STATUS).where(class_users.c.state == 3, class_users.c.round.in_(checked))
    return [ClassRow(*row) for row in connection.execute(query)]


def history(connection: Connection, user: str, limit: int, before: int | None = None) -> list[Moved]:
    """A user's transitions, newest first, those with an id below `before`. Where values are long there are fewer than
    `limit`, but at least one."""
    query = select(*(class_history.c[name] for name in Moved._fields)).where(class_history.c.user == user)
    if before is not None:
        query = query.where(class_history.c.id < before)
    page: list[Moved] = []
    size = 0
    for row in connection.execute(query.order_by(class_history.c.id.desc()).limit(limit)):
        page.append(Moved(*row))
        size += len(page[-1].value)
        if size >= PAGE_TEXT:
            break
    return page


_STATUS = tuple(class_users.c[name] for name in ClassRow._fields)
_BEGINNINGS = tuple(func.substr(column, 1, SHOWN) if column.name in LONG else column for column in _STATUS)
