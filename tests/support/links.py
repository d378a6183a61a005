"""A live connection of an agent for those who talk to one, without a socket: what was sent is in `sent`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.agents import Heard


class FakeLink:
    """Fulfils seams.Link."""

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
