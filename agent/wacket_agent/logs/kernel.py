"""Messages of the kernel from `/dev/kmsg`, for machines without a journal.

Each record is read once: its number is kept with the entries, and counts within one boot. What the kernel has
overwritten before it was read is told.
"""

from __future__ import annotations

import os
import re
import time

from wacket_agent.logs import levels
from wacket_agent.logs.entries import Entry
from wacket_agent.logs.outlet import Outlet

MARK = "kernel"
DEVICE = "/dev/kmsg"
RECORD = 8192  # bytes; the kernel gives a record whole or not at all
_BATCH = 200
_HEAD = re.compile(rb"(\d{1,10}),(\d{1,19}),(\d{1,16}),[^;]*;([^\n]*)")
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")
_KERNEL_ONLY = 8  # a facility, above the three bits of the priority: what programs write there is theirs


def read(record: bytes, booted: int) -> tuple[int, Entry] | None:
    """Number and entry of a record. `booted` is in µs since 1970. None for what is no record. Pure."""
    found = _HEAD.match(record)
    if found is None:
        return None
    priority, number, since_boot = int(found[1]), int(found[2]), int(found[3])
    text = _ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), found[4]).decode("utf-8", "replace")
    attrs = {} if priority < _KERNEL_ONLY else {"facility": str(priority >> 3)}
    return number, Entry(booted + since_boot, levels.of_priority(priority), text, "kernel", attrs)


def is_there(device: str = DEVICE) -> bool:
    return os.access(device, os.R_OK)


class Kernel:
    """`mark` is what was kept the last time; `boot` names this boot of the machine."""

    def __init__(self, mark: str, boot: str, outlet: Outlet, device: str = DEVICE) -> None:
        known_boot, _, number = mark.partition(" ")
        self._boot, self._outlet = boot, outlet
        self._last = int(number) if known_boot == boot and number.isdecimal() else -1
        self._descriptor = os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        if not mark:  # what was before the first start is nobody's question
            os.lseek(self._descriptor, 0, os.SEEK_END)

    def poll(self, now: float, at: int) -> None:
        """Read what there is. `at` is the time in µs."""
        booted = at - time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        while not self._outlet.is_full:
            records, missed = self._some()
            entries = [
                entry
                for number, entry in (read(record, booted) or (-1, None) for record in records)
                if entry and self._is_new(number)
            ]
            if missed:
                entries.append(
                    Entry(at, "warn", "messages of the kernel were overwritten before they were read", "kernel")
                )
            if not entries:
                return
            self._outlet.put(entries, at, {MARK: f"{self._boot} {self._last}"})

    def close(self) -> None:
        os.close(self._descriptor)

    def _is_new(self, number: int) -> bool:
        is_new = number > self._last
        self._last = max(number, self._last)
        return is_new

    def _some(self) -> tuple[list[bytes], bool]:
        """The next records, and whether some before them are gone."""
        records: list[bytes] = []
        missed = False
        while len(records) < _BATCH:
            try:
                records.append(os.read(self._descriptor, RECORD))
            except BrokenPipeError:
                missed = True
            except BlockingIOError:
                break
        return records, missed
