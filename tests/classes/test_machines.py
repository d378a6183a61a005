"""Rounds of a class as jobs of the command desk, on a real ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands.desks import NOON, Desks, desks

from wacket.classes.machines import AgentMachines
from wacket.ledger.class_sets import Round

pytestmark = pytest.mark.slow
MADE = Round(7, NOON, "person:olga", "6.08", "print(42)", 10, "")


def machines(hub: Desks) -> AgentMachines:
    return AgentMachines(hub.ledger, hub.issuing, hub.desk, hub.blobs)


async def test_what_was_begun_of_a_round_is_found_after_a_kill_and_nothing_of_another(tmp_path: Path) -> None:
    async with desks(tmp_path) as hub:
        nodes = [hub.node("pi-1"), hub.node("pi-2")]
        begun, refused = await machines(hub).begin(MADE, nodes, "192.0.2.9", 0)
        assert sorted(begun) == nodes and not refused
        await hub.again()
        assert await machines(hub).found(MADE) == begun
        assert await machines(hub).found(MADE._replace(id=8)) == {}
        assert await machines(hub).found(MADE._replace(actor="person:other")) == {}
