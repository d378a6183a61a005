"""The machine that the hub itself runs on: what it is, and whether an agent reports it already.

Asks the machine nothing: doors/own_machine.py does, and says here what it has found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wacket.fleet.agents import Agents
from wacket.ledger.nodes import NodeRow

if TYPE_CHECKING:
    from wacket.intake.catalogue import Catalogue


class Own:
    """`about` is as agents say it of theirs; empty as long as nobody has looked."""

    def __init__(self, catalogue: Catalogue, agents: Agents) -> None:
        self._catalogue, self._agents = catalogue, agents
        self.about: Mapping[str, Any] = {}

    def agent(self) -> NodeRow | None:
        """The adopted node whose agent reports this very machine.

        The machine's id alone would be one of a copied card too; no two machines were started as the same boot.
        """
        for agent in self._agents.on_machine(self.about.get("machine", "")):
            node = self._catalogue.node_by_id(agent.node)
            if node.state == "adopted" and agent.about.get("boot") == self.about.get("boot"):
                return node
        return None
