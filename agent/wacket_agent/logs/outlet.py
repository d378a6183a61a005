"""Where the sources put what they read: entries become lines of the store, with how far they were read.

Lines and marks are one transaction of the store, so that a restart neither loses nor repeats a line. It limits how
much one turn may add, because what does not fit into the journal's memory would be lost there, while in its file it
only waits.
"""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from wacket_agent.logs.entries import Entry, encode

PREFIX = "logs/"
TURN_BYTES = 1 << 20
OWN_SOURCE = "wacket-agent"


class Outlet:
    """`marks` are the newest ones, without prefix. `forgotten` are those of the store that mean nothing any more."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._room = TURN_BYTES
        self.entries = 0
        self.marks: dict[str, str] = {}
        self.forgotten: set[str] = set()

    @property
    def is_full(self) -> bool:
        return self._room <= 0

    @property
    def is_busy(self) -> bool:
        """Whether this turn found so much that there is probably more."""
        return self._room <= TURN_BYTES // 2

    def remember(self, marks: Mapping[str, str]) -> None:
        """What the store has of earlier."""
        self.marks = {name[len(PREFIX) :]: text for name, text in marks.items() if text}

    def marked(self, prefix: str) -> dict[str, str]:
        """The marks whose names begin so, without that."""
        return {name[len(prefix) :]: text for name, text in self.marks.items() if name.startswith(prefix)}

    def begin_turn(self) -> None:
        self._room = TURN_BYTES

    def put(self, entries: Iterable[Entry], at: int, marks: Mapping[str, str] | None = None) -> None:
        """`at` is the time of reading in µs. A mark of "" is one to forget."""
        lines = [encode(entry) for entry in entries]
        chunk = b"".join(lines)
        self.entries += len(lines)
        self._room -= len(chunk)
        for name, text in (marks or {}).items():
            self._note(name, text)
        self._store.add("logs", chunk, at, {PREFIX + name: text for name, text in (marks or {}).items()})

    def tell(self, level: str, message: str, at: int, attrs: Mapping[str, str] | None = None) -> None:
        """Something about the reading itself."""
        self.put([Entry(at, level, message, OWN_SOURCE, attrs or {})], at)

    def _note(self, name: str, text: str) -> None:
        if text:
            self.marks[name] = text
            self.forgotten.discard(PREFIX + name)
        elif self.marks.pop(name, ""):
            self.forgotten.add(PREFIX + name)
