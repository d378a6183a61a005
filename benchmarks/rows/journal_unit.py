"""How fast the journal alone takes batches: one SQLite transaction each, on disk when `append` returns."""

from __future__ import annotations

import time

import numpy as np

from benchmarks import payloads
from benchmarks.harness import work_folder
from benchmarks.report import Figure, Options, median
from wacket import settings
from wacket.history import History
from wacket.records import Batch, Readings


def batch(rows: int, seed: int) -> Batch:
    at = 1_790_000_000_000_000 + np.arange(rows, dtype=np.int64) * 1000
    series = (np.arange(rows, dtype=np.uint32) % 500) + 1
    return Batch(readings=Readings(series, at, payloads.walk(rows, seed), np.zeros(rows, np.uint8)))


def measure(options: Options) -> list[Figure]:
    figures = []
    for rows, times in ((10, 300), (10_000, 100)):
        batches = [batch(rows, seed) for seed in range(times)]
        waits = []
        with work_folder(options.folder) as folder:
            history = History.open(folder / "history", settings.History(), lambda: time.time_ns() // 1000)
            for one in batches:
                began = time.perf_counter()
                history.append([one])
                waits.append((time.perf_counter() - began) * 1000)
            history.close()
        p99 = sorted(waits)[int(len(waits) * 0.99)]
        note = f"p99 {p99:.2f} ms; {rows / median(waits) * 1000:,.0f} rows/s"
        figures.append(
            Figure(
                f"journal commit of {rows:,} rows",
                median(waits),
                "ms",
                better="low",
                note=note,
                samples=waits,
            )
        )
    return figures
