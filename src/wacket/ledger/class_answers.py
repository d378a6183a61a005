"""What a class has answered, equal answers together. Functions on a connection; says nothing of who may see it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, func, or_, select

from wacket.ledger.class_sets import find
from wacket.ledger.classes import SHOWN
from wacket.ledger.tables import class_history, class_members, class_users

JUDGED = "server_analysis_provide"


class Fold(NamedTuple):
    """Those who answered the same. `answer` and `error` are the beginnings of their texts, `cut` if there is more."""

    users: list[str]
    answer: str
    error: str
    exit: int | None
    cut: bool
    verdicts: dict[str, int]  # and of how many


def folded(connection: Connection, name: str) -> list[Fold]:
    """The answers of a class that count: those that wait for an analysis, and those that got one since. The most
    frequent first. Raises NotFound.
    """
    number = find(connection, name).id
    same = (class_users.c.hw_response, class_users.c.hw_err, class_users.c.hw_exit)
    whose = func.json_group_array(func.json_array(class_users.c.user, _verdict()))
    sizes = func.max(func.length(class_users.c.hw_response), func.length(class_users.c.hw_err))
    query = _answered(select(*(func.substr(text, 1, SHOWN) for text in same[:2]), same[2], sizes, whose), number)
    folds = [_fold(row) for row in connection.execute(query.group_by(*same))]
    return sorted(folds, key=lambda fold: (-len(fold.users), fold.users[0]))


def _answered(query: Select[Any], number: int) -> Select[Any]:
    newest = class_history.c.user == class_users.c.user
    last = select(class_history.c.command).where(newest).order_by(class_history.c.id.desc()).limit(1)
    judged = last.correlate(class_users).scalar_subquery() == JUDGED
    counts = or_(class_users.c.state == 3, and_(class_users.c.state == 0, judged))
    members = class_members.join(class_users, class_users.c.user == class_members.c.user)
    return query.select_from(members).where(class_members.c["class"] == number, counts)


def _verdict() -> Any:
    """The analysis where there is one of this answer, or ""."""
    return func.iif(class_users.c.state == 0, func.substr(class_users.c.server_analysis, 1, SHOWN), "")


def _fold(row: Any) -> Fold:
    answer, error, code, size, whose = row
    pairs = sorted(json.loads(whose))
    verdicts: dict[str, int] = {}
    for _, verdict in pairs:
        if verdict:
            verdicts[verdict] = verdicts.get(verdict, 0) + 1
    return Fold([user for user, _ in pairs], answer, error, code, size > SHOWN, verdicts)
