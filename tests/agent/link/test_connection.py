"""Dialling: what an address can be that no machine has."""

from __future__ import annotations

import pytest

from wacket_agent.config import parse_address
from wacket_agent.link.connection import Connection, Lost


@pytest.mark.parametrize("host", ["a..b", "x" * 64, f"{'y' * 64}.local"])
async def test_a_name_that_no_machine_can_have_costs_the_connection_only(host: str) -> None:
    with pytest.raises(Lost, match="cannot be the name of a machine"):
        await Connection.dial(parse_address(f"http://{host}:8080"))
