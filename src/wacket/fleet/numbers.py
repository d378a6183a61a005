"""What the series of a machine mean at a glance: which ones tell how it is, and the worst of several of a kind.

Pure. The names are those of the agent's collectors (docs/reference/collectors.md). Of several disks, sensors or cells
the worst one counts, never a mean: an empty and a full disk are not two that are half full.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """A number of a machine. `label` tells several of it apart, "" where there is one. `badness` grows with trouble.

    `every` is how often agents tell it, in seconds, if nobody has set it otherwise.
    """

    number: str
    label: str = ""
    badness: Callable[[float], float] = float
    every: int = 60


class Told(NamedTuple):
    """One series as it was heard last; `of` is what its label says."""

    series: int
    of: str
    value: float


def _missing(value: float) -> float:
    return -value


KINDS: Mapping[str, Kind] = {
    "cpu.percent": Kind("cpu"),
    "memory.used_percent": Kind("memory"),
    "swap.used_percent": Kind("swap"),
    "disk.used_percent": Kind("disk", "mount"),
    "temperature.celsius": Kind("temperature", "sensor"),
    "load.1m": Kind("load"),
    "systemd.failed": Kind("failed"),
    "battery.percent": Kind("battery", "battery", _missing),
    "clock.offset_seconds": Kind("clock", "", abs),
    "uptime.seconds": Kind("uptime"),
    "watched.alive": Kind("watched", "name", _missing),
    "system.reboot_needed": Kind("reboot", every=3600),
}
CPU = "cpu.percent"
SEVERAL = ("disk",)  # told with whose value it is, and of how many


def kind_of(name: str, labels: Mapping[str, str]) -> Kind | None:
    """What a series tells of its machine; None for all that is not looked at here, such as each core."""
    kind = KINDS.get(name)
    return kind if kind is not None and set(labels) == ({kind.label} if kind.label else set()) else None


def shown(number: str, found: Told, count: int) -> Any:
    """As pages get it."""
    return {"value": found.value, "of": found.of, "count": count} if number in SEVERAL else found.value
