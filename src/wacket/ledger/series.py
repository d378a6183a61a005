"""Series names in the ledger: plain functions on a connection. An id, once given, is never used for another series."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from wacket.ledger.tables import series
from wacket.records import SeriesKey


class SeriesRow(NamedTuple):
    id: int
    key: SeriesKey
    unit: str
    created: int


def all_series(connection: Connection) -> list[SeriesRow]:
    return [
        SeriesRow(
            row.id,
            SeriesKey(row.node, row.name, tuple(json.loads(row.labels).items())),
            row.unit,
            row.created,
        )
        for row in connection.execute(select(series).order_by(series.c.id))
    ]


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
