"""What history says of itself: numbers for /metrics, facts for people, and the catalogue for other programs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
from arro3.core import Array, RecordBatch, Table

from wacket.history import codec, segments
from wacket.history.shapes import KINDS
from wacket.records import Series, Statistics, StringColumn

if TYPE_CHECKING:
    from wacket.history.store import History

GUARANTEE = "acknowledged = on disk (SQLite WAL, synchronous=FULL, fsync before every answer)"


def statistics(history: History) -> Statistics:
    """Numbers only."""
    rows, size, since = history.tail.size
    found: Statistics = {
        "rows_appended": history.appended,
        "journal_commits": history.journal.commits,
        "journal_bytes": history.journal.bytes,
        "unsealed_rows": rows,
        "unsealed_bytes": size,
        "journal_age_seconds": max(0, history.clock() - since) / 1e6 if since else 0.0,
        "free_bytes": history.space.free,
        "damaged": len(history.damages),
    }
    for kind in KINDS:
        files = history.files.of(kind)
        found[f"segments_{kind}"] = len(files)
        found[f"segment_rows_{kind}"] = sum(segment.rows for segment in files)
        found[f"segment_bytes_{kind}"] = sum(segment.bytes for segment in files)
    return found


def health(history: History) -> Statistics:
    """`ok` is False while nothing can be taken in; `damage` names what could not be read back."""
    numbers = statistics(history)
    trouble = history.journal.trouble
    if not trouble and numbers["free_bytes"] < history.settings.reserve_bytes:
        trouble = "the disk is nearly full; nothing is taken in until there is space"
    keys = ("journal_age_seconds", "unsealed_rows", "unsealed_bytes", "free_bytes")
    return {
        "ok": not trouble,
        "trouble": trouble,
        "guarantee": GUARANTEE if not trouble else "nothing is acknowledged now",
        "sqlite": sqlite3.sqlite_version,
        "duckdb": duckdb.__version__,
        "last_commit": history.last_commit,
        **{key: numbers[key] for key in keys},
        "damage": history.care.troubles(),
        "clock": history.care.doubt,
    }


def write_catalogue(folder: Path, rows: Sequence[Series]) -> None:
    """`series.parquet`: id, node_id, node, name, labels (JSON), unit, adopted; one row for each series."""
    labels = [json.dumps(row.labels, sort_keys=True) for row in rows]
    texts = {"node": [r.node_name for r in rows], "name": [r.name for r in rows], "labels": labels}
    columns: dict[str, Any] = {
        "id": Array(np.array([row.id for row in rows], np.uint32)),
        "node_id": Array(np.array([row.node for row in rows], np.uint32)),
        **{name: codec.text(StringColumn.of(column)) for name, column in texts.items()},
        "unit": codec.text(StringColumn.of(row.unit for row in rows)),
    }
    table = Table.from_batches([RecordBatch.from_pydict(columns)])
    with segments.engine(folder) as connection:
        connection.register("rows", table)
        segments.write_file(connection, "select * from rows", folder / "series.parquet", 3, "{}")
