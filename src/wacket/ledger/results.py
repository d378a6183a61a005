"""Rows of the results of clustering: the newest, and enough older ones to trace a change."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, delete, insert, select

from wacket.ledger.tables import cluster_points, cluster_results
from wacket.records import F64, I64

KEPT = 1000  # results; older ones are forgotten


class Result(NamedTuple):
    """What one computation found. `at` (µs since 1970) is when it began; `events` counts skipped ones too.

    `clusters` holds label, count and averages of each; `centres` is (clusters, features) float64. `points` are some of
    the events, (points, features), and `labels` the clusters of these; only the newest result keeps them.
    """

    at: int
    events: int
    sample: int
    bandwidth: float
    seconds: float
    clusters: list[dict[str, Any]]
    centres: F64
    points: F64 = np.empty((0, 0))
    labels: I64 = np.empty(0, np.int64)

    @property
    def skipped(self) -> int:
        """Events that lacked a feature: those in no cluster, not even in -1."""
        return self.events - sum(int(cluster["count"]) for cluster in self.clusters)


_COLUMNS = tuple(name for name in Result._fields if name not in ("points", "labels"))


class Earlier(NamedTuple):
    """A result in short: when, of how many events, and how many clusters were found."""

    at: int
    events: int
    bandwidth: float
    clusters: int


def save(connection: Connection, result: Result) -> None:
    fields = {name: value for name, value in result._asdict().items() if name in _COLUMNS}
    fields |= {"clusters": json.dumps(result.clusters), "centres": result.centres.astype("<f8").tobytes()}
    newest = connection.execute(insert(cluster_results).values(fields)).inserted_primary_key
    if newest is None:
        return
    connection.execute(delete(cluster_points))
    connection.execute(delete(cluster_results).where(cluster_results.c.id <= newest[0] - KEPT))
    points = {"points": result.points.astype("<f8").tobytes(), "labels": result.labels.astype("<i8").tobytes()}
    connection.execute(insert(cluster_points).values(result=newest[0], **points))


def latest(connection: Connection, columns: int) -> Result | None:
    """The newest result, whose centres have so many columns."""
    fields = [cluster_results.c[name] for name in _COLUMNS]
    drawn = [cluster_points.c.points, cluster_points.c.labels]
    joined = cluster_results.outerjoin(cluster_points, cluster_points.c.result == cluster_results.c.id)
    wanted = select(*fields, *drawn).select_from(joined).order_by(cluster_results.c.id.desc()).limit(1)
    row = connection.execute(wanted).first()
    if row is None:
        return None
    return Result(*row)._replace(
        clusters=json.loads(row.clusters),
        centres=_rows(row.centres, columns),
        points=_rows(row.points, columns),
        labels=np.frombuffer(row.labels or b"", "<i8").astype(np.int64),
    )


def history(connection: Connection, limit: int) -> list[Earlier]:
    """The newest results in short, newest first."""
    fields = [cluster_results.c[name] for name in ("at", "events", "bandwidth", "clusters")]
    rows = connection.execute(select(*fields).order_by(cluster_results.c.id.desc()).limit(limit))
    return [Earlier(row.at, row.events, row.bandwidth, counted(json.loads(row.clusters))) for row in rows]


def counted(clusters: list[dict[str, Any]]) -> int:
    """How many clusters there are; what belongs to none is no cluster."""
    return sum(cluster["label"] >= 0 for cluster in clusters)


def _rows(raw: bytes | None, columns: int) -> F64:
    return np.frombuffer(raw or b"", "<f8").reshape(-1, columns).astype(np.float64)
