"""Cuts a stream of bytes into chunks of whole lines, holding at most one unfinished line of bounded length.

A line over the limit is dropped, counted and told with its place, and the stream goes on behind it. Lines are not
split apart, changed or looked into here: LF or CRLF and blank lines are for the formats.
"""

from __future__ import annotations

import re
from typing import NamedTuple

EXCERPT = 256  # bytes of a dropped line that are kept for the reject


_FRAME = re.compile(rb"\S[^\n]*+")


def frames(chunk: bytes) -> list[bytes]:
    """The frames of whole lines: each line that is not blank, without its line feed."""
    return [line for line in chunk.split(b"\n") if line.strip()]


def count(chunk: bytes) -> int:
    """How many frames there are, without making them."""
    return sum(1 for _ in _FRAME.finditer(chunk))


class Dropped(NamedTuple):
    """A line that was too long. `before` counts the frames that the same call returned ahead of it."""

    before: int
    excerpt: bytes


class Lines:
    """One stream. `limit` is the longest line in bytes, without its line feed.

    After each `feed`, `dropped` lists the over-long lines that this call met; `overlong` counts them all.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.dropped: list[Dropped] = []
        self.overlong = 0
        self._held = bytearray()
        self._skipping = False  # inside a line that was dropped already

    @property
    def held(self) -> int:
        """Bytes of the unfinished line: what a slow sender costs in memory."""
        return len(self._held)

    def feed(self, data: bytes) -> bytes:
        """The whole lines that `data` completes, as one chunk that ends in a line feed, or nothing."""
        if self.dropped:
            self.dropped = []
        if self._skipping:
            end = data.find(b"\n") + 1
            if not end:
                return b""
            data, self._skipping = data[end:], False
        cut = data.rfind(b"\n") + 1
        if self._held:
            return self._continue(data, cut)
        if cut == len(data):
            return self._within_limit(data)
        return self._hold(self._within_limit(data[:cut]), data[cut:])

    def close(self) -> bytes:
        """The half line at the end of the stream, as a whole one; nothing if there is none."""
        half = bytes(self._held)
        self._held.clear()
        self._skipping = False
        return half + b"\n" if half else b""

    def _continue(self, data: bytes, cut: int) -> bytes:
        if not cut:
            return self._hold(b"", data)
        chunk = bytes(self._held) + data[:cut]
        self._held.clear()
        return self._hold(self._within_limit(chunk), data[cut:])

    def _hold(self, whole: bytes, rest: bytes) -> bytes:
        self._held += rest
        if len(self._held) > self.limit:
            self._drop(whole, self._held[:EXCERPT])
            self._held.clear()
            self._skipping = True
        return whole

    def _within_limit(self, chunk: bytes) -> bytes:
        """The chunk without its over-long lines. Hops from line end to line end, a whole limit at a time."""
        at, kept = 0, [chunk]
        while len(chunk) - at > self.limit + 1:
            hop = chunk.rfind(b"\n", at, at + self.limit + 1) + 1
            if hop:
                at = hop
                continue
            end = chunk.index(b"\n", at) + 1
            kept[-1] = chunk[:at]
            self._drop(b"".join(kept), chunk[at : min(end - 1, at + EXCERPT)])
            chunk, at = chunk[end:], 0
            kept.append(chunk)
        return kept[0] if len(kept) == 1 else b"".join(kept)

    def _drop(self, before: bytes, head: bytes | bytearray) -> None:
        self.dropped.append(Dropped(count(before), bytes(head)))
        self.overlong += 1
