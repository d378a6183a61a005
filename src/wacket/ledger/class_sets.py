"""Classes (named sets of people, each with their hardware) and the rounds that were asked of them.

Plain functions on a connection. Where each person's hardware stands is in classes.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, ScalarSelect, Select, delete, func, insert, select, true
from sqlalchemy.dialects.sqlite import insert as upsert

from wacket.errors import BadRequest, NotFound
from wacket.ledger.classes import LONG, SHOWN, ClassRow
from wacket.ledger.tables import class_history, class_members, class_rounds, class_users, classes, nodes

MOST_CLASSES = 1000
MOST_MEMBERS = 1000  # of one class


class ClassSet(NamedTuple):
    """A class and the number of its people. `created` in microseconds since 1970 UTC."""

    id: int
    name: str
    created: int
    created_by: str
    members: int


class Place(NamedTuple):
    """What somebody has in a class: the node whose agent is their hardware (None: a worker that polls), and their seat
    (None: as it was)."""

    node: int | None = None
    seat: str | None = None


class Member(NamedTuple):
    """One of a class. `node` is the one whose agent is their hardware (None: a worker that polls), `moves` how many
    transitions their history has.
    """

    user: str
    node: int | None
    node_name: str
    seat: str
    moves: int
    status: ClassRow | None  # None: never did anything


class Round(NamedTuple):
    """What was asked at once of a class, or of one person. `timeout` in seconds, `at` in microseconds."""

    id: int
    at: int
    actor: str
    about: str
    program: str
    timeout: int
    check_text: str


def create(connection: Connection, name: str, actor: str, now: int) -> ClassSet:
    """Raises BadRequest where there is one of this name, or there are too many."""
    if connection.execute(select(classes.c.id).where(classes.c.name == name)).first():
        raise BadRequest(f"there is a class {name!r} already", "name")
    if connection.execute(select(func.count()).select_from(classes)).scalar_one() >= MOST_CLASSES:
        raise BadRequest(f"there are {MOST_CLASSES} classes already; remove one", "name")
    connection.execute(insert(classes).values(name=name, created=now, created_by=actor))
    return find(connection, name)


def find(connection: Connection, name: str) -> ClassSet:
    """Raises NotFound."""
    row = connection.execute(_sets().where(classes.c.name == name)).first()
    if row is None:
        raise NotFound(f"there is no class {name[:80]!r}")
    return ClassSet(*row)


def all_sets(connection: Connection) -> list[ClassSet]:
    return [ClassSet(*row) for row in connection.execute(_sets().order_by(classes.c.name))]


def remove(connection: Connection, name: str) -> None:
    """Its people and what they did stay. Raises NotFound."""
    found = find(connection, name)
    connection.execute(delete(class_members).where(class_members.c["class"] == found.id))
    connection.execute(delete(classes).where(classes.c.id == found.id))


def put(connection: Connection, name: str, members: Mapping[str, Place]) -> None:
    """Take people into a class, or give them other hardware. Raises NotFound, and BadRequest where it is too large."""
    found = find(connection, name)
    seated = {user: one for user, one in members.items() if one.seat is not None}
    _put(connection, found.id, ("node", "seat"), seated)
    _put(connection, found.id, ("node",), {user: one for user, one in members.items() if user not in seated})
    if find(connection, name).members > MOST_MEMBERS:
        raise BadRequest(f"a class has at most {MOST_MEMBERS} people", "members")
    require_own_nodes(connection, found.id)


def _put(connection: Connection, number: int, columns: Sequence[str], members: Mapping[str, Place]) -> None:
    if not members:
        return
    rows = [{"class": number, "user": user, "node": one.node, "seat": one.seat or ""} for user, one in members.items()]
    adding = upsert(class_members)
    changed = {column: adding.excluded[column] for column in columns}
    connection.execute(adding.on_conflict_do_update(index_elements=["class", "user"], set_=changed), rows)


def drop(connection: Connection, name: str, users: Iterable[str]) -> int:
    """Take people out of a class; how many there were. Raises NotFound."""
    chosen = (class_members.c["class"] == find(connection, name).id) & class_members.c.user.in_(list(users))
    return connection.execute(delete(class_members).where(chosen)).rowcount


def members(
    connection: Connection,
    name: str,
    user: str | None = None,
    whole: bool = False,
    after: str = "",
    limit: int | None = None,
) -> list[Member]:
    """The people of a class by name, those after `after`, or just the one. Of long texts the beginning unless `whole`.

    Raises NotFound.
    """
    found = find(connection, name)
    columns = [
        func.substr(column, 1, SHOWN).label(column.name) if column.name in LONG and not whole else column
        for column in (class_users.c[name] for name in ClassRow._fields)
    ]
    query = (
        select(class_members.c.user, class_members.c.node, nodes.c.name, class_members.c.seat, _moves(), *columns)
        .select_from(
            class_members.outerjoin(class_users, class_users.c.user == class_members.c.user).outerjoin(
                nodes, nodes.c.id == class_members.c.node
            )
        )
        .where(class_members.c["class"] == found.id, class_members.c.user > after)
        .order_by(class_members.c.user)
        .limit(limit)
    )
    if user is not None:
        query = query.where(class_members.c.user == user)
    return [
        Member(row[0], row[1], row[2] or "", row[3], row[4], ClassRow(*row[5:]) if row[5] is not None else None)
        for row in connection.execute(query)
    ]


def of_user(connection: Connection, user: str) -> list[str]:
    """The classes that somebody is in, by name."""
    joined = select(classes.c.name).join(class_members, class_members.c["class"] == classes.c.id)
    return list(connection.execute(joined.where(class_members.c.user == user).order_by(classes.c.name)).scalars())


def moves_of(connection: Connection, user: str) -> int:
    """How many transitions their history has."""
    count = select(func.count()).select_from(class_history).where(class_history.c.user == user)
    return int(connection.execute(count).scalar_one())


def node_of(connection: Connection, user: str) -> int | None:
    """The node that is a person's hardware in some class, if there is one."""
    query = select(class_members.c.node).where(class_members.c.user == user, class_members.c.node.is_not(None))
    return connection.execute(query.limit(1)).scalar()


