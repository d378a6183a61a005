"""The hub's own machine as node one, so that charts move before anything is added: the agent's own collectors, asked
in the hub's process, and what they tell put into the intake like anybody's.

Takes no commands, follows no logs of other programs and keeps nothing: what the intake cannot take is counted and let
go, since the next turn tells it anew. An agent on this machine does more; while one is adopted this stands back.

In the hub's process this costs 0.2 % of a core and 5 MB; a process of its own would take 20 MB.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wacket import agentfile
from wacket.errors import WacketError
from wacket.fleet.completeness import STREAMS
from wacket.fleet.presence import Presence
from wacket.intake.admission import Admission
from wacket.intake.intake import Intake
from wacket.ledger.nodes import HUB
from wacket.records import Envelope, Receipt, Statistics, arrival

log = logging.getLogger(__name__)

# A first look at a new hub is at these; the others keep their periods. Programs of the owner's are the agent's.
QUICK = dict.fromkeys(("cpu", "diskio", "load", "memory", "network"), "5s") | {"dropins": "off"}
NO_AGENT = {"agent": "", "slots": 0}  # nothing is carried out here
NO_OFFSET = 0  # µs from this machine's clock to the hub's


class OwnMachine:
    """`folder` is the hub's, for the id of a machine that has none. To the collectors it is their settings and their
    store: what they may tell now, and where to.
    """

    options: Mapping[str, Mapping[str, str]] = {"collect": QUICK}

    def __init__(
        self, folder: Path, presence: Presence, admission: Admission, intake: Intake, clock: Callable[[], int]
    ) -> None:
        self.state = str(folder)
        self._presence, self._admission, self._intake, self._clock = presence, admission, intake, clock
        self._collecting: Any = None
        self._stands_back = ""  # the agent that reports this machine
        self._counts = dict.fromkeys(("reports", "bytes", "stored", "rejected", "let_go"), 0)

    async def run(self) -> None:
        """Until cancelled."""
        about, collecting = await asyncio.to_thread(self._load)
        self._presence.own.about = {**about, **NO_AGENT}
        self._collecting = collecting.Collecting(self, self, self._clock, lambda: NO_OFFSET)
        self._presence.changed(HUB)
        await self._collecting.run()

    @property
    def allows(self) -> Any:
        """What may be told now, as an agent's owner would say it: all or nothing."""
        tells = self._look_round() is None
        return agentfile.module("config").Allows(metrics=tells, logs=tells)

    def add(self, stream: str, lines: bytes, at: int) -> None:
        """Called by the collectors with whole lines."""
        envelope = Envelope("hub", "", HUB, STREAMS[stream], arrival(at), lines, urgent=False)
        self._counts["reports"] += 1
        self._counts["bytes"] += len(lines)
        self._admission.still_heard(HUB, "")
        try:
            self._intake.submit(envelope, self._settled)
        except WacketError:
            self._counts["let_go"] += 1

    def statistics(self) -> Statistics:
        """`let_go`: reports that the hub could not keep; `failing` collectors, and why."""
        failing = self._collecting.failing() if self._collecting else {}
        return {**self._counts, "stands_back_for": self._stands_back, "failing": failing}

    def _load(self) -> tuple[Mapping[str, Any], Any]:
        """What is to be said of this machine, and who asks its collectors. In a thread: two dozen modules take long."""
        for name in agentfile.module("collectors").known():
            agentfile.module(f"collectors.{name}")
        return agentfile.module("link.about").About(self)(), agentfile.module("collecting")

    def _look_round(self) -> str | None:
        """The agent for which this stands back. It is said whenever that changes."""
        node = self._presence.own.agent()
        name = node.name if node else ""
        if name != self._stands_back:
            self._stands_back = name
            self._say(f"reported by the agent of {name} from now on" if name else "reported by the hub again")
            self._presence.changed(HUB)
        return name or None

    def _say(self, what: str) -> None:
        text = f"the hub's own machine is {what}"
        log.info(text)
        lines, at = agentfile.module("lines"), self._clock()
        self.add("logs", lines.ndjson(lines.Log(text), "hub", at), at)

    def _settled(self, result: Receipt | Exception) -> None:
        if isinstance(result, Receipt):
            self._counts["stored"] += result.stored
            self._counts["rejected"] += result.rejected
        else:
            self._counts["let_go"] += 1
