"""What devices that nobody has adopted said last, as they said it, for the person who decides about them.

In memory and bounded: all that they sent is in the history too, kept apart. Decides nothing about anybody.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from wacket.records import Envelope, Receipt

MOST_LINES = 5
MOST_LETTERS = 200
MOST_DEVICES = 5000  # the one that was silent the longest goes first
TAIL = 65_536  # bytes of an envelope in which its last lines are looked for


@dataclass(slots=True)
class Said:
    """`lines` counts those since the hub started; `sample` are the last of them, cut; `at` is when they came (µs)."""

    lines: int = 0
    at: int = 0
    sample: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LINES))


class Strangers:
    """Used on the event loop only."""

    def __init__(self) -> None:
        self._said: dict[int, Said] = {}

    def heard(self, envelope: Envelope, receipt: Receipt) -> None:
        """What came in this envelope is on disk."""
        said = self._said.pop(envelope.node, None) or Said()
        if len(self._said) >= MOST_DEVICES:
            del self._said[next(iter(self._said))]
        self._said[envelope.node] = said
        said.lines += receipt.stored - receipt.duplicates + receipt.rejected
        said.at = envelope.received_at
        said.sample.extend(last_lines(envelope.body))

    def of_node(self, node: int) -> Said:
        return self._said.get(node) or Said()

    def forget(self, node: int) -> None:
        """Somebody has decided about it."""
        self._said.pop(node, None)


def last_lines(body: bytes) -> list[str]:
    """The last few lines that are not empty, fit to be shown."""
    lines = body[-TAIL:].splitlines()
    if len(body) > TAIL and len(lines) > 1:
        del lines[0]  # only its end is there
    texts = (line.strip()[: 4 * MOST_LETTERS].decode("utf-8", "replace") for line in lines[-2 * MOST_LINES :])
    return [_shown(text) for text in texts if text][-MOST_LINES:]


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in text[:MOST_LETTERS])
