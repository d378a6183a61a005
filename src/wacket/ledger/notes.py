"""Notes that people write on the time axis. Plain functions on a connection; who may, the API decides.

A note is of a moment or a span, of the whole place or one node, and may name the series that it is about by a glob,
which is only kept here: whoever draws a chart matches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from wacket.errors import BadRequest, NotFound
from wacket.ledger.tables import nodes, notes

MOST = 100_000  # in all; far more than people write
LONGEST = 500  # characters
LONGEST_MATCH = 256


class Note(NamedTuple):
    """`node` is a name, None where it is of the whole place. Times are µs since 1970."""

    id: int
    at: int
    until: int | None
    text: str
    node: str | None
    match: str
    author: str
    created: int


def between(
    connection: Connection, since: int, until: int, node: int | None = None, limit: int = 1000
) -> tuple[list[Note], bool]:
    """(the newest `limit` notes that touch the range, oldest first; whether there are more).

    With `node` those of this node and those of the whole place.
    """
    wanted = _all().where(notes.c.at < until, func.coalesce(notes.c.until, notes.c.at) >= since)
    if node is not None:
        wanted = wanted.where(or_(notes.c.node.is_(None), notes.c.node == node))
    rows = connection.execute(wanted.order_by(notes.c.at.desc(), notes.c.id.desc()).limit(limit + 1)).all()
    return [Note(*row) for row in rows[:limit]][::-1], len(rows) > limit


def by_id(connection: Connection, number: int) -> Note:
    """Raises NotFound."""
    row = connection.execute(_all().where(notes.c.id == number)).first()
    if row is None:
        raise NotFound(f"there is no note {number}; somebody may have deleted it")
    return Note(*row)


def create(connection: Connection, values: Mapping[str, Any], author: str, now: int) -> Note:
    """`values` are at, until, text, node (its number) and match. Raises BadRequest naming the field."""
    if connection.execute(select(func.count()).select_from(notes)).scalar_one() >= MOST:
        raise BadRequest(f"there are {MOST:,} notes already; delete some that nobody needs any more")
    key = connection.execute(insert(notes).values(**values, author=author, created=now)).inserted_primary_key
    made = by_id(connection, int(key[0]))  # type: ignore[index]
    require_fit(made)
    return made


def change(connection: Connection, number: int, values: Mapping[str, Any]) -> Note:
    """Change what `values` names; author and time of writing stay. Raises NotFound, and BadRequest naming the field."""
    by_id(connection, number)
    if values:
        connection.execute(update(notes).where(notes.c.id == number).values(**values))
    changed = by_id(connection, number)
    require_fit(changed)
    return changed


def remove(connection: Connection, number: int) -> None:
    """Raises NotFound."""
    by_id(connection, number)
    connection.execute(delete(notes).where(notes.c.id == number))


def require_fit(note: Note) -> None:
    """Raises BadRequest; the transaction that made the note then leaves nothing."""
    if not note.text.strip() or len(note.text) > LONGEST:
        raise BadRequest(f"a note has 1 to {LONGEST} characters, not only spaces", "text")
    if len(note.match) > LONGEST_MATCH or not note.match.isprintable():
        raise BadRequest(f"match is a glob over NODE/NAME of up to {LONGEST_MATCH} characters, or empty", "match")
    if note.until is not None and note.until < note.at:
        raise BadRequest("a note cannot end before it begins", "until")


def _all() -> Select[Any]:
    columns = (getattr(notes.c, name) for name in Note._fields if name != "node")
    first, *rest = columns
    return select(first, *rest[:3], nodes.c.name, *rest[3:]).join(nodes, nodes.c.id == notes.c.node, isouter=True)
