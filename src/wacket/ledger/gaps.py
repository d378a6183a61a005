"""What nodes' streams lack, in the ledger: functions on a connection. fleet/completeness.py says what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from wacket.ledger.tables import gaps

AWAY, THINNED, LOST = "away", "thinned", "lost"
TOGETHER = 600_000_000  # µs: what is missing on both sides of less is one gap, as around what thinning leaves
MOST = 1000  # of one node; the oldest beyond are forgotten
MOST_LINES = 2**53  # whatever a node says, the sum is a number that can be written


class Gap(NamedTuple):
    """Lines of the time from `since` to `until` are missing, or were: `came` is when the last of them had come.

    `last` is the number of the last of them, in the numbering `epoch`.
    """

    node: int
    stream: str
    kind: str
    since: int
    until: int | None
    lines: int
    came: int | None = None
    epoch: str = ""
    last: int = -1


def add(connection: Connection, gap: Gap) -> None:
    """One more; what goes on where the last of its kind ended makes that longer."""
    if gap.kind != AWAY and _lengthened(connection, gap):
        return
    connection.execute(insert(gaps).values(gap._asdict()))
    oldest_kept = select(gaps.c.id).where(gaps.c.node == gap.node).order_by(gaps.c.id.desc()).limit(1).offset(MOST - 1)
    first = connection.execute(oldest_kept).scalar()
    if first is not None:
        connection.execute(delete(gaps).where(gaps.c.node == gap.node, gaps.c.id < first))


def never_come(connection: Connection, gap: Gap, first: int) -> None:
    """The lines `first` to `gap.last` are one more gap, and nobody awaits them any more."""
    add(connection, gap)
    before = -1
    awaited_now = select(gaps.c.id, gaps.c.lines, gaps.c.last).where(_awaited(gap.node, gap.stream, gap.epoch))
    for row in connection.execute(awaited_now.order_by(gaps.c.id)).all():
        gone = min(row.last, gap.last) - max(first, before + 1) + 1
        before = row.last
        if gone > 0:
            left = max(0, row.lines - gone)
            connection.execute(update(gaps).where(gaps.c.id == row.id).values(lines=left))


def came(connection: Connection, node: int, stream: str, epoch: str, number: int, now: int) -> None:
    """All that was awaited of a numbering up to this line has come."""
    which = _awaited(node, stream, epoch) & (gaps.c.last <= number)
    connection.execute(update(gaps).where(which).values(came=now))


def of_node(connection: Connection, node: int, limit: int = MOST) -> list[Gap]:
    """Newest first."""
    wanted = select(gaps).where(gaps.c.node == node).order_by(gaps.c.id.desc()).limit(limit)
    return [_gap(row) for row in connection.execute(wanted)]


def awaited(connection: Connection) -> Iterator[Gap]:
    """The absences after which something is still to come, oldest first."""
    open_ones = (gaps.c.kind == AWAY) & (gaps.c.lines > 0) & gaps.c.came.is_(None)
    return map(_gap, connection.execute(select(gaps).where(open_ones).order_by(gaps.c.id)).all())


def gone(connection: Connection) -> Iterator[Gap]:
    """What will never come, oldest first."""
    return map(_gap, connection.execute(select(gaps).where(gaps.c.kind != AWAY).order_by(gaps.c.id)).all())


def _lengthened(connection: Connection, gap: Gap) -> bool:
    kind = (gaps.c.node == gap.node) & (gaps.c.stream == gap.stream) & (gaps.c.kind == gap.kind)
    last = connection.execute(select(gaps).where(kind).order_by(gaps.c.id.desc()).limit(1)).first()
    if last is None or last.epoch != gap.epoch or last.until is None or gap.until is None:
        return False
    if not last.since - TOGETHER <= gap.since <= last.until + TOGETHER:
        return False
    lines = min(MOST_LINES, last.lines + gap.lines)
    longer = {"until": max(last.until, gap.until), "lines": lines, "last": max(last.last, gap.last)}
    connection.execute(update(gaps).where(gaps.c.id == last.id).values(longer))
    return True


def _awaited(node: int, stream: str, epoch: str) -> ColumnElement[bool]:
    of_stream = (gaps.c.node == node) & (gaps.c.stream == stream) & (gaps.c.epoch == epoch)
    return of_stream & (gaps.c.kind == AWAY) & (gaps.c.lines > 0) & gaps.c.came.is_(None)


def _gap(row: Row[Any]) -> Gap:
    return Gap(
        row.node, row.stream, row.kind, row.since, row.until, row.lines, row.came, epoch=row.epoch, last=row.last
    )
