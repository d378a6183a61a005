"""People with an account, and what their role lets them do. Plain functions on a connection.

Passwords come in as PHC strings (passwords.py makes them, off the event loop) and never leave but through
`credentials`.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wacket.errors import BadRequest, NotFound
from wacket.ledger.tables import people, views

# "own" is what everybody has who has signed in: to see and change what is one's own.
RIGHTS = frozenset({"own", "ingest", "read", "operate", "admin"})
ROLES: dict[str, frozenset[str]] = {
    "admin": RIGHTS,
    "operator": frozenset({"own", "read", "operate"}),
    "viewer": frozenset({"own", "read"}),
    "student": frozenset({"own"}),
}
NAME = re.compile(r"\w[\w.@+' -]{0,62}")


class Person(NamedTuple):
    """One account. `created` is in µs since 1970; a disabled person cannot sign in and has no sessions."""

    id: int
    name: str
    role: str
    created: int
    disabled: bool

    @property
    def rights(self) -> frozenset[str]:
        return ROLES.get(self.role, frozenset())


def all_people(connection: Connection) -> list[Person]:
    return [_person(row) for row in connection.execute(select(people).order_by(people.c.name))]


def anybody(connection: Connection) -> bool:
    """Whether there is any account at all."""
    return connection.execute(select(people.c.id).limit(1)).first() is not None


def by_name(connection: Connection, name: str) -> Person:
    """Raises NotFound."""
    found = credentials(connection, name)
    if found is None:
        raise NotFound(f"nobody here is named {name[:80]!r}")
    return found[0]


def credentials(connection: Connection, name: str) -> tuple[Person, str] | None:
    """The person and the PHC string of the password."""
    row = connection.execute(select(people).where(people.c.name == name)).first()
    return (_person(row), row.password) if row else None


def create(connection: Connection, name: str, role: str, password: str, now: int) -> Person:
    """Raises BadRequest if the name is taken or unfit, or the role unknown."""
    if not NAME.fullmatch(name):
        raise BadRequest("a name is 1 to 63 letters, digits, spaces and . _ @ + ' - , and begins with a letter", "name")
    try:
        connection.execute(
            insert(people).values(name=name, role=_role(role), password=password, created=now, disabled=False)
        )
    except IntegrityError:
        raise BadRequest(f"somebody is named {name!r} already", "name") from None
    return by_name(connection, name)


def change(
    connection: Connection,
    name: str,
    role: str | None = None,
    password: str | None = None,
    disabled: bool | None = None,
) -> Person:
    """Change what is not None. A new password or `disabled` should also end the sessions (sessions.py)."""
    person = by_name(connection, name)
    values: dict[str, Any] = {
        "role": _role(role) if role else None,
        "password": password,
        "disabled": disabled,
    }
    values = {column: value for column, value in values.items() if value is not None}
    if values:
        connection.execute(update(people).where(people.c.id == person.id).values(values))
    return by_name(connection, name)


def remove(connection: Connection, name: str) -> None:
    """Sessions, preferences and what nobody else may see go with the account; what the person did stays in the
    audit log. Raises NotFound.
    """
    person = by_name(connection, name)
    connection.execute(delete(views).where(views.c.person == person.id, views.c.shared.is_(False)))
    connection.execute(delete(people).where(people.c.id == person.id))


def _role(role: str) -> str:
    if role not in ROLES:
        raise BadRequest(f"{role[:80]!r} is not a role; known: {', '.join(ROLES)}", "role")
    return role


def _person(row: Row[Any]) -> Person:
    return Person(row.id, row.name, row.role, row.created, row.disabled)
