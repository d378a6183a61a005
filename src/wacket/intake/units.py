"""The unit that a series' name ends with, for what is sent without one: line protocol has no place for units. Pure.

Only words that are written out count (`free_bytes`, `offset_seconds`): a single letter may mean anything.
"""

from __future__ import annotations

import re

UNITS = {
    "percent": "%",
    "bytes": "B",
    "seconds": "s",
    "celsius": "°C",
    "hertz": "Hz",
    "rpm": "rpm",
    "volts": "V",
    "amperes": "A",
    "watts": "W",
    "joules": "J",
    "pascals": "Pa",
    "meters": "m",
}
RATES = (["per", "s"], ["per", "second"])

_BETWEEN = re.compile(r"[._]")


def unit_of(name: str) -> str:
    """`network.sent_bytes_per_s` → `B/s`; "" where the name tells none."""
    *before, last = _BETWEEN.split(name)
    if [*before[-1:], last] not in RATES:
        return UNITS.get(last, "")
    counted = before[-2] if len(before) > 1 else ""
    return f"{UNITS.get(counted, '')}/s"
