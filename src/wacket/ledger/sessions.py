"""Sessions of people who signed in: the browser holds the secret, the ledger its hash. Plain functions.

Does not know cookies; api/access.py does.
"""

from __future__ import annotations

import base64

from sqlalchemy import Connection, delete, insert, select

from wacket.ledger.people import Person
from wacket.ledger.tables import people, sessions, setup_links
from wacket.ledger.tokens import hash_of

LIFETIME = 14 * 86_400_000_000  # µs


def begin(connection: Connection, person: Person, random: bytes, now: int, peer: str) -> str:
    """The secret of a new session, made of 32 or more `random` bytes. Also forgets what has expired."""
    secret = base64.urlsafe_b64encode(random).rstrip(b"=").decode()
    connection.execute(delete(sessions).where(sessions.c.expires <= now))
    connection.execute(
        insert(sessions).values(
            hash=hash_of(secret), person=person.id, created=now, expires=now + LIFETIME, peer=peer[:64]
        )
    )
    return secret


def person_of(connection: Connection, secret: str, now: int) -> Person | None:
    """Whose session this is, as the account is now; None if it is over or the person is disabled."""
    row = connection.execute(
        select(people)
        .join(sessions, sessions.c.person == people.c.id)
        .where(sessions.c.hash == hash_of(secret), sessions.c.expires > now, people.c.disabled.is_(False))
    ).first()
    return Person(row.id, row.name, row.role, row.created, row.disabled) if row else None


def end(connection: Connection, secret: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.hash == hash_of(secret)))


def end_all(connection: Connection, person: Person, but: str | None = None) -> None:
    """End every session of a person, except the one with the secret `but`, and links that would begin another."""
    connection.execute(delete(setup_links).where(setup_links.c.person == person.id, setup_links.c.used.is_(None)))
    wanted = delete(sessions).where(sessions.c.person == person.id)
    if but is not None:
        wanted = wanted.where(sessions.c.hash != hash_of(but))
    connection.execute(wanted)
