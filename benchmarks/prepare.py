"""Fills a hub's folder with much history in little time: names through the door, rows straight into `History`.

A hub makes the nodes and series first, so that they are real; then, while no hub runs, the rows are appended in
batches as the intake would, sealed as often as the hub would, and compacted. The hub's own code writes every byte.
"""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from benchmarks import payloads
from benchmarks.harness import Hub, wait_until
from wacket import settings
from wacket.history import History
from wacket.records import I64, Batch, Logs, Readings, StringColumn

SECOND = 1_000_000
MILLISECOND = 1000
DAY = 86_400 * SECOND
SEAL_ROWS = 2_000_000  # the hub's default


def introduce(folder: Path, hellos: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """Start a hub, let each (node, format, line) be said, end the hub; ids by "node" and by "node/series"."""
    with Hub(folder) as hub:
        for node, kind, line in hellos:
            with socket.create_connection(hub.tcp, timeout=30) as board:
                board.sendall(f"hello node={node} format={kind} ack=yes\n{line}\n".encode())
                wait_until(lambda board=board: b"ok 1" in board.recv(4096), f"{node} is taken in")  # type: ignore[misc]
    return known(folder)


def known(folder: Path) -> dict[str, int]:
    ledger = sqlite3.connect(f"file:{folder}/ledger.db?mode=ro", uri=True)
    try:
        names: dict[int, str] = dict(ledger.execute("select id, name from nodes"))
        series = ledger.execute("select id, node, name from series").fetchall()
    finally:
        ledger.close()
    return {name: one for one, name in names.items()} | {f"{names[n]}/{name}": one for one, n, name in series}


def fill(folder: Path, batches: Iterable[Batch]) -> None:
    """Append all, sealing every two million rows as the hub does, and compact until nothing is left to do."""
    history = History.open(folder / "history", settings.History(), lambda: time.time_ns() // 1000)
    try:
        waiting = 0
        for batch in batches:
            history.append([batch])
            waiting += batch.rows
            if waiting >= SEAL_ROWS:
                history.seal()
                waiting = 0
        history.seal()
        history.compact()
    finally:
        history.close()


def readings(
    series: list[int], start: int, days: float, jitter: bool | None = None, grain: int = MILLISECOND, every: int = 1
) -> Iterator[Batch]:
    """Random walks of all series side by side, a value each `every` s, 100,000 rows a batch, from `start` (µs) on.

    `jitter` False: times as a device sets them, whole seconds; True: some milliseconds late, in steps of `grain` µs
    (the hub stamps arrivals in whole milliseconds; a device may give finer times); None: every other series so.
    """
    count = int(days * 86_400) // every
    values = [payloads.walk(count, one) for one in series]
    late = [_lateness(count, one, odd if jitter is None else jitter, grain) for odd, one in _alternating(series)]
    step = max(1, 100_000 // len(series))
    for first in range(0, count, step):
        rows = min(step, count - first)
        base = start + np.arange(first, first + rows, dtype=np.int64) * every * SECOND
        at = np.stack([base + one[first : first + rows] for one in late], axis=1).ravel()
        value = np.stack([one[first : first + rows] for one in values], axis=1).ravel()
        ids = np.tile(np.array(series, np.uint32), rows)
        yield Batch(readings=Readings(ids, at, value, np.zeros(len(at), np.uint8)))


def _alternating(series: list[int]) -> list[tuple[bool, int]]:
    return [(place % 2 == 1, one) for place, one in enumerate(series)]


def _lateness(seconds: int, seed: int, jitter: bool, grain: int) -> I64:
    if not jitter:
        return np.zeros(seconds, np.int64)
    return np.random.default_rng(seed).gamma(2.0, 1500.0 / grain, seconds).astype(np.int64) * grain


def logs(nodes: list[int], start: int, days: float, lines: list[bytes], repeats: int) -> Iterator[Batch]:
    """`lines` again and again, over `days` and `nodes` at random; times are those of arrival."""
    total = len(lines) * repeats
    gap = int(days * DAY / total)
    chance = np.random.default_rng(5)
    for first in range(0, total, 100_000):
        rows = min(100_000, total - first)
        place = first % len(lines)
        body = StringColumn.of(
            (lines + lines)[place : place + rows] if place + rows > len(lines) else lines[place : place + rows]
        )
        at = np.sort(start + np.arange(first, first + rows, dtype=np.int64) * gap + chance.integers(0, gap, rows))
        at = at // 1000 * 1000  # whole ms, as the hub takes them
        node = np.array(nodes, np.uint32)[chance.integers(0, len(nodes), rows)]
        severity = chance.choice(np.array([5, 9, 9, 9, 13, 17], np.uint8), rows)
        empty = StringColumn.constant("", rows)
        yield Batch(logs=Logs(at, at, node, empty, severity, body, empty))
