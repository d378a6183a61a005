"""The processes of the machine, for the collectors that look at them. Tells nothing by itself."""

from __future__ import annotations

import os
from typing import Any, Iterator, NamedTuple

from wacket_agent.collectors._context import Absent, Context

LONGEST_NAME = 64
# psutil has words where the kernel has letters; what is not here sleeps.
_LETTERS = {"running": "R", "disk-sleep": "D", "stopped": "T", "tracing-stop": "t", "zombie": "Z"}


class Process(NamedTuple):
    """`began` is in seconds after `boot_time`: with the pid it names a process for ever. `busy` are seconds too."""

    pid: int
    name: str
    state: str
    began: float
    busy: float
    threads: int
    memory: int


def all_of(context: Context) -> Iterator[Process]:
    return from_proc(context) if context.on_linux else from_psutil(context)


def from_proc(context: Context) -> Iterator[Process]:
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    for pid in context.names("/proc"):
        if pid.isdigit():
            try:
                yield parsed(context.read(f"/proc/{pid}/stat"), ticks, page)
            except (Absent, OSError):
                continue  # it has ended meanwhile


def parsed(stat: str, ticks: int, page: int) -> Process:
    """One /proc/PID/stat. The name is in brackets, and may hold brackets, blanks and line ends itself."""
    before, _, after = stat.rpartition(")")
    pid, _, name = before.partition("(")
    told = after.split()
    busy = (int(told[11]) + int(told[12])) / ticks
    return Process(int(pid), name, told[0], int(told[19]) / ticks, busy, int(told[17]), int(told[21]) * page)


def from_psutil(context: Context) -> Iterator[Process]:
    wanted = ["pid", "name", "status", "create_time", "cpu_times", "num_threads", "memory_info"]
    for process in context.psutil().process_iter(wanted):
        told: dict[str, Any] = process.info
        times, memory = told["cpu_times"], told["memory_info"]  # None for those of other accounts
        yield Process(
            told["pid"],
            (told["name"] or "?")[:LONGEST_NAME],
            _LETTERS.get(told["status"], "S"),
            told["create_time"] or 0.0,
            times.user + times.system if times else 0.0,
            told["num_threads"] or 0,
            memory.rss if memory else 0,
        )


def boot_time(context: Context) -> float:
    """What `began` counts from, in seconds since 1970."""
    if not context.on_linux:
        return 0.0
    for line in context.read("/proc/stat").splitlines():
        if line.startswith("btime "):
            return float(line.split()[1])
    raise Absent("/proc/stat does not say when the machine was started")


def command_of(context: Context, pid: int) -> list[str]:
    """The program and its arguments; nothing for a kernel thread or another account's."""
    if context.on_linux:
        return [word for word in context.word(f"/proc/{pid}/cmdline").split("\0") if word]
    psutil = context.psutil()
    try:
        return list(psutil.Process(pid).cmdline())
    except psutil.Error:
        return []
