"""One command that writes a gigabyte: what the hub's memory does meanwhile."""

from __future__ import annotations

import threading
import time

from benchmarks.agents import Asker, agent
from benchmarks.harness import Hub, work_folder
from benchmarks.report import Figure, Options


def measure(options: Options) -> list[Figure]:
    size = options.pick(1_000_000_000, 200_000_000)
    script = f"yes 'all work and no play makes a dull log' | head -c {size}"
    peak, over = 0, threading.Event()
    with work_folder(options.folder) as folder, Hub(folder / "hub") as hub, agent(hub, folder / "agent"):
        asker = Asker(hub)
        asker.run("real", argv=["true"])
        before = hub.rss()

        def watch() -> None:
            nonlocal peak
            while not over.is_set():
                peak = max(peak, hub.rss())
                time.sleep(0.05)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            seconds, events = asker.run("real", argv=["sh", "-c", script])
        finally:
            over.set()
            watcher.join()
        asker.close()
    end = next(event for event in events if event["event"] == "state" and event["state"] == "succeeded")
    if end["out"] != size:
        raise RuntimeError(f"{end['out']} of {size} bytes were written")
    note = f"ended after {seconds:.1f} s; head and tail kept"
    return [
        Figure(f"{size:,} bytes of output: growth of the hub", (peak - before) / 1e6, "MB RSS", 64, 32, "low", note)
    ]
