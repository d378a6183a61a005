"""Programs that people keep, to run them again. Plain functions on a connection.

To run one is a job like any other, which is not known here.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from wacket.errors import BadRequest, NotFound
from wacket.ledger.tables import programs

MOST = 1000
LONGEST_NAME, LONGEST_TEXT = 100, 256 * 1024  # characters
Language = Literal["python", "sh"]


class Program(NamedTuple):
    """`author` is who changed it last; `changed` is in µs since 1970."""

    id: int
    name: str
    language: str
    text: str
    author: str
    changed: int


class Wanted(NamedTuple):
    """What a program is to be."""

    name: str
    language: Language
    text: str


def find(connection: Connection, text: str = "") -> list[Program]:
    """Those with this in their name or text, in any case, by name."""
    wanted = select(programs).order_by(programs.c.name)
    if text:
        columns = (programs.c.name, programs.c.text)
        wanted = wanted.where(columns[0].icontains(text, autoescape=True) | columns[1].icontains(text, autoescape=True))
    return [Program(*row) for row in connection.execute(wanted)]


def by_id(connection: Connection, number: int) -> Program:
    """Raises NotFound."""
    row = connection.execute(select(programs).where(programs.c.id == number)).first()
    if row is None:
        raise NotFound(f"there is no program {number}; see /api/v1/programs")
    return Program(*row)


def create(connection: Connection, wanted: Wanted, author: str, now: int) -> Program:
    """Raises BadRequest naming the field."""
    _require_fit(connection, wanted)
    if (connection.execute(select(func.count()).select_from(programs)).scalar() or 0) >= MOST:
        raise BadRequest(f"{MOST} programs are kept already; delete some", "name")
    key = connection.execute(
        insert(programs).values(**wanted._asdict(), author=author, changed=now)
    ).inserted_primary_key
    return by_id(connection, int(key[0]))  # type: ignore[index]


def replace(connection: Connection, number: int, wanted: Wanted, author: str, now: int) -> Program:
    """Raises NotFound, and BadRequest naming the field."""
    by_id(connection, number)
    _require_fit(connection, wanted, number)
    connection.execute(
        update(programs).where(programs.c.id == number).values(**wanted._asdict(), author=author, changed=now)
    )
    return by_id(connection, number)


def remove(connection: Connection, number: int) -> None:
    """Raises NotFound."""
    by_id(connection, number)
    connection.execute(delete(programs).where(programs.c.id == number))


def _require_fit(connection: Connection, wanted: Wanted, but: int = 0) -> None:
    if not wanted.name.strip() or not wanted.name.isprintable() or len(wanted.name) > LONGEST_NAME:
        raise BadRequest(f"a name has 1 to {LONGEST_NAME} characters that can be printed", "name")
    if not wanted.text.strip() or len(wanted.text) > LONGEST_TEXT or "\0" in wanted.text:
        raise BadRequest(f"a program has 1 to {LONGEST_TEXT} characters, and no NUL", "text")
    if not wanted.text.isascii() and wanted.text.encode("utf-8", "replace").decode() != wanted.text:
        raise BadRequest("the program holds half a character; save it as UTF-8", "text")
    same = select(programs.c.id).where(programs.c.name == wanted.name, programs.c.id != but)
    if connection.execute(same).first():
        raise BadRequest(f"a program is named {wanted.name!r} already; change that one, or choose another name", "name")