def knows(connection: Connection, user: str) -> bool:
    """Whether somebody of this name is in a class, or has hardware that spoke for them."""
    member = select(class_members.c.user).where(class_members.c.user == user)
    return (
        connection.execute(member.union(select(class_users.c.user).where(class_users.c.user == user))).first()
        is not None
    )


def add_round(connection: Connection, made: Round) -> Round:
    """Write it down and give it its number."""
    values = made._asdict()
    del values["id"]
    key = connection.execute(insert(class_rounds).values(values)).inserted_primary_key
    return made._replace(id=int(key[0]))  # type: ignore[index]


def round_of(connection: Connection, number: int) -> Round | None:
    row = connection.execute(select(class_rounds).where(class_rounds.c.id == number)).first()
    return Round(*row) if row else None


def require_own_nodes(connection: Connection, number: int | None = None) -> None:
    """Two people of a class at one node would wait for each other's programs, and could read each other's files. Raises
    BadRequest where that is so, in this class or in any.
    """
    query = (
        select(nodes.c.name)
        .join(class_members, class_members.c.node == nodes.c.id)
        .where(true() if number is None else class_members.c["class"] == number)
        .group_by(class_members.c["class"], nodes.c.id)
        .having(func.count() > 1)
    )
    if shared := connection.execute(query.limit(1)).scalar():
        raise BadRequest(f"the node {shared!r} would be two people's", "members")


def _moves() -> ScalarSelect[int]:
    return select(func.count()).where(class_history.c.user == class_members.c.user).scalar_subquery()


def _sets() -> Select[Any]:
    count = select(func.count()).where(class_members.c["class"] == classes.c.id).scalar_subquery()
    return select(classes.c.id, classes.c.name, classes.c.created, classes.c.created_by, count)
