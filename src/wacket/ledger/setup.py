"""One-time codes that let the owner of the hub make an admin: hashed, short-lived, used once. Plain
functions.

A code is 40 random bits in Crockford's base 32 (no I, L, O, U), shown as 7KQ2-M9XF. That is enough only
because guessing is slowed down (api/setup.py) and a code lives 15 minutes.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from wacket.errors import NotFound
from wacket.ledger.tables import setup_links
from wacket.ledger.tokens import hash_of

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES = 5
LIFETIME = 15 * 60_000_000  # µs
KEPT = 86_400_000_000  # µs a spent code is remembered, so that its second use can be told from a wrong one
ANOTHER = "run `wacket setup-link` on the hub's machine to print a new one"


class Link(NamedTuple):
    """The code as people type it, and until when it holds (µs since 1970)."""

    code: str
    expires: int


def issue(connection: Connection, random: bytes, now: int) -> Link:
    """Make a code out of RANDOM_BYTES random bytes. Earlier ones stay good until used or expired."""
    number = int.from_bytes(random[:RANDOM_BYTES], "big")
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    link = Link(f"{letters[:4]}-{letters[4:]}", now + LIFETIME)
    connection.execute(delete(setup_links).where(setup_links.c.expires <= now - KEPT))
    connection.execute(
        insert(setup_links)
        .prefix_with("or replace")
        .values(hash=hash_of(tidy(link.code)), created=now, expires=link.expires)
    )
    return link


def check(connection: Connection, code: str, now: int) -> None:
    """Raises NotFound, saying whether the code was used, has expired or never was, and how to get another."""
    row = connection.execute(select(setup_links).where(setup_links.c.hash == hash_of(tidy(code)))).first()
    if row is None:
        raise NotFound(f"this set-up link is not known here: {ANOTHER}")
    if row.used is not None:
        raise NotFound(f"this set-up link has been used already; a link works once: {ANOTHER}")
    if row.expires <= now:
        raise NotFound(f"this set-up link has expired; a link works for 15 minutes: {ANOTHER}")


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
        raise NotFound(f"this set-up link is not known here: {ANOTHER}")


def tidy(code: str) -> str:
    """What was meant by what was typed: case, dashes, spaces and letters like digits do not matter."""
    plain = code[:64].upper().replace("-", "").replace(" ", "")
    return plain.replace("O", "0").replace("I", "1").replace("L", "1")
