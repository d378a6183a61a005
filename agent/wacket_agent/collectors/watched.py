"""Programs that should be running: whether they are, since when, and how often they were started anew.

Which ones is for the owner to say: in the section [collect.watched] each line is `NAME = program`, or
`NAME = /path/of.pid`. A program is known by its own name, or by that of the script that it runs.
"""

from __future__ import annotations

from typing import Iterator

from wacket_agent.collectors import _processes
from wacket_agent.collectors._context import Absent, Context
from wacket_agent.collectors._processes import Process
from wacket_agent.lines import Log, Point

PERIOD = 10.0
MOST = 100
WORDS = 3  # of a command line, where the script's name may stand: python3 -u demo.py
KERNEL_NAME = 15  # letters of a program's name that the kernel keeps


class Watch:
    """What is remembered of one: which process it was, since when it is as it is (seconds since 1970)."""

    def __init__(self) -> None:
        self.who: tuple[int, float] | None = None
        self.since = 0.0
        self.restarts = 0
        self.seen = False


def collect(context: Context) -> Iterator[Point | Log]:
    if not context.options:
        raise Absent("nothing is named in the section [collect.watched]")
    found = {process.pid: process for process in _processes.all_of(context) if process.state != "Z"}
    boot = _processes.boot_time(context)
    commands = {pid: names_of(context, process) for pid, process in found.items()}
    for name, wanted in list(context.options.items())[:MOST]:
        watch = context.kept.setdefault((name, wanted), Watch())
        if wanted.startswith("/"):
            pid = context.number(wanted)
            ours = [found[pid]] if pid in found else []
        else:
            ours = [process for pid, process in found.items() if wanted in commands[pid]]
        yield from told(name, watch, ours, boot, context.machine.wall())


def names_of(context: Context, process: Process) -> set[str]:
    """The names under which one may look for it."""
    words = _processes.command_of(context, process.pid)[:WORDS]
    named = {word.replace("\\", "/").rpartition("/")[2] for word in words}
    # The kernel's name is cut; the whole one is among the words.
    return named if len(process.name) >= KERNEL_NAME and words else named | {process.name}


def told(name: str, watch: Watch, ours: list[Process], boot: float, now: float) -> Iterator[Point | Log]:
    """Of several the oldest stands for all: one of many workers that ends is no new start."""
    oldest = min(ours, key=lambda process: process.began, default=None)
    who = (oldest.pid, oldest.began) if oldest else None
    if who != watch.who or not watch.seen:
        watch.since = boot + oldest.began if oldest else now
        if watch.seen or not oldest:
            yield change(name, watch, oldest)
        watch.restarts += bool(watch.seen and oldest)
        watch.who, watch.seen = who, True
    fields = {
        "alive": bool(ours),
        "count": len(ours),
        "restarts": watch.restarts,
        "since": round(watch.since, 2),
        "memory_bytes": sum(process.memory for process in ours) if ours else None,
    }
    yield Point("watched", fields, {"name": name})


def change(name: str, watch: Watch, oldest: Process | None) -> Log:
    if oldest is None:
        return Log(f"{name} is not running", "error")
    how = "was started anew" if watch.who else "is running again"
    return Log(f"{name} {how}, with the process number {oldest.pid}", "warn")
