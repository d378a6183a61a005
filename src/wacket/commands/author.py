"""Whether whoever asked for something may still ask for it, now that it is to be done.

Rights are looked up as they are today: a person may have been disabled, a role changed, a token revoked meanwhile.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from wacket.errors import NotFound
from wacket.ledger import people
from wacket.ledger.tables import class_members, tokens

RIGHT = "operate"


class Author(NamedTuple):
    """Who asked, as the audit log names them, and when; `token` is the id of the token that was shown, or 0.
    `user:NAME` is somebody of a class who asked their own hardware.
    """

    actor: str
    at: int
    token: int = 0
    node: int = 0  # for who may ask their own node only


def why_not(connection: Connection, author: Author, now: int) -> str:
    """Why the author may not ask for anything any more; "" if they may."""
    kind, _, name = author.actor.partition(":")
    if kind == "owner":
        return ""
    if kind == "person":
        return _person(connection, name, author.at)
    if kind == "user":
        return _student(connection, author, name)
    return _token(connection, author.token, name, now)


def _person(connection: Connection, name: str, asked: int) -> str:
    try:
        person = people.by_name(connection, name)
    except NotFound:
        return f"{name}, who asked for it, has no account any more"
    if person.created > asked:
        return f"{name}, who asked for it, has no account any more; another has the name now"
    if person.disabled:
        return f"the account of {name}, who asked for it, is disabled"
    return "" if RIGHT in person.rights else f"{name}, who asked for it, may not {RIGHT} any more"


def _student(connection: Connection, author: Author, name: str) -> str:
    """Of a class, with their own hardware: they need no right, but an account and that hardware."""
    person = people.credentials(connection, name)
    if person is None or person[0].created > author.at or person[0].disabled:
        return f"{name}, who asked for it, has no account any more, or may not use it"
    mine = class_members.c.user == name, class_members.c.node == author.node
    theirs = connection.execute(select(class_members.c.user).where(*mine)).first()
    return "" if theirs else f"the node is no longer the hardware of {name}, who asked for it"


def _token(connection: Connection, token: int, name: str, now: int) -> str:
    row = connection.execute(select(tokens).where(tokens.c.id == token)).first()
    if row is None or row.name != name:
        return f"the token {name}, which asked for it, is unknown"
    if row.revoked is not None:
        return f"the token {name}, which asked for it, was revoked"
    if row.expires is not None and row.expires <= now:
        return f"the token {name}, which asked for it, has expired"
    may = {RIGHT, "admin"} & set(row.scopes.split(","))
    return "" if may else f"the token {name}, which asked for it, may not {RIGHT}"
