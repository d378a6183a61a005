"""Nodes in the ledger: plain functions on a connection. Does not cache; the catalogue does."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from wacket.errors import BadRequest, NotFound
from wacket.ledger.tables import merged_nodes, nodes

HUB = 1  # the id of the hub itself
HUB_IDENTITY = "hub"
STATES = ("adopted", "pending", "retired")
KINDS = ("machine", "board", "service", "virtual")


class NodeRow(NamedTuple):
    """One node. `identity` is what it proves itself by and never changes; the name is for people."""

    id: int
    name: str
    kind: str
    state: str
    identity: str
    tags: dict[str, str]
    first_seen: int
    last_seen: int
    last_peer: str


def all_nodes(connection: Connection) -> list[NodeRow]:
    return [_row(row) for row in connection.execute(select(nodes).order_by(nodes.c.id))]


def by_name(connection: Connection, name: str) -> NodeRow:
    """Raises NotFound; also for one that was merged into another."""
    gone = select(merged_nodes.c.node)
    row = connection.execute(select(nodes).where(nodes.c.name == name, nodes.c.id.not_in(gone))).first()
    if row is None:
        raise NotFound(f"no node named {name!r}")
    return _row(row)


def create(
    connection: Connection, name: str, kind: str, state: str, identity: str, now: int, peer: str = ""
) -> NodeRow:
    """Make a node, or give the one that has this identity; if another has the name, a number is put behind it."""
    known = connection.execute(select(nodes).where(nodes.c.identity == identity)).first()
    if known is not None:
        return _row(known)
    values: dict[str, str | int] = {
        "name": _free_name(connection, name),
        "kind": kind,
        "state": state,
        "identity": identity,
    }
    values |= {"tags": "{}", "first_seen": now, "last_seen": now, "last_peer": peer}
    key = connection.execute(insert(nodes).values(values)).inserted_primary_key
    return _row(connection.execute(select(nodes).where(nodes.c.id == key[0])).one())  # type: ignore[index]


def rename(connection: Connection, name: str, new: str) -> None:
    """Raises NotFound and, where the new name stands for another node, BadRequest."""
    node = by_name(connection, name)
    require_free(connection, new, node.id)
    connection.execute(update(nodes).where(nodes.c.id == node.id).values(name=new))


def require_free(connection: Connection, name: str, but_by: int = 0) -> None:
    """Raise BadRequest where a name stands for a node (other than `but_by`): people call it so, or it was renamed and
    still speaks as this."""
    either = (nodes.c.name == name) | (nodes.c.identity == f"name:{name}")
    others = connection.execute(select(nodes.c.name).where(either, nodes.c.id != but_by)).scalars()
    for other in others:
        known = f"another node is named {name!r}" if other == name else f"node {other!r} still speaks as {name!r}"
        raise BadRequest(f"{known} already; choose another name", "name")


def require_may_be(row: NodeRow, state: str | None) -> None:
    """Raise BadRequest where the node cannot have this state."""
    if row.id == HUB and state not in (None, "adopted"):
        raise BadRequest("the hub itself cannot be retired", "state")


def set_state(connection: Connection, name: str, state: str) -> None:
    if state not in STATES:
        raise BadRequest(f"{state!r} is not a state of a node; known: {', '.join(STATES)}", "state")
    connection.execute(update(nodes).where(nodes.c.id == by_name(connection, name).id).values(state=state))


def set_tags(connection: Connection, name: str, tags: dict[str, str]) -> None:
    connection.execute(update(nodes).where(nodes.c.id == by_name(connection, name).id).values(tags=json.dumps(tags)))


def seen(connection: Connection, sightings: dict[int, tuple[int, str]]) -> None:
    """Record node id -> (last seen, peer) for many nodes at once."""
    rows = [{"node": node, "at": at, "peer": peer} for node, (at, peer) in sightings.items()]
    change = update(nodes).where(nodes.c.id == bindparam("node"))
    connection.execute(change.values(last_seen=bindparam("at"), last_peer=bindparam("peer")), rows)


def _free_name(connection: Connection, name: str) -> str:
    if connection.execute(select(nodes.c.id).where(nodes.c.name == name)).first() is None:
        return name
    taken = set(connection.execute(select(nodes.c.name).where(nodes.c.name.like(f"{name}%"))).scalars())
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    return candidate


def _row(row: Row[Any]) -> NodeRow:
    return NodeRow(
        row.id,
        row.name,
        row.kind,
        row.state,
        row.identity,
        json.loads(row.tags),
        row.first_seen,
        row.last_seen,
        row.last_peer,
    )
