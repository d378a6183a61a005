"""A fleet over a real ledger, without sockets, and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wacket.bus.memory import Bus
from wacket.fleet import Fleet
from wacket.intake.catalogue import Catalogue
from wacket.ledger import agents, nodes
from wacket.ledger.agents import AgentRow
from wacket.ledger.nodes import NodeRow
from wacket.ledger.store import Ledger
from wacket.settings import Intake as Limits

NOON = 1_795_262_400_000_000


class World:
    """The parts around a fleet."""

    def __init__(self, folder: Path) -> None:
        self.now, self.folder, self.bus = NOON, folder, Bus()
        self.ledger = Ledger.open(folder / "ledger.db")
        self.ledger.write_sync(lambda c: nodes.create(c, "hub", "machine", "adopted", "hub", self.now))
        self.open()

    def open(self) -> None:
        """As the hub does at its start; again, as after a restart."""
        self.catalogue = Catalogue(self.ledger, Limits(), lambda: self.now)
        self.fleet = Fleet.open(self.folder / "keys", self.ledger, self.catalogue, self.bus, lambda: self.now)

    def board(self, name: str, state: str = "adopted", peer: str = "192.0.2.7") -> NodeRow:
        row = self.ledger.write_sync(lambda c: nodes.create(c, name, "board", state, f"name:{name}", self.now, peer))
        self.catalogue.add_nodes([row])
        return row

    def machine(self, name: str, key: str = "ab" * 32) -> NodeRow:
        row = self.board(name)
        agent = AgentRow(row.id, key, "", {}, "down", self.now, "", self.now, None)
        self.ledger.write_sync(lambda c: agents.add(c, agent))
        self.fleet.agents.remember(agent)
        return row

    def state(self, row: NodeRow) -> str:
        return self.fleet.presence.state_of(self.catalogue.node_by_id(row.id))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.ledger.close()
