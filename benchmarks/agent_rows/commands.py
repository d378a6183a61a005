"""A trivial command through a real agent: over the API, and as the whole command line that a person types."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from benchmarks.agents import Asker, agent, percentile
from benchmarks.harness import Hub, work_folder
from benchmarks.report import Figure, Options, median

TRUE = {"argv": ["true"]}


def latencies(hub: Hub, rounds: int, name: str = "real", **job: object) -> list[float]:
    """Milliseconds of each of `rounds` commands, one after the other, each from the request to its end."""
    asker = Asker(hub)
    for _ in range(20):
        asker.run(name, **job)
    took = []
    for _ in range(rounds):
        seconds, events = asker.run(name, **job)
        ends = [event for event in events if event["event"] == "state" and event["state"] == "succeeded"]
        if not ends:
            raise RuntimeError(f"the command did not succeed: {events}")
        took.append(seconds * 1000)
    asker.close()
    return took


def command_lines(hub: Hub, rounds: int, name: str = "real") -> list[float]:
    """Seconds of `wacket run NODE -- true` as a whole process."""
    words = [sys.executable, "-m", "wacket", "run", name, "--", "true"]
    environment = {**os.environ, "WACKET_DATA": str(hub.folder)}
    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True, env=environment)
        took.append(time.perf_counter() - began)
    return took[1:]


def measure(options: Options) -> list[Figure]:
    rounds = options.pick(500, 100)
    with work_folder(options.folder) as folder, Hub(folder / "hub") as hub, agent(hub, folder / "agent"):
        real = latencies(hub, rounds, **TRUE)
        ping = latencies(hub, rounds, kind="ping")
        lines = command_lines(hub, options.pick(20, 5))
    pings = f"a ping, which begins no program: p50 {percentile(ping, 0.5):.1f} ms, p99 {percentile(ping, 0.99):.1f} ms"
    work = "trivial command, API → agent → API"
    return [
        Figure(f"{work}, p50", percentile(real, 0.5), "ms", 8, 3, "low", pings, real),
        Figure(f"{work}, p99", percentile(real, 0.99), "ms", 40, 15, "low", f"{rounds} commands `true`"),
        Figure("`wacket run NODE -- true`, whole process", median(lines), "s", 0.35, 0.2, "low", samples=lines),
    ]
