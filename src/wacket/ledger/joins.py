"""Join tokens in the ledger: plain functions on a connection. Of a secret only the SHA-256 is here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from wacket.errors import NotFound
from wacket.ledger.tables import join_tokens as joins


class JoinRow(NamedTuple):
    """With it machines join. `tags` are given to each; where `accept` is set they need nobody's acceptance."""

    id: int
    hash: str
    tags: dict[str, str]
    accept: bool
    uses: int
    used: int
    created: int
    expires: int
    revoked: int | None
    created_by: str

    def trouble(self, now: int) -> str:
        """Why nobody can join with it any more, or ""."""
        if self.revoked is not None:
            return "this join token was revoked"
        if self.expires <= now:
            return "this join token has expired"
        if self.used >= self.uses:
            return "this join token is used up" if self.uses > 1 else "this join token was used already"
        return ""


def create(connection: Connection, secret_hash: str, tags: Mapping[str, str], **more: Any) -> JoinRow:
    values = {"hash": secret_hash, "tags": json.dumps(tags), **more}
    return _row(connection.execute(insert(joins).values(values).returning(joins)).one())


def all_joins(connection: Connection) -> list[JoinRow]:
    """Newest first."""
    return [_row(row) for row in connection.execute(select(joins).order_by(joins.c.id.desc()))]


def by_id(connection: Connection, number: int) -> JoinRow | None:
    row = connection.execute(select(joins).where(joins.c.id == number)).first()
    return _row(row) if row is not None else None


def count_use(connection: Connection, number: int) -> None:
    connection.execute(update(joins).where(joins.c.id == number).values(used=joins.c.used + 1))


def revoke(connection: Connection, number: int, now: int) -> JoinRow:
    """Raises NotFound if there is none that still holds."""
    change = update(joins).where(joins.c.id == number, joins.c.revoked.is_(None)).values(revoked=now)
    row = connection.execute(change.returning(joins)).first()
    if row is None:
        raise NotFound(f"no join token {number} that still holds; `wacket token ls` shows them")
    return _row(row)


def _row(row: Row[Any]) -> JoinRow:
    known = row._asdict()
    return JoinRow(**known | {"tags": json.loads(row.tags)})
