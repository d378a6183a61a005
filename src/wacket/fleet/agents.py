"""Every agent that ever joined, in memory, by key, node and machine. What changes often is written down in groups.

Decides nothing: who may join is in enrolment.py, who is there in presence.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from wacket.ledger import agents as rows
from wacket.ledger.agents import AgentRow
from wacket.ledger.store import Ledger


class Agents:
    """Used on the event loop only. `flush` writes down what `change` was told."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._by_node: dict[int, AgentRow] = {}
        self._by_key: dict[str, AgentRow] = {}
        self._changed: set[int] = set()
        self.matters = asyncio.Event()  # something changed that must not be forgotten in the next crash
        for row in ledger.read(rows.all_agents):
            self.remember(row)

    def __iter__(self) -> Iterator[AgentRow]:
        return iter(list(self._by_node.values()))

    def of_node(self, node: int) -> AgentRow | None:
        return self._by_node.get(node)

    def with_key(self, key: str) -> AgentRow | None:
        return self._by_key.get(key)

    def on_machine(self, machine: str) -> list[AgentRow]:
        """Those that said the same machine id. More than one: installed anew, or a copied card."""
        return [row for row in self._by_node.values() if machine and row.machine == machine]

    def remember(self, row: AgentRow) -> None:
        """As it is in the ledger."""
        before = self._by_node.get(row.node)
        if before is not None and before.key != row.key:
            del self._by_key[before.key]
        self._by_node[row.node] = self._by_key[row.key] = row

    def forget(self, node: int) -> None:
        """Its key belongs to another node now."""
        self._by_node.pop(node, None)
        self._changed.discard(node)

    def merge(self, gone: int, into: int) -> None:
        """What runs on the node that is gone goes on as the other, with its own key. So it is in the ledger by now."""
        agent = self._by_node.get(gone)
        if agent is not None:
            self.forget(gone)
            self.remember(agent._replace(node=into, why=""))

    def change(self, node: int, **members: Any) -> None:
        """Holds at once, and is written down with the next `flush`."""
        row = self._by_node[node]
        changed = row._replace(**members)
        if changed != row:
            self.remember(changed)
            self._changed.add(node)

    def say(self, node: int, about: Mapping[str, Any]) -> None:
        """What a machine says of itself now. A job that comes right after a crash goes by what its owner allows."""
        if about.get("allows") != self._by_node[node].about.get("allows"):
            self.matters.set()
        self.change(node, about=about, machine=about.get("machine", ""))

    async def flush(self) -> None:
        """Raises Unavailable; then it is tried again the next time."""
        self.matters.clear()
        writing = [self._by_node[node] for node in self._changed]
        if not writing:
            return
        await self._ledger.write(lambda connection: rows.update_all(connection, writing))
        self._changed -= {row.node for row in writing if self._by_node.get(row.node) == row}
