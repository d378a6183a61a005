"""What every source of logs makes of what it reads, and how that becomes a line for the hub. Pure.

An entry holds texts only, of any length and with anything in them; the line is bounded, and says so when something
had to go. Knows no files, clocks or stores.
"""

from __future__ import annotations

import json
from typing import Mapping, NamedTuple

from wacket_agent.lines import LONGEST_LINE, LONGEST_MESSAGE, Log, encoded, ndjson

LONGEST_ATTRIBUTE = 250  # characters
MOST_ATTRIBUTES = 24
LONGEST_SOURCE = 120
_WORST = 6  # bytes that one character takes in JSON at most
_SHORT = 2000  # characters: whatever they are, there is room for them beside the attributes
_NOTE = 64  # bytes of what says that something was cut


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
    source = entry.source[:LONGEST_SOURCE]
    message = entry.message[:LONGEST_MESSAGE]
    if len(message) > _SHORT:
        bare = ndjson(Log("", entry.level, attrs), source, entry.at)
        message = _fitting(message, LONGEST_LINE - len(bare) - _NOTE)
    gone = entry.cut + len(encoded(entry.message[len(message) :]))
    if gone:
        attrs["cut"] = f"{gone} bytes"
    return ndjson(Log(message, entry.level, attrs), source, entry.at)


def _fitting(message: str, room: int) -> str:
    """As much of a message as fits; only one that has many control characters must be shortened here."""
    while len(message) * _WORST > room and len(encoded(json.dumps(message, ensure_ascii=False))) > room:
        message = message[: len(message) // 2]
    return message
