"""API tokens: made, checked on every request, revoked. All live ones are in memory, by hash.

`check` is cheap enough for every frame that shows a token. A secret is returned once, by `create`, and is
kept nowhere. What a scope allows is decided by whoever asks (api/access.py, intake/admission.py).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from wacket.errors import BadRequest, NotFound
from wacket.ledger.store import Ledger
from wacket.ledger.tables import tokens

SCOPES = ("ingest", "read", "operate", "admin")
PREFIX = "wkt_"
LONGEST = 36_500 * 86_400_000_000  # µs; much later times are none that a calendar can show
Also = Callable[[Connection, "Token"], None]  # done in the transaction of the change itself: the audit row


class Token(NamedTuple):
    """What is known of a token. Times are µs since 1970, None is never; `node` is the only one it may be."""

    id: int
    name: str
    scopes: frozenset[str]
    node: str
    created: int
    expires: int | None
    revoked: int | None
    last_used: int | None
    created_by: str


class Tokens:
    """Every change is on disk before it holds, and holds at once: a revoked token fails its next check."""

    def __init__(
        self, ledger: Ledger, clock: Callable[[], int], random: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._ledger, self._clock, self._random = ledger, clock, random
        self._live: dict[str, Token] = {}
        self._alive: dict[int, Token] = {}
        self._used: dict[int, int] = {}
        for row in ledger.read(lambda c: c.execute(select(tokens).where(tokens.c.revoked.is_(None))).all()):
            self._remember(row.hash, _token(row))

    def check(self, secret: str) -> Token | None:
        """The token with this secret, or None if there is none, or it is revoked or has expired."""
        token = self._live.get(hash_of(secret))
        if token is None or not self.is_live(token.id):
            return None
        self._used[token.id] = self._clock()
        return token

    def is_live(self, token_id: int) -> bool:
        """Whether a token that was checked earlier still holds: for connections that last."""
        token = self._alive.get(token_id)
        return token is not None and (token.expires is None or token.expires > self._clock())

    async def create(
        self,
        name: str,
        scopes: Collection[str],
        *,
        node: str = "",
        expires: int | None = None,
        created_by: str = "",
        also: Also | None = None,
    ) -> tuple[Token, str]:
        """A new token and its secret, which is shown this once. Raises BadRequest naming the field."""
        now = self._clock()
        _validate(name, scopes, expires, now)
        secret = PREFIX + base64.urlsafe_b64encode(self._random(32)).rstrip(b"=").decode()
        values: dict[str, Any] = {
            "name": name,
            "hash": hash_of(secret),
            "scopes": ",".join(sorted(set(scopes))),
        }
        values |= {"node": node, "created": now, "expires": expires, "created_by": created_by}

        def work(connection: Connection) -> Token:
            key = connection.execute(insert(tokens).values(values)).inserted_primary_key
            token = _token(connection.execute(select(tokens).where(tokens.c.id == key[0])).one())  # type: ignore[index]
            if also is not None:
                also(connection, token)
            return token

        token = await self._ledger.write(work)
        self._remember(values["hash"], token)
        return token, secret

    async def revoke(self, token_id: int, also: Also | None = None) -> Token:
        """From now on the token is worth nothing. Raises NotFound if there is none that still holds."""
        now = self._clock()

        def work(connection: Connection) -> Row[Any]:
            row = connection.execute(
                update(tokens)
                .where(tokens.c.id == token_id, tokens.c.revoked.is_(None))
                .values(revoked=now)
                .returning(tokens)
            ).first()
            if row is None:
                raise NotFound(f"no token {token_id} that still holds; `wacket token ls` shows them")
            if also is not None:
                also(connection, _token(row))
            return row

        row = await self._ledger.write(work)
        self._live.pop(row.hash, None)
        self._alive.pop(row.id, None)
        return _token(row)

    def list(self) -> list[Token]:
        """All tokens that ever were, newest first, the revoked ones too."""
        rows = self._ledger.read(lambda c: c.execute(select(tokens).order_by(tokens.c.id.desc())).all())
        return [_token(row, self._used.get(row.id)) for row in rows]

    async def flush(self) -> None:
        """Write down when tokens were last used; cheap if none was. For the hub to call now and then."""
        if not self._used:
            return
        written = dict(self._used)
        rows = [{"token": token, "at": at} for token, at in written.items()]
        change = update(tokens).where(tokens.c.id == bindparam("token")).values(last_used=bindparam("at"))
        await self._ledger.write(lambda connection: connection.execute(change, rows))
        self._used = {token: at for token, at in self._used.items() if written.get(token) != at}

    def _remember(self, secret_hash: str, token: Token) -> None:
        self._live[secret_hash] = token
        self._alive[token.id] = token


def hash_of(secret: str) -> str:
    """Secrets are 256 random bits, so a plain SHA-256 keeps them: there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _validate(name: str, scopes: Collection[str], expires: int | None, now: int) -> None:
    # A sender that names no node becomes one with its token's name, and "/" parts node and series in globs.
    if not name.strip() or len(name) > 63 or not name.isprintable() or "/" in name:
        raise BadRequest("a token needs a name of 1 to 63 printable characters without /, for example rig-3", "name")
    wrong = sorted(set(scopes) - set(SCOPES))
    if wrong or not scopes:
        raise BadRequest(f"a token needs at least one scope of: {', '.join(SCOPES)}", "scopes")
    if expires is not None and expires <= now:
        raise BadRequest("a token cannot expire in the past", "expires")
    if expires is not None and expires > now + LONGEST:
        raise BadRequest("a token cannot hold longer than 36,500 days; one without `expires` holds for ever", "expires")


def _token(row: Row[Any], used: int | None = None) -> Token:
    return Token(
        row.id,
        row.name,
        frozenset(row.scopes.split(",")),
        row.node,
        row.created,
        row.expires,
        row.revoked,
        used or row.last_used,
        row.created_by,
    )
