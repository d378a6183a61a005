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
# What a short name most often means on a small board. A guess is for a person to look at, and never stored by itself.
LIKELY = {
    "°C": ("temp", "temperature", "t"),
    "%": ("hum", "humidity", "rh", "moisture", "soil"),
    "hPa": ("press", "pressure", "baro"),
    "lx": ("lux", "light", "illuminance"),
    "ppm": ("co2", "eco2"),
    "ppb": ("tvoc", "voc"),
    "µg/m³": ("pm1", "pm25", "pm10"),
    "V": ("volt", "voltage", "vbat", "vcc"),
    "A": ("current", "amps"),
    "W": ("power", "watt"),
    "kWh": ("energy",),
    "dBm": ("rssi",),
    "cm": ("dist", "distance"),
}
_LIKELY = {word: unit for unit, words in LIKELY.items() for word in words}
RATES = (["per", "s"], ["per", "second"])

_BETWEEN = re.compile(r"[._]")
_WORDS = re.compile(r"[A-Za-z]+[0-9]*")


def unit_of(name: str) -> str:
    """`network.sent_bytes_per_s` → `B/s`; "" where the name tells none."""
    *before, last = _BETWEEN.split(name)
    if [*before[-1:], last] not in RATES:
        return UNITS.get(last, "")
    counted = before[-2] if len(before) > 1 else ""
    return f"{UNITS.get(counted, '')}/s"


def likely_unit(name: str) -> str:
    """`greenhouse_temp` → °C: what a name without a unit may be in; "" where nothing in it says so."""
    words = [word.lower() for word in _WORDS.findall(name)]
    likely = (_LIKELY.get(word) or _LIKELY.get(word.rstrip("0123456789")) for word in reversed(words))
    return unit_of(name) or next(filter(None, likely), "")
