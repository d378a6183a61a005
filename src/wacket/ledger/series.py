"""Series names in the ledger: plain functions on a connection. An id, once given, is never used for another series."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, select

from wacket.ledger.tables import series
from wacket.records import SeriesKey


class SeriesRow(NamedTuple):
    id: int
    key: SeriesKey
    unit: str
    created: int


def all_series(connection: Connection) -> list[SeriesRow]:
    return [_row(row) for row in connection.execute(select(series).order_by(series.c.id))]


def of_node(connection: Connection, node: int) -> list[SeriesRow]:
    return [_row(row) for row in connection.execute(select(series).where(series.c.node == node).order_by(series.c.id))]


def add(connection: Connection, rows: Iterable[SeriesRow]) -> None:
    connection.execute(
        insert(series),
        [
            {
                "id": row.id,
                "node": row.key.node,
                "name": row.key.name,
                "labels": json.dumps(dict(row.key.labels)),
                "unit": row.unit,
                "created": row.created,
            }
            for row in rows
        ],
    )


def _row(row: Row[Any]) -> SeriesRow:
    key = SeriesKey(row.node, row.name, tuple(json.loads(row.labels).items()))
    return SeriesRow(row.id, key, row.unit, row.created)
