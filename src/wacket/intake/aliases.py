"""Nodes that were merged into others: which node an id means now, and under which ids a node's past is kept.

Rows that are sealed keep the id that they were written with, so both stay true for ever. In memory; the ledger has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wacket.ledger.merging import Alias


class Aliases:
    """Read from any thread; changed on the event loop only."""

    def __init__(self, merged: Iterable[Alias] = ()) -> None:
        known = list(merged)
        self._into: Mapping[int, int] = {one.node: one.into for one in known}
        self._names = {one.name: one.node for one in known}

    def __contains__(self, node: int) -> bool:
        """Whether this node was merged into another."""
        return node in self._into

    def __bool__(self) -> bool:
        return bool(self._into)

    def now(self, node: int) -> int:
        """The node that this id means by now."""
        return self._into.get(node, node)

    def of(self, nodes: Iterable[int]) -> list[int]:
        """The ids of these nodes, and of all that were merged into them."""
        wanted = list(nodes)
        chosen = set(wanted)
        return wanted + [gone for gone, into in self._into.items() if into in chosen]

    def formerly(self, name: str) -> int | None:
        """The node that one of this name was merged into: what speaks as that may not know of it."""
        gone = self._names.get(name)
        return None if gone is None else self.now(gone)

    def merge(self, alias: Alias) -> None:
        """What was merged into the one that goes, goes with it. Replaced as a whole, for those who read meanwhile."""
        gone, into = alias.node, alias.into
        self._into = {node: into if now == gone else now for node, now in self._into.items()} | {gone: into}
        self._names[alias.name] = gone
