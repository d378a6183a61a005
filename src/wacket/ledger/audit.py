"""The record of who did what, from where, and how it ended. Only ever added to; refused acts are in it too.

Plain functions on a connection, so that a change and its row can share one transaction. Does not decide which
of many equal refusals are worth a row: api/access.py does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, insert, or_, select

from wacket.ledger.store import NOTES
from wacket.ledger.tables import audit

TEXT_LIMIT = 200  # characters of actor, peer, act and subject: some of it is what a stranger sent
DETAILS_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Act:
    """`actor` is owner, person:NAME, token:NAME, user:NAME or anonymous; `outcome` is ok or refused."""

    at: int
    actor: str
    peer: str
    act: str
    subject: str = ""
    outcome: str = "ok"
    details: Mapping[str, Any] = field(default_factory=dict)


class AuditRow(NamedTuple):
    """An act as it was written down; `id` grows with time."""

    id: int
    at: int
    actor: str
    peer: str
    act: str
    subject: str
    outcome: str
    details: dict[str, Any]


_ADD = insert(audit)  # with its values beside it, nothing is compiled anew


def record(connection: Connection, act: Act) -> None:
    details = json.dumps(dict(act.details), default=str)
    if len(details) > DETAILS_LIMIT:
        details = json.dumps({"shortened": details[: DETAILS_LIMIT // 2]})
    texts = {name: getattr(act, name)[:TEXT_LIMIT] for name in ("actor", "peer", "act", "subject")}
    connection.execute(_ADD, {"at": act.at, "outcome": act.outcome, "details": details, **texts})
    connection.info.setdefault(NOTES, []).append(act)


def page(
    connection: Connection, limit: int, before: int | None = None, find: str = "", outcome: str | None = None
) -> list[AuditRow]:
    """The newest `limit` rows, or the newest of those whose id is below `before`. `find` is looked for in who, where,
    what and the details, without regard to the case of ASCII letters.
    """
    wanted = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(audit.c.id < before)
    if outcome is not None:
        wanted = wanted.where(audit.c.outcome == outcome)
    if find:
        wanted = wanted.where(_holds(find))
    return [
        AuditRow(row.id, row.at, row.actor, row.peer, row.act, row.subject, row.outcome, json.loads(row.details))
        for row in connection.execute(wanted)
    ]


def _holds(text: str) -> ColumnElement[bool]:
    columns = (audit.c.actor, audit.c.peer, audit.c.act, audit.c.subject, audit.c.details)
    return or_(*(column.icontains(text, autoescape=True) for column in columns))
