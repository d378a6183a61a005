"""Makes two nodes one: what the ledger has of one becomes the other's. A function on a connection.

Rows of the history keep the id that they were written with; `merged` says whose they are. Why two nodes may not be
merged while something is going on is for the caller to know, but for what only the ledger knows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from wacket.errors import BadRequest
from wacket.ledger import agents as agent_rows
from wacket.ledger import class_sets
from wacket.ledger import nodes as node_rows
from wacket.ledger import series as series_rows
from wacket.ledger.nodes import NodeRow
from wacket.ledger.series import SeriesRow
from wacket.ledger.tables import agents, class_members, class_users, commands, gaps, merged_nodes, nodes, notes, series

Labels = tuple[tuple[str, str], ...]
LABEL = "merged"  # of a series that both had: the name of the node that is gone
THEIRS = (gaps, class_members, class_users, notes)


class Alias(NamedTuple):
    """A node that was merged into another, and the name that it had."""

    node: int
    into: int
    name: str


class Merged(NamedTuple):
    """Both nodes as they are now, and the series that have come over."""

    gone: NodeRow
    into: NodeRow
    series: list[SeriesRow]
    alias: Alias


def merged(connection: Connection) -> list[Alias]:
    """Every node that was merged, in the order in which they were."""
    rows = connection.execute(select(merged_nodes).order_by(merged_nodes.c.at, merged_nodes.c.node))
    return [Alias(row.node, row.into_node, row.name) for row in rows]


def merge(connection: Connection, gone: NodeRow, into: NodeRow, now: int) -> Merged:
    """Raises BadRequest while commands are open on the one that goes."""
    _require_nothing_open(connection, gone)
    for table in THEIRS:
        connection.execute(update(table).where(table.c.node == gone.id).values(node=into.id))
    class_sets.require_own_nodes(connection)
    moved = _move_series(connection, gone, into)
    _move_agent(connection, gone, into)
    connection.execute(update(merged_nodes).where(merged_nodes.c.into_node == gone.id).values(into_node=into.id))
    connection.execute(insert(merged_nodes).values(node=gone.id, into_node=into.id, name=gone.name, at=now))
    left = {
        "name": f"{gone.name}~{gone.id}",
        "state": "retired",
    }  # nobody can give such a name, and the old one is free
    connection.execute(update(nodes).where(nodes.c.id == gone.id).values(left))
    kept = {"state": "adopted", "first_seen": min(gone.first_seen, into.first_seen)}
    if gone.last_seen > into.last_seen:
        kept |= {"last_seen": gone.last_seen, "last_peer": gone.last_peer}
    connection.execute(update(nodes).where(nodes.c.id == into.id).values(kept))
    after = {row.id: row for row in node_rows.all_nodes(connection) if row.id in (gone.id, into.id)}
    return Merged(after[gone.id], after[into.id], moved, Alias(gone.id, into.id, gone.name))


def _require_nothing_open(connection: Connection, gone: NodeRow) -> None:
    open_ones = (commands.c.node == gone.id) & commands.c.ended.is_(None)
    if count := connection.execute(select(func.count()).select_from(commands).where(open_ones)).scalar_one():
        raise BadRequest(f"{count} commands of {gone.name!r} have not ended; cancel them, or wait until they have")


def _move_series(connection: Connection, gone: NodeRow, into: NodeRow) -> list[SeriesRow]:
    """Those that `into` has too come over under a label, so that their points stay apart."""
    there = series_rows.of_node(connection, into.id)
    taken = {(row.key.name, row.key.labels) for row in there}
    moved = []
    for row in series_rows.of_node(connection, gone.id):
        labels = _free(dict(row.key.labels), row.key.name, gone.name, taken)
        taken.add((row.key.name, labels))
        moved.append(row._replace(key=row.key._replace(node=into.id, labels=labels)))
    _write_keys(connection, moved)
    return moved


def _free(labels: Mapping[str, str], name: str, gone: str, taken: Collection[tuple[str, Labels]]) -> Labels:
    """The labels, or these with a word on where the series comes from, as nobody has them yet."""
    free, number = tuple(labels.items()), 1
    while (name, free) in taken:
        word = gone if number == 1 else f"{gone} {number}"
        free, number = tuple(sorted({**labels, LABEL: word}.items())), number + 1
    return free


def _write_keys(connection: Connection, rows: Iterable[SeriesRow]) -> None:
    for row in rows:
        values = {"node": row.key.node, "labels": json.dumps(dict(row.key.labels))}
        connection.execute(update(series).where(series.c.id == row.id).values(values))


def _move_agent(connection: Connection, gone: NodeRow, into: NodeRow) -> None:
    """The machine goes on with the key that it has: as `into` from now on."""
    agent = agent_rows.of_node(connection, gone.id)
    if agent is None:
        return
    connection.execute(delete(agents).where(agents.c.node.in_([gone.id, into.id])))
    if into.identity.startswith("key:"):  # of a key that is worth nothing any more
        connection.execute(update(nodes).where(nodes.c.id == gone.id).values(identity=f"merged:{gone.id}"))
        connection.execute(update(nodes).where(nodes.c.id == into.id).values(identity=gone.identity))
    agent_rows.add(connection, agent._replace(node=into.id, why=""))
