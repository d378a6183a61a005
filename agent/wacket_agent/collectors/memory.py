"""Memory and swap, in bytes. `available` is what programs can still have without swapping."""

from __future__ import annotations

from typing import Iterator

from wacket_agent.collectors._context import Context, percent
from wacket_agent.lines import Point

PERIOD = 10.0


def collect(context: Context) -> Iterator[Point]:
    total, available, cached, swap, swap_free = (from_proc if context.on_linux else from_psutil)(context)
    yield Point(
        "memory",
        {
            "used_percent": percent(total - available, total),
            "total_bytes": total,
            "available_bytes": available,
            "cached_bytes": cached,
        },
    )
    if swap:
        used = swap - swap_free
        yield Point("swap", {"used_percent": percent(used, swap), "total_bytes": swap, "used_bytes": used})


def from_proc(context: Context) -> tuple[int, int, int, int, int]:
    """Total, available and cached; swap and what is free of it."""
    told = {}
    for line in context.read("/proc/meminfo").splitlines():
        name, _, amount = line.partition(":")
        told[name] = int(amount.split()[0]) * 1024
    # Kernels before 3.14 do not say what is available.
    cached = told.get("Cached", 0) + told.get("Buffers", 0) + told.get("SReclaimable", 0)
    available = told.get("MemAvailable", told["MemFree"] + cached)
    return told["MemTotal"], available, cached, told.get("SwapTotal", 0), told.get("SwapFree", 0)


def from_psutil(context: Context) -> tuple[int, int, int, int, int]:
    psutil = context.psutil()
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    return memory.total, memory.available, getattr(memory, "cached", 0), swap.total, swap.free
