"""The machines that have an agent, and how all nodes are: how they join, who is up, how each one is at a glance, what
their streams lack.

`Fleet` is all of it for one hub. Connections are the door's, and what nodes are told to do is for commands/.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
from wacket.fleet.overview import Overview
from wacket.fleet.presence import Presence
from wacket.fleet.reach import Reach

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
    overview: Overview
    merging: Merging
    reach: Reach

    @classmethod
    def open(cls, keys: Path, ledger: Ledger, catalogue: Catalogue, bus: Bus, clock: Callable[[], int]) -> Fleet:
        """`keys` is the folder of the hub's keys. Raises BadSettings."""
        key, agents = HubKey.open(keys), Agents(ledger)
        presence, completeness = Presence(catalogue, agents, bus, clock), Completeness(ledger, clock)
        overview = Overview(catalogue, presence, agents, partial(_code, key, agents), bus, clock)
        return cls(
            key,
            JoinTokens(ledger, key.fingerprint, clock),
            agents,
            Enrolment(ledger, catalogue, agents, clock),
            presence,
            completeness,
            Copies(clock),
            overview,
            Merging(ledger, catalogue, agents, presence, completeness, overview, bus, clock),
            Reach.of_this_machine(),
        )

    def code(self, node: int) -> str:
        """What people compare with what the machine shows, or "" where there is no agent."""
        return _code(self.key, self.agents, node)

    async def flush(self) -> None:
        """Write down what changes often. Raises Unavailable."""
        await self.agents.flush()
        await self.completeness.flush()


def _code(key: HubKey, agents: Agents, node: int) -> str:
    agent = agents.of_node(node)
    return short_code(key.public, agent.key) if agent else ""
