"""How soon the hub is ready, what it needs when idle, and how long `wacket --help` takes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.harness import Hub, work_folder
from benchmarks.report import Figure, Options, median


def help_seconds() -> float:
    """As people type it: the installed script, or the module where there is none."""
    script = Path(sys.executable).with_name("wacket")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "wacket"]
    began = time.monotonic()
    subprocess.run([*command, "--help"], check=True, capture_output=True)
    return time.monotonic() - began


def measure(options: Options) -> list[Figure]:
    runs = options.pick(7, 3)
    helps = [help_seconds() for _ in range(runs + 1)][1:]
    first, again = [], []
    for _ in range(options.rounds):
        with work_folder(options.folder) as folder:
            with Hub(folder) as hub:
                first.append(hub.ready_seconds)
            with Hub(folder) as hub:
                again.append(hub.ready_seconds)
                time.sleep(options.pick(10, 3))
                idle = hub.rss() / 1e6
                cpu = hub.cpu_seconds()
                time.sleep(options.pick(10, 2))
                share = (hub.cpu_seconds() - cpu) / options.pick(10, 2) * 100
    note = f"a new folder; with one that is there {median(again):.2f} s"
    return [
        Figure("hub ready", median(first), "s", 2, 1, "low", note, first),
        Figure("idle RSS", idle, "MB", 150, 100, "low", f"idle CPU {share:.1f} % of a core"),
        Figure("`wacket --help`", median(helps), "s", 0.2, 0.1, "low", f"median of {runs}", helps),
    ]
