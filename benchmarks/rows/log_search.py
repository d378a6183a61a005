"""Search in 10 million log lines: a word, one node, 24 hours. The word is common, rare or absent; the worst counts."""

from __future__ import annotations

import time

from benchmarks import payloads, prepare
from benchmarks.harness import Hub, work_folder
from benchmarks.report import Figure, Options, median
from benchmarks.rows.chart import ask_milliseconds

NODES = 20
DAYS = 10


def measure(options: Options) -> list[Figure]:
    repeats = options.pick(10, 2)
    distinct = options.pick(1_000_000, 250_000)
    lines = payloads.log_lines(distinct, 7)
    for place in range(0, distinct, 50_000):
        lines[place] += b" needle"
    start = (int(time.time()) // 86_400 - DAYS) * 86_400
    since = start + (DAYS - 2) * 86_400
    with work_folder(options.folder) as folder:
        names = prepare.introduce(folder, [(f"log-{i}", "text", "hello from here") for i in range(NODES)])
        nodes = [names[f"log-{i}"] for i in range(NODES)]
        prepare.fill(folder, prepare.logs(nodes, start * 1_000_000, DAYS, lines, repeats))
        waits = {}
        with Hub(folder) as hub:
            for word in ("publish", "checksum", "needle", "nowhere"):
                path = f"/api/v1/logs?find={word}&node=log-3&since={since}&until={since + 86_400}&limit=100"
                waits[word] = ask_milliseconds(hub, path, options.pick(7, 3))[0]
            peak = hub.rss() / 1e6
    medians = {word: median(samples) / 1000 for word, samples in waits.items()}
    worst = max(medians, key=lambda word: medians[word])
    each = ", ".join(f"{word} {value:.3f} s" for word, value in medians.items())
    note = f"{each}; RSS afterwards {peak:.0f} MB; {distinct:,} distinct lines × {repeats}"
    samples = [wait / 1000 for wait in waits[worst]]
    total = distinct * repeats // 1_000_000
    return [Figure(f"log search in {total or 0.5:g} M lines", medians[worst], "s", 1, 0.3, "low", note, samples)]
