"""For how long the machine has been up."""

from __future__ import annotations

from typing import Iterator

from wacket_agent.collectors._context import Context
from wacket_agent.lines import Point

PERIOD = 60.0


def collect(context: Context) -> Iterator[Point]:
    yield Point("uptime", {"seconds": (from_proc if context.on_linux else from_psutil)(context)})


def from_proc(context: Context) -> float:
    return float(context.read("/proc/uptime").split()[0])


def from_psutil(context: Context) -> float:
    return context.machine.wall() - float(context.psutil().boot_time())
