"""One-time codes that let somebody in: as a new admin (set-up) or as a person who has an account (sign-in). Hashed,
short-lived, used once. Plain functions.

A code is 40 random bits in Crockford's base 32 (no I, L, O, U), shown as 7KQ2-M9XF. That is enough only because
guessing is slowed down (api/setup.py) and a code lives a few minutes; one that lives for days has 80.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from wacket.errors import NotFound
from wacket.ledger.people import Person
from wacket.ledger.tables import people, setup_links
from wacket.ledger.tokens import hash_of

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES = 5
LONG_RANDOM_BYTES = 10
MINUTE = 60_000_000  # µs
LIFETIME = 15 * MINUTE
SIGN_IN_LIFETIME = 5 * MINUTE  # whoever asks for one is about to open it
KEPT = 86_400_000_000  # µs a spent code is remembered, so that its second use can be told from a wrong one
ANOTHER = "run `wacket setup-link` on the hub's machine to print a new one"
ANOTHER_SIGN_IN = "run `wacket open` on the hub's machine to get a new one"
UNKNOWN = f"this link is not known here: {ANOTHER_SIGN_IN}"


class Link(NamedTuple):
    """The code as people type it, and until when it holds (µs since 1970)."""

    code: str
    expires: int


class Kept(NamedTuple):
    """What a code that works is good for: `person` signs in with it; None makes an admin."""

    person: Person | None
    expires: int


def issue(
    connection: Connection, random: bytes, now: int, person: Person | None = None, lifetime: int | None = None
) -> Link:
    """Make a code out of RANDOM_BYTES random bytes, or of LONG_RANDOM_BYTES if it has a `lifetime` (µs) of its own.
    Earlier ones stay good until used or expired.
    """
    size = RANDOM_BYTES if lifetime is None else LONG_RANDOM_BYTES
    number = int.from_bytes(random[:size], "big")
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(8 * size - 5, -1, -5))
    code = "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))
    link = Link(code, now + (lifetime or (SIGN_IN_LIFETIME if person else LIFETIME)))
    connection.execute(delete(setup_links).where(setup_links.c.expires <= now - KEPT))
    values = {"created": now, "expires": link.expires, "person": person.id if person else None}
    connection.execute(
        insert(setup_links).prefix_with("or replace").values(hash=hash_of(tidy(link.code)), used=None, **values)
    )
    return link


def check(connection: Connection, code: str, now: int) -> Kept:
    """Raises NotFound, saying whether the code was used, has expired or never was, and how to get another."""
    row = connection.execute(
        select(setup_links, people.c.name, people.c.role, people.c.created.label("since"), people.c.disabled)
        .outerjoin(people, people.c.id == setup_links.c.person)
        .where(setup_links.c.hash == hash_of(tidy(code)))
    ).first()
    if row is None:
        raise NotFound(UNKNOWN)
    kind, another = ("sign-in", ANOTHER_SIGN_IN) if row.person else ("set-up", ANOTHER)
    if row.used is not None:
        raise NotFound(f"this {kind} link has been used already; a link works once: {another}")
    if row.expires <= now:
        raise NotFound(f"this {kind} link has expired; it worked for {_span(row.expires - row.created)}: {another}")
    if row.person is None:
        return Kept(None, row.expires)
    if row.disabled:
        raise NotFound(f"{row.name} may not sign in at present; an admin can change that")
    return Kept(Person(row.person, row.name, row.role, row.since, row.disabled), row.expires)


def use(connection: Connection, code: str, now: int) -> None:
    """Spend the code. Of two at once, one gets it; the other gets NotFound, as from `check`."""
    spent = connection.execute(
        update(setup_links)
        .where(
            setup_links.c.hash == hash_of(tidy(code)),
            setup_links.c.used.is_(None),
            setup_links.c.expires > now,
        )
        .values(used=now)
    )
    if spent.rowcount != 1:
        check(connection, code, now)
        raise NotFound(UNKNOWN)


def _span(lasts: int) -> str:
    return f"{lasts // MINUTE} minutes" if lasts < 120 * MINUTE else f"{lasts // (60 * MINUTE)} hours"


def tidy(code: str) -> str:
    """What was meant by what was typed: case, dashes, spaces and letters like digits do not matter."""
    plain = code[:64].upper().replace("-", "").replace(" ", "")
    return plain.replace("O", "0").replace("I", "1").replace("L", "1")
