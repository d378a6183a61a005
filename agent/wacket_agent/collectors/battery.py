"""Batteries: how full, whether they are in use, and what they give."""

from __future__ import annotations

from typing import Iterator

from wacket_agent.collectors._context import Absent, Context
from wacket_agent.lines import Log, Point

PERIOD = 60.0
SUPPLIES = "/sys/class/power_supply"


def collect(context: Context) -> Iterator[Point | Log]:
    found = list((from_sys if context.on_linux else from_psutil)(context))
    if not found:
        raise Absent("no battery")
    for name, fields, discharging in found:
        yield Point("battery", {**fields, "discharging": discharging}, {"battery": name})
        if context.changed(name, discharging, before=discharging):
            yield Log(f"{name} {'is in use' if discharging else 'is not in use'} at {fields['percent']} %")


def from_sys(context: Context) -> Iterator[tuple[str, dict[str, float | None], bool]]:
    for name in context.names(SUPPLIES):
        folder = f"{SUPPLIES}/{name}"
        # The scope Device is a mouse or the like, not what the machine runs on.
        if context.word(f"{folder}/type") == "Battery" and context.word(f"{folder}/scope") != "Device":
            fields = {
                "percent": context.number(f"{folder}/capacity"),
                "watts": watts(context, folder),
                "cycles": context.number(f"{folder}/cycle_count"),
            }
            yield name, fields, context.word(f"{folder}/status") == "Discharging"


def watts(context: Context, folder: str) -> float | None:
    """Some drivers tell power, the others current and voltage; all in millionths."""
    power = context.number(f"{folder}/power_now")
    if power is not None:
        return abs(power) / 1e6
    current, voltage = context.number(f"{folder}/current_now"), context.number(f"{folder}/voltage_now")
    return None if current is None or voltage is None else round(abs(current) * voltage / 1e12, 6)


def from_psutil(context: Context) -> Iterator[tuple[str, dict[str, float | None], bool]]:
    told = context.psutil().sensors_battery()
    if told:
        yield "battery", {"percent": round(told.percent, 1)}, not told.power_plugged
