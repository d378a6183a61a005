"""Saved views: addresses of the page that somebody gave a name. Plain functions on a connection.

One is its maker's alone, or shared with all who may read. Does not know what the addresses mean.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from wacket.errors import BadRequest, NotFound
from wacket.ledger.tables import people, views

MOST_OWN, MOST_SHARED = 200, 1000
LONGEST_NAME, LONGEST_SEARCH = 100, 8192
PAGE = re.compile(r"[a-z][a-z0-9-]{0,31}")


class Wanted(NamedTuple):
    """What a view is to be. `search` is the query of the page's address, without the question mark."""

    name: str
    page: str
    search: str
    shared: bool


class View(NamedTuple):
    """`person` is the name of whose it is, None where a program made it; `changed` is in µs since 1970."""

    id: int
    name: str
    page: str
    search: str
    shared: bool
    person: str | None
    author: str
    changed: int


def seen_by(connection: Connection, person: str | None) -> list[View]:
    """The shared ones and this person's own, by name."""
    return [View(*row) for row in connection.execute(_all().where(_seen_by(person)).order_by(views.c.name, views.c.id))]


def by_id(connection: Connection, number: int, person: str | None) -> View:
    """One that this person sees. Raises NotFound."""
    row = connection.execute(_all().where(views.c.id == number, _seen_by(person))).first()
    if row is None:
        raise NotFound(f"there is no view {number}, or it is somebody else's own")
    return View(*row)


def create(connection: Connection, wanted: Wanted, person: str | None, author: str, now: int) -> View:
    """Raises BadRequest naming the field."""
    require_fit(wanted)
    _require_owner(wanted.shared, person)
    _require_room(connection, wanted.shared, person)
    owner = select(people.c.id).where(people.c.name == person).scalar_subquery()
    values: dict[str, Any] = {**wanted._asdict(), "person": owner, "author": author, "changed": now}
    key = connection.execute(insert(views).values(values)).inserted_primary_key
    return by_id(connection, int(key[0]), person)  # type: ignore[index]


def replace(connection: Connection, number: int, wanted: Wanted, person: str | None, now: int) -> View:
    """Raises NotFound, and BadRequest naming the field."""
    require_fit(wanted)
    _require_owner(wanted.shared, person)
    known = by_id(connection, number, person)
    if known.shared != wanted.shared:
        if known.person != person:
            raise BadRequest("only whose view it is can take it back for themselves; make a copy of your own", "shared")
        _require_room(connection, wanted.shared, person)
    connection.execute(update(views).where(views.c.id == number).values(**wanted._asdict(), changed=now))
    return by_id(connection, number, person)


def remove(connection: Connection, number: int, person: str | None) -> None:
    """Raises NotFound."""
    by_id(connection, number, person)
    connection.execute(delete(views).where(views.c.id == number))


def require_fit(wanted: Wanted) -> None:
    if not wanted.name.strip() or len(wanted.name) > LONGEST_NAME or not wanted.name.isprintable():
        raise BadRequest(f"a view has a name of 1 to {LONGEST_NAME} printable characters", "name")
    if not PAGE.fullmatch(wanted.page):
        raise BadRequest("page is the name of a page, such as series, logs or fleet", "page")
    if len(wanted.search.encode()) > LONGEST_SEARCH or not wanted.search.isprintable():
        raise BadRequest(f"search is the query of the page's address, of up to {LONGEST_SEARCH} bytes", "search")


def _require_owner(shared: bool, person: str | None) -> None:
    if person is None and not shared:
        raise BadRequest("a view of one's own takes an account; a program can only make shared ones", "shared")


def _require_room(connection: Connection, shared: bool, person: str | None) -> None:
    counted = views.c.shared.is_(True) if shared else (views.c.shared.is_(False) & _owned_by(person))
    most = MOST_SHARED if shared else MOST_OWN
    if connection.execute(select(func.count()).select_from(views).where(counted)).scalar_one() >= most:
        whose = "shared views" if shared else "views of your own"
        raise BadRequest(f"there are {most} {whose} already; delete one that nobody needs any more")


def _seen_by(person: str | None) -> Any:
    return views.c.shared.is_(True) if person is None else or_(views.c.shared.is_(True), _owned_by(person))


def _owned_by(person: str | None) -> Any:
    return views.c.person == select(people.c.id).where(people.c.name == person).scalar_subquery()


def _all() -> Select[Any]:
    columns = (views.c.id, views.c.name, views.c.page, views.c.search, views.c.shared)
    whose = views.join(people, people.c.id == views.c.person, isouter=True)
    return select(*columns, people.c.name.label("whose"), views.c.author, views.c.changed).select_from(whose)
