"""What has changed, gathered for one live connection: rows of the overview, short notes of all else that pages show.

A page knows from a note which question to ask again; nothing but names and numbers is in it. Bounded: of too many
names it says only that there are some, and where some word was lost, that `all` may have changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from wacket.api.parts import Parts
from wacket.fleet.overview import Moved

MOST_ROWS = 500  # of the overview in one message
MOST = 1000  # names or numbers in one note


class FleetNews:
    """The rows that are others now."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.wanted = False
        self._nodes: set[int] = set()
        self._gone: dict[str, None] = {}

    @property
    def waits(self) -> bool:
        return bool(self._nodes or self._gone)

    def note(self, moved: Moved) -> None:
        self._nodes |= moved.nodes
        self._gone.update(dict.fromkeys(moved.gone))

    def note_all(self) -> None:
        """Some of it was lost: any row may have changed."""
        self._nodes.update(row.id for row in self._parts.catalogue.nodes())

    def forget(self) -> None:
        self._nodes, self._gone = set(), {}

    def drain(self) -> list[bytes]:
        nodes = [row for row in self._parts.catalogue.nodes() if row.id in self._nodes and row.state != "retired"]
        later, gone = {row.id for row in nodes[MOST_ROWS:]}, list(self._gone)
        shown = [self._parts.fleet.overview.encoded(row.id) for row in nodes[:MOST_ROWS]]
        self._nodes, self._gone = later, {}
        found = [msgspec.json.encode({"gone": gone})] if gone else []
        return [*found, msgspec.json.encode({"fleet": shown})] if shown else found


class Changes:
    """All else. `own` is the name of who may know of what is their own only, None for those who may read."""

    def __init__(self, own: str | None) -> None:
        self._own = own
        self.wanted = False
        self._names: dict[str, dict[str | int, None]] = {}
        self._plain: set[str] = set()

    @property
    def waits(self) -> bool:
        return bool(self._names or self._plain)

    def note(self, changed: Mapping[str, Any]) -> None:
        """A word of the topic "changed"."""
        if self._own is not None:
            names = changed.get("classes", ())
            changed = {"classes": [self._own]} if names is True or self._own in names else {}
        for noun, said in changed.items():
            if isinstance(said, bool):
                self._plain.add(noun)
            else:
                self._names.setdefault(noun, {}).update(dict.fromkeys(said))

    def note_all(self) -> None:
        """Some of it was lost."""
        self.note({"all": True} if self._own is None else {"classes": [self._own]})

    def forget(self) -> None:
        self._names, self._plain = {}, set()

    def drain(self) -> list[bytes]:
        found: dict[str, Any] = dict.fromkeys(sorted(self._plain), True)
        for noun, names in self._names.items():
            if noun not in found:
                found[noun] = True if len(names) > MOST else list(names)
        self.forget()
        return [msgspec.json.encode({"changed": found})] if found else []
