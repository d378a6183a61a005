"""Temperatures and fans, as the kernel's hardware monitors and thermal zones tell them."""

from __future__ import annotations

from typing import Iterator

from wacket_agent.collectors._context import Absent, Context
from wacket_agent.lines import Point

PERIOD = 15.0
PLAUSIBLE = range(-60_000, 200_001)  # thousandths of a degree; chips tell nonsense for what is not connected
MOST = 100


def collect(context: Context) -> Iterator[Point]:
    chips = {chip: context.word(f"/sys/class/hwmon/{chip}/name") for chip in context.names("/sys/class/hwmon")}
    found = [*monitored(context, chips), *zones(context, set(chips.values()))]
    if not found:
        raise Absent("no sensor tells a temperature or the turning of a fan")
    seen: dict[str, int] = {}
    for name, sensor, value in found[:MOST]:
        # Two disks of one kind have sensors of one name.
        seen[sensor] = count = seen.get(sensor, 0) + 1
        yield Point(*name_and_fields(name, value), {"sensor": sensor if count == 1 else f"{sensor} {count}"})


def name_and_fields(name: str, value: int) -> tuple[str, dict[str, float]]:
    return ("temperature", {"celsius": value / 1000}) if name == "temp" else ("fan", {"rpm": value})


def monitored(context: Context, chips: dict[str, str]) -> Iterator[tuple[str, str, int]]:
    """(temp or fan, sensor, value) of each input of each chip."""
    for chip, name in chips.items():
        folder = f"/sys/class/hwmon/{chip}"
        for file in context.names(folder):
            place, _, kind = file.partition("_")
            value = context.number(f"{folder}/{file}") if kind == "input" else None
            if value is None:
                continue
            label = context.word(f"{folder}/{place}_label") or place
            if place.startswith("temp") and value in PLAUSIBLE:
                yield "temp", f"{name} {label}", value
            elif place.startswith("fan") and value >= 0:
                yield "fan", f"{name} {label}", value


def zones(context: Context, known: set[str]) -> Iterator[tuple[str, str, int]]:
    """Thermal zones, without those that are hardware monitors too."""
    for zone in context.names("/sys/class/thermal"):
        kind = context.word(f"/sys/class/thermal/{zone}/type")
        value = context.number(f"/sys/class/thermal/{zone}/temp") if zone.startswith("thermal_zone") else None
        if value is not None and value in PLAUSIBLE and kind.replace("-", "_") not in known:
            yield "temp", kind or zone, value
