"""The owner's rules on how long readings are kept, per series. Plain functions on a connection.

Deletes nothing; history does, by the first rule in the list whose glob fits NODE/NAME.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from wacket.errors import BadRequest
from wacket.ledger.tables import retention

MOST_RULES = 500
MOST_DAYS = 36_500


class Rule(NamedTuple):
    """`match` is a glob over NODE/NAME (over NAME if it has no "/"); days of 0 mean for ever."""

    match: str
    readings_days: float
    rollup_days: float


def rules(connection: Connection) -> list[Rule]:
    """In the order in which they were given."""
    return [
        Rule(row.match, row.readings_days, row.rollup_days)
        for row in connection.execute(select(retention).order_by(retention.c.id))
    ]


def replace(connection: Connection, wanted: Sequence[Rule]) -> None:
    """Put these in the place of all that were. Raises BadRequest naming the wrong rule; then nothing
    changes.
    """
    validate(wanted)
    connection.execute(delete(retention))
    if wanted:
        connection.execute(
            insert(retention), [{"id": number, **rule._asdict()} for number, rule in enumerate(wanted, 1)]
        )


def validate(wanted: Sequence[Rule]) -> None:
    if len(wanted) > MOST_RULES:
        raise BadRequest(f"at most {MOST_RULES} rules; use globs to say more with fewer", "rules")
    seen: set[str] = set()
    for number, rule in enumerate(wanted):
        place = f"rules[{number}]"
        if not rule.match.strip() or len(rule.match) > 256 or not rule.match.isprintable():
            raise BadRequest("match is a glob of 1 to 256 characters, for example rig-*/power.*", f"{place}.match")
        if rule.match in seen:
            raise BadRequest(f"{rule.match!r} is in the list twice", f"{place}.match")
        seen.add(rule.match)
        for name in ("readings_days", "rollup_days"):
            days = getattr(rule, name)
            if not math.isfinite(days) or not 0 <= days <= MOST_DAYS:
                raise BadRequest(f"{name} is 0 (for ever) to {MOST_DAYS} days", f"{place}.{name}")
