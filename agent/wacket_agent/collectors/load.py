"""How many processes want to run, as means over 1, 5 and 15 minutes. Windows has no such number."""

from __future__ import annotations

import os
from typing import Iterator

from wacket_agent.collectors._context import Absent, Context
from wacket_agent.lines import Point

PERIOD = 10.0


def collect(context: Context) -> Iterator[Point]:
    means = from_proc(context) if context.on_linux else from_system()
    yield Point("load", dict(zip(("1m", "5m", "15m"), means)))


def from_proc(context: Context) -> list[float]:
    return [float(mean) for mean in context.read("/proc/loadavg").split()[:3]]


def from_system() -> list[float]:
    if not hasattr(os, "getloadavg"):
        raise Absent("this system knows no load")
    return list(os.getloadavg())
