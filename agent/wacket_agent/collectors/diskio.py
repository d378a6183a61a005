"""What each disk reads and writes a second, and for how much of the time it is busy. Whole disks, no partitions."""

from __future__ import annotations

from typing import Iterator

from wacket_agent.collectors._context import Context
from wacket_agent.lines import Point

PERIOD = 10.0
SECTOR = 512  # bytes, whatever the disk's own are
NO_DISKS = ("loop", "ram", "zram", "fd", "sr", "dm-", "md", "nbd")


def collect(context: Context) -> Iterator[Point]:
    for disk, counters in (from_proc if context.on_linux else from_psutil)(context):
        reads, read, writes, written, busy = context.rates(disk, counters)
        fields = {
            "reads_per_s": reads,
            "read_bytes_per_s": read,
            "writes_per_s": writes,
            "written_bytes_per_s": written,
            "busy_percent": None if busy is None else min(round(busy / 10, 2), 100.0),  # from ms a second
        }
        yield Point("diskio", fields, {"disk": disk})


def from_proc(context: Context) -> Iterator[tuple[str, list[float]]]:
    disks = {name for name in context.names("/sys/block") if not name.startswith(NO_DISKS)}
    for line in context.read("/proc/diskstats").splitlines():
        _, _, name, *told = line.split()
        if name in disks:
            reads, _, sectors_read, _, writes, _, sectors_written, _, _, busy = map(int, told[:10])
            yield name, [reads, sectors_read * SECTOR, writes, sectors_written * SECTOR, busy]


def from_psutil(context: Context) -> Iterator[tuple[str, list[float]]]:
    for name, told in (context.psutil().disk_io_counters(perdisk=True) or {}).items():
        busy = getattr(told, "busy_time", told.read_time + told.write_time)
        yield name, [told.read_count, told.read_bytes, told.write_count, told.write_bytes, busy]
