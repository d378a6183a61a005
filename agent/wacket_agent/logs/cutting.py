"""Cuts what was read of a file into lines, and knows up to which byte they were whole. Pure.

A line over the limit gives its beginning at once; the rest of it is counted and let go, so that a file without line
ends costs no memory. Bytes that are no UTF-8 are replaced; nothing else is changed, and blank lines are left out.
"""

from __future__ import annotations

from typing import NamedTuple

LONGEST = 32768  # bytes


class Line(NamedTuple):
    """Never empty. `cut` is the number of its bytes that were let go, as far as they were seen."""

    text: str
    cut: int = 0


class Cutter:
    """`done` is the number of bytes that need not be read again; `skipping` says that they end inside a long line."""

    def __init__(self, done: int = 0, skipping: bool = False, longest: int = LONGEST) -> None:
        self.done, self.skipping = done, skipping
        self._longest = longest
        self._held = b""

    @property
    def held(self) -> int:
        """Bytes that were read and are not a whole line yet."""
        return len(self._held)

    def feed(self, data: bytes) -> list[Line]:
        """The lines that these bytes complete."""
        if self.skipping:
            data = self._skip(data)
        whole, feed, rest = (self._held + data).rpartition(b"\n")
        lines = [self._line(raw) for raw in whole.split(b"\n") if raw.strip()]
        self.done += len(whole) + len(feed)
        self._held = rest
        if len(rest) > self._longest:
            lines.append(self._line(rest))
            self.done += len(rest)
            self._held, self.skipping = b"", True
        return lines

    def give_up_waiting(self) -> list[Line]:
        """The half line, as a whole one: nobody seems to go on with it."""
        held, self._held = self._held, b""
        self.done += len(held)
        return [self._line(held)] if held.strip() else []

    def _skip(self, data: bytes) -> bytes:
        """What follows the long line; its own line feed was the last byte of it."""
        gone, feed, rest = data.partition(b"\n")
        self.done += len(gone) + len(feed)
        self.skipping = not feed
        return rest

    def _line(self, raw: bytes) -> Line:
        whole = raw.rstrip(b"\r") if len(raw) <= self._longest else raw[: self._longest]
        return Line(whole.decode("utf-8", "replace"), max(0, len(raw) - self._longest))
