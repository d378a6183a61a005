"""Rows of the results of clustering: the newest, and enough older ones to trace a change."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, delete, insert, select

from wacket.ledger.tables import cluster_results
from wacket.records import F64

KEPT = 1000  # results; older ones are forgotten


class Result(NamedTuple):
    """What one computation found. `at` (µs since 1970) is when it began; `events` counts skipped ones too.

    `clusters` holds label, count and averages of each; `centres` is (clusters, features) float64.
    """

    at: int
    events: int
    sample: int
    bandwidth: float
    seconds: float
    clusters: list[dict[str, Any]]
    centres: F64

    @property
    def skipped(self) -> int:
        """Events that lacked a feature: those in no cluster, not even in -1."""
        return self.events - sum(int(cluster["count"]) for cluster in self.clusters)


def save(connection: Connection, result: Result) -> None:
    fields = result._asdict() | {
        "clusters": json.dumps(result.clusters),
        "centres": result.centres.astype("<f8").tobytes(),
    }
    newest = connection.execute(insert(cluster_results).values(fields)).inserted_primary_key
    if newest is not None:
        connection.execute(delete(cluster_results).where(cluster_results.c.id <= newest[0] - KEPT))


def latest(connection: Connection, columns: int) -> Result | None:
    """The newest result, whose centres have so many columns."""
    fields = [cluster_results.c[name] for name in Result._fields]
    row = connection.execute(select(*fields).order_by(cluster_results.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    found = Result(*row)
    centres = np.frombuffer(row.centres or b"", "<f8").reshape(-1, columns).astype(np.float64)
    return found._replace(clusters=json.loads(row.clusters), centres=centres)
