"""How many processes there are and in which states; and, to read, those that take most of processor and memory.

The latter are a log and no numbers: a series for every program that was ever busy would be without end.
"""

from __future__ import annotations

from typing import Any, Iterator

from wacket_agent.collectors import _processes
from wacket_agent.collectors._context import Context
from wacket_agent.lines import Log, Point

PERIOD = 60.0
TOP = 5


def collect(context: Context) -> Iterator[Point | Log]:
    found = list(_processes.all_of(context))
    states = [process.state for process in found]
    yield Point(
        "processes",
        {
            "total": len(found),
            "running": states.count("R"),
            "blocked": states.count("D"),
            "stopped": states.count("T") + states.count("t"),
            "zombies": states.count("Z"),
            "threads": sum(process.threads for process in found),
        },
    )
    shares = {process.pid: busy_percent(context, process) for process in found}
    by_processor = top([process for process in found if shares[process.pid]], lambda process: shares[process.pid])
    by_memory = top([process for process in found if process.memory], lambda process: process.memory)
    told = [
        [{"name": one.name, "pid": one.pid, "percent": shares[one.pid], "bytes": one.memory} for one in ones]
        for ones in (by_processor, by_memory)
    ]
    busiest = ", ".join(f"{one['name']} {one['percent']:g} %" for one in told[0]) or "none"
    largest = ", ".join(f"{one['name']} {one['bytes'] / 1e6:.0f} MB" for one in told[1])
    if not context.changed("begun", True):  # at the first turn nobody knows yet which are busy
        yield Log(f"busiest: {busiest}; largest: {largest}", "debug", {"by_processor": told[0], "by_memory": told[1]})


def busy_percent(context: Context, process: _processes.Process) -> float:
    """Of one core, since the last turn; 0 where that is not known."""
    grown = context.growth((process.pid, process.began), [process.busy])
    return round(100 * grown[1][0] / grown[0], 1) if grown else 0.0


def top(found: list[_processes.Process], key: Any) -> list[_processes.Process]:
    return sorted(found, key=key, reverse=True)[:TOP]
