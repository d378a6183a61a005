"""Programs that should be running: whether they are, for how long, and how often they were started anew.

Which ones is for the owner to say: in the section [collect.watched] each line is `NAME = program`, or
`NAME = /path/of.pid`. A program is known by its own name, or by that of the script or module that it runs.
"""

from __future__ import annotations

import re
from typing import Iterator

from wacket_agent.collectors import _processes
from wacket_agent.collectors._context import Absent, Context
from wacket_agent.collectors._processes import Process
from wacket_agent.lines import Log, Point

PERIOD = 10.0
MOST = 100
WORDS = 8  # of a command line, where the script's name may stand: python3 -u -X dev demo.py
KERNEL_NAME = 15  # letters of a program's name that the kernel keeps

# Only what runs scripts is known by a script's name: an editor that has demo.py open is no running demo.
_RUNS_SCRIPTS = re.compile(
    r"(?:python|pypy|perl|ruby|node|nodejs|deno|bun|php|lua|luajit|java|mono|dotnet|Rscript|julia|(?:ba|da|k|z)?sh)[\d.]*"
)
_TAKES_A_WORD = {"-X", "-W", "-cp", "-classpath", "-r", "--require"}  # options of these that are two words
_IS_THE_SCRIPT = {"-c", "-e"}


class Watch:
    """What is remembered of one: which processes there were, and since when it is as it is (seconds since 1970)."""

    def __init__(self) -> None:
        self.who: tuple[int, float] | None = None
        self.all: set[tuple[int, float]] = set()
        self.since = 0.0
        self.restarts = 0
        self.seen = False


def collect(context: Context) -> Iterator[Point | Log]:
    if not context.options:
        raise Absent("nothing is named in the section [collect.watched]")
    found = {process.pid: process for process in _processes.all_of(context) if process.state != "Z"}
    boot = _processes.boot_time(context)
    names = {pid: names_of(context, process) for pid, process in found.items()}
    for name, wanted in list(context.options.items())[:MOST]:
        watch = context.kept.setdefault((name, wanted), Watch())
        if wanted.startswith("/"):
            pid = pid_in(context, wanted)
            ours = [found[pid]] if pid in found else []
        else:
            ours = [process for pid, process in found.items() if wanted in names[pid]]
        yield from told(name, watch, ours, boot, context.machine.wall())


def pid_in(context: Context, path: str) -> int:
    """The number at the beginning of the file; 0, which is nobody's, where there is none."""
    words = context.word(path).split(None, 1)
    return int(words[0]) if words and words[0].isdigit() and words[0].isascii() else 0


def names_of(context: Context, process: Process) -> set[str]:
    """The names under which one may look for it."""
    words = _processes.command_of(context, process.pid)[:WORDS] if process.memory else []
    if not words:  # as the kernel's own
        return {process.name}
    program = base(words[0])
    # The kernel cuts the name that it has; the whole one is the first word.
    named = {program} if len(process.name) >= KERNEL_NAME else {program, process.name}
    if _RUNS_SCRIPTS.fullmatch(program):
        named.add(base(script(words[1:])))
    return named - {""}


def script(words: list[str]) -> str:
    """The first word that is no option; "" where the script has no name."""
    before = ""
    for word in words:
        if word in _IS_THE_SCRIPT:
            return ""
        if not word.startswith("-") and before not in _TAKES_A_WORD:
            return word
        before = word
    return ""


def base(word: str) -> str:
    return word.replace("\\", "/").rpartition("/")[2]


def told(name: str, watch: Watch, ours: list[Process], boot: float, now: float) -> Iterator[Point | Log]:
    """Of several the oldest stands for all: one of many workers that ends is no new start."""
    oldest = min(ours, key=lambda process: process.began, default=None)
    who = (oldest.pid, oldest.began) if oldest else None
    if who != watch.who or not watch.seen:
        was_there = who in watch.all
        watch.since = boot + oldest.began if oldest else now
        if not was_there and (watch.seen or not oldest):
            yield change(name, watch, oldest)
        watch.restarts += bool(watch.seen and oldest and not was_there)
        watch.who, watch.seen = who, True
    watch.all = {(process.pid, process.began) for process in ours}
    fields = {
        "alive": bool(ours),
        "count": len(ours),
        "restarts": watch.restarts,
        "for_seconds": round(max(now - watch.since, 0.0), 1),
        "memory_bytes": sum(process.memory for process in ours) if ours else None,
    }
    yield Point("watched", fields, {"name": name})


def change(name: str, watch: Watch, oldest: Process | None) -> Log:
    if oldest is None:
        return Log(f"{name} is not running", "error")
    how = "was started anew" if watch.who else "is running again"
    return Log(f"{name} {how}, with the process number {oldest.pid}", "warn")
