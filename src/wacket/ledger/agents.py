"""Agents in the ledger: plain functions on a connection. Does not cache; fleet/agents.py does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from wacket.ledger.tables import agents, nodes


class AgentRow(NamedTuple):
    """What is known of a node because an agent runs on it. `presence` is up, off or down, as of `since`."""

    node: int
    key: str
    machine: str
    about: Mapping[str, Any]
    presence: str
    since: int
    why: str
    joined: int
    token: int | None


def all_agents(connection: Connection) -> list[AgentRow]:
    return [_row(row) for row in connection.execute(select(agents).order_by(agents.c.node))]


def of_node(connection: Connection, node: int) -> AgentRow | None:
    row = connection.execute(select(agents).where(agents.c.node == node)).first()
    return _row(row) if row else None


def add(connection: Connection, row: AgentRow) -> None:
    connection.execute(insert(agents).values(row._asdict() | {"about": json.dumps(row.about)}))


def update_all(connection: Connection, rows: Iterable[AgentRow]) -> None:
    """Write down what may have changed of many at once."""
    change = update(agents).where(agents.c.node == bindparam("of_node"))
    changing = ("machine", "about", "presence", "since", "why")
    connection.execute(
        change.values({name: bindparam(f"new_{name}") for name in changing}),
        [
            {"of_node": row.node}
            | {f"new_{name}": getattr(row, name) for name in changing}
            | {"new_about": json.dumps(row.about)}
            for row in rows
        ],
    )


def replace(connection: Connection, old: int, new: AgentRow) -> None:
    """Node `old` is from now on known by the key of `new`, whose own node is left with none."""
    connection.execute(delete(agents).where(agents.c.node.in_([old, new.node])))
    key = connection.execute(select(nodes.c.identity).where(nodes.c.id == new.node)).scalar_one()
    for node, identity in ((new.node, f"replaced:{new.node}"), (old, key)):
        connection.execute(update(nodes).where(nodes.c.id == node).values(identity=identity))
    add(connection, new._replace(node=old))


def _row(row: Row[Any]) -> AgentRow:
    known = row._asdict()
    return AgentRow(**known | {"about": json.loads(row.about)})
