"""What nodes' streams lack, in the ledger: functions on a connection. fleet/completeness.py says what it means."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from wacket.ledger.tables import gaps

AWAY, THINNED, LOST = "away", "thinned", "lost"
TOGETHER = 60_000_000  # µs: what is missing on both sides of less than this is one gap
MOST = 1000  # of one node; the oldest beyond are forgotten


class Gap(NamedTuple):
    """Lines of the time from `since` to `until` are missing, or were: `came` is when the last of them had come."""

    node: int
    stream: str
    kind: str
    since: int
    until: int | None
    lines: int
    came: int | None = None


def add(connection: Connection, gap: Gap) -> None:
    """One more; what goes on where the last of its kind ended makes that longer."""
    last = connection.execute(
        select(gaps).where(_of(gap.node, gap.stream, gap.kind)).order_by(gaps.c.id.desc()).limit(1)
    ).first()
    goes_on = gap.kind != AWAY and last is not None and last.until is not None and gap.until is not None
    if goes_on and last is not None and last.since - TOGETHER <= gap.since <= last.until + TOGETHER:
        until = max(last.until, gap.until or 0)
        lines = last.lines + gap.lines
        connection.execute(update(gaps).where(gaps.c.id == last.id).values(until=until, lines=lines))
        return
    connection.execute(insert(gaps).values(gap._asdict()))
    oldest_kept = select(gaps.c.id).where(gaps.c.node == gap.node).order_by(gaps.c.id.desc()).limit(1).offset(MOST - 1)
    first = connection.execute(oldest_kept).scalar()
    if first is not None:
        connection.execute(delete(gaps).where(gaps.c.node == gap.node, gaps.c.id < first))


def came(connection: Connection, node: int, stream: str, now: int) -> None:
    """All that was missing for an absence has come."""
    connection.execute(update(gaps).where(_awaited(node, stream)).values(came=now))


def never_came(connection: Connection, node: int, stream: str, lines: int) -> bool:
    """What was awaited after an absence is lost: `lines` if that is known (not 0). False if nothing was awaited."""
    newest = connection.execute(select(gaps.c.id).where(_awaited(node, stream)).order_by(gaps.c.id.desc())).scalar()
    if newest is None:
        return False
    connection.execute(update(gaps).where(_awaited(node, stream)).values(kind=LOST))
    if lines:
        connection.execute(update(gaps).where(gaps.c.id == newest).values(lines=lines))
    return True


def of_node(connection: Connection, node: int, limit: int = MOST) -> list[Gap]:
    """Newest first."""
    wanted = select(gaps).where(gaps.c.node == node).order_by(gaps.c.id.desc()).limit(limit)
    return [_gap(row) for row in connection.execute(wanted)]


def awaited(connection: Connection) -> set[tuple[int, str]]:
    """Node and stream of which something is still to come after an absence."""
    open_ones = (gaps.c.kind == AWAY) & (gaps.c.lines > 0) & gaps.c.came.is_(None)
    return {(node, stream) for node, stream in connection.execute(select(gaps.c.node, gaps.c.stream).where(open_ones))}


def _of(node: int, stream: str, kind: str) -> ColumnElement[bool]:
    return (gaps.c.node == node) & (gaps.c.stream == stream) & (gaps.c.kind == kind)


def _awaited(node: int, stream: str) -> ColumnElement[bool]:
    return _of(node, stream, AWAY) & (gaps.c.lines > 0) & gaps.c.came.is_(None)


def _gap(row: Row[Any]) -> Gap:
    return Gap(row.node, row.stream, row.kind, row.since, row.until, row.lines, row.came)
