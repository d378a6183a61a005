"""What every source of logs makes of what it reads, and how that becomes a line for the hub. Pure.

An entry holds texts only, of any length and with anything in them; the line is bounded, and says so when something
had to go. Knows no files, clocks or stores.
"""

from __future__ import annotations

import json
from typing import Mapping, NamedTuple

from wacket_agent.lines import LONGEST_LINE, LONGEST_MESSAGE, Log, encoded, ndjson

LONGEST_ATTRIBUTE = 500  # characters
MOST_ATTRIBUTES = 12
LONGEST_SOURCE = 120
_WORST = 6  # bytes that one character takes in JSON at most
_ROOM_FOR_ATTRIBUTES = _WORST * MOST_ATTRIBUTES * (LONGEST_ATTRIBUTE + 64) + 1024
_ROOM = LONGEST_LINE - _ROOM_FOR_ATTRIBUTES


class Entry(NamedTuple):
    """`at` is in µs since 1970. `cut` counts the bytes of the message that its reader left out already."""

    at: int
    level: str
    message: str
    source: str
    attrs: Mapping[str, str] = {}
    cut: int = 0


def encode(entry: Entry) -> bytes:
    """One line with its LF, of at most LONGEST_LINE bytes, whatever the entry holds."""
    attrs = {name[:64]: text[:LONGEST_ATTRIBUTE] for name, text in entry.attrs.items() if text}
    attrs = dict(list(attrs.items())[:MOST_ATTRIBUTES])
    message = _fitting(entry.message[:LONGEST_MESSAGE])
    gone = entry.cut + len(encoded(entry.message[len(message) :]))
    if gone:
        attrs["cut"] = f"{gone} bytes"
    return ndjson(Log(message, entry.level, attrs), entry.source[:LONGEST_SOURCE], entry.at)


def _fitting(message: str) -> str:
    """As much of a message as fits; only one that is mostly control characters has to be shortened here."""
    while len(message) * _WORST > _ROOM and len(encoded(json.dumps(message, ensure_ascii=False))) > _ROOM:
        message = message[: len(message) // 2]
    return message
