"""Both sides of the seam between the door of agents and those who command them, without a socket or a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.agents import Heard

from wacket.seams import Link


class FakeLink:
    """A live connection: what was sent over it is in `sent`."""

    def __init__(self, node: int, key_id: str = "") -> None:
        self.node, self.key_id = node, key_id or f"{node:064x}"
        self.sent: list[Heard] = []
        self.pending = 0

    def send(self, message: Mapping[str, Any]) -> None:
        self.sent.append(Heard(dict(message), b""))

    def send_bytes(self, head: Mapping[str, Any], payload: bytes) -> None:
        self.sent.append(Heard(dict(head), payload))

    def pending_bytes(self) -> int:
        return self.pending

    def said(self, kind: str) -> list[Heard]:
        """What was sent of one type."""
        return [one for one in self.sent if one.message["t"] == kind]


class FakeDesk:
    """Who commands: remembers what it was told, and commands nothing."""

    def __init__(self) -> None:
        self.links: dict[int, Link] = {}
        self.told: list[tuple[int, dict[str, Any], bytes]] = []

    def node_up(self, link: Link) -> None:
        self.links[link.node] = link

    def node_down(self, node: int) -> None:
        del self.links[node]

    async def room(self) -> None:
        pass

    def heard(self, link: Link, message: dict[str, Any], payload: bytes) -> None:
        self.told.append((link.node, message, payload))
