"""The hub's verdict for an agent that may stay: it is welcome, or waits for a person. Words only."""

from __future__ import annotations

from wacket.fleet import Fleet
from wacket.fleet.enrolment import Known
from wacket.fleet.handshake import vouching
from wacket.fleet.presence import BEAT
from wacket.ledger.nodes import NodeRow


class Greeting:
    """`command_key` signs commands; the hub's own key vouches for it."""

    def __init__(self, fleet: Fleet, command_key: bytes) -> None:
        self._fleet = fleet
        public = command_key.hex()
        self._command_key = {
            "command_key": public,
            "command_key_sig": fleet.key.sign(vouching(public, fleet.key.public)),
        }

    def welcome(self, row: NodeRow, now: int) -> dict[str, object]:
        who = {"node": row.id, "name": row.name, "code": self._fleet.code(row.id)}
        return {"t": "welcome", **who, "beat": BEAT, "time": now, **self._command_key}

    def pending(self, known: Known) -> dict[str, object]:
        row = known.node
        return {"t": "pending", "code": self._fleet.code(row.id), "name": row.name, "why": known.agent.why}
