"""The machines that have an agent, and whether nodes are there: how they join, who is up, what their streams lack.

`Fleet` is all of it for one hub. Connections are the door's, and what nodes are told to do is for commands/.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wacket.fleet.agents import Agents
from wacket.fleet.completeness import Completeness
from wacket.fleet.copies import Copies
from wacket.fleet.enrolment import Enrolment
from wacket.fleet.handshake import short_code
from wacket.fleet.hubkey import HubKey
from wacket.fleet.joining import JoinTokens
from wacket.fleet.merging import Merging
from wacket.fleet.presence import Presence

if TYPE_CHECKING:
    from wacket.bus.memory import Bus
    from wacket.intake.catalogue import Catalogue
    from wacket.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Fleet:
    """Its parts, made in the order in which they need each other."""

    key: HubKey
    tokens: JoinTokens
    agents: Agents
    enrolment: Enrolment
    presence: Presence
    completeness: Completeness
    copies: Copies
    merging: Merging

    @classmethod
    def open(cls, keys: Path, ledger: Ledger, catalogue: Catalogue, bus: Bus, clock: Callable[[], int]) -> Fleet:
        """`keys` is the folder of the hub's keys. Raises BadSettings."""
        key, agents = HubKey.open(keys), Agents(ledger)
        presence, completeness = Presence(catalogue, agents, bus, clock), Completeness(ledger, clock)
        return cls(
            key,
            JoinTokens(ledger, key.fingerprint, clock),
            agents,
            Enrolment(ledger, catalogue, agents, clock),
            presence,
            completeness,
            Copies(clock),
            Merging(ledger, catalogue, agents, presence, completeness, bus, clock),
        )

    def code(self, node: int) -> str:
        """What people compare with what the machine shows, or "" where there is no agent."""
        agent = self.agents.of_node(node)
        return short_code(self.key.public, agent.key) if agent else ""

    async def flush(self) -> None:
        """Write down what changes often. Raises Unavailable."""
        await self.agents.flush()
        await self.completeness.flush()
