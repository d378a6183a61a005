"""What a process holds in memory, as Linux tells it."""

from __future__ import annotations

import re
from pathlib import Path

MEGABYTE = 1e6


def memory(process: int) -> tuple[float, float]:
    """MB: PSS, where pages that several processes share count by share, and RSS."""
    return sizes(Path(f"/proc/{process}/smaps_rollup").read_text("utf-8"))


def sizes(rollup: str) -> tuple[float, float]:
    """PURE: PSS and RSS in MB out of what /proc tells in kB (of 1,024 bytes)."""
    told = dict(re.findall(r"^(Pss|Rss):\s+(\d+) kB", rollup, re.MULTILINE))
    return int(told["Pss"]) * 1024 / MEGABYTE, int(told["Rss"]) * 1024 / MEGABYTE
