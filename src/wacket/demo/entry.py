"""The way into the demo's page: one sign-in link to charts that move, and a fresh one as soon as it was used or is
about to expire.

So whoever comes late, or opens the page in a second browser, is never left before a link that does not work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NAME = "demo"
RENEW_SECONDS = 240.0  # a link works for five minutes
LOOK_SECONDS = 2.0
ROWS = 50  # of the audit log, looked at for its use
SHOWN = "match=greenhouse/*&match=motor/*&match=air/*&range=5m&group=name"
VIEW = {"name": "The demo, live", "page": "series", "search": SHOWN, "shared": True}


class Entry:
    """`link` is the one to open now; `fresh` looks whether it must be another. `hub` asks as its owner; `clock`
    gives seconds.
    """

    def __init__(self, hub: Any, address: str, password: str, clock: Callable[[], float]) -> None:
        """Makes the account, whose password nobody needs to know."""
        self._hub, self._address, self._clock = hub, address, clock
        self._look_at = self._renew_at = 0.0
        self._seen = 0
        hub.post("/api/v1/people", {"name": NAME, "role": "admin", "password": password})
        self._view = hub.post("/api/v1/views", VIEW)["id"]
        self.link = self._made()

    def fresh(self) -> bool:
        """Whether `link` is another now. Asks the hub every few seconds, however often it is called."""
        now = self._clock()
        if now < self._look_at:
            return False
        self._look_at = now + LOOK_SECONDS
        if now < self._renew_at and not self._is_used():
            return False
        self.link = self._made()
        return True

    def _made(self) -> str:
        now = self._clock()
        self._look_at, self._renew_at = now + LOOK_SECONDS, now + RENEW_SECONDS
        made = self._hub.post("/api/v1/sign-in-links", {"name": NAME})
        self._seen = self._acts()[0]["id"]
        return f"http://{self._address}/s/{made['code']}?to=/series/{self._view}"

    def _is_used(self) -> bool:
        # Not by asking for the link itself: one that was used would count as a guess.
        return any(row["act"] == "sign-in-link.use" and row["id"] > self._seen for row in self._acts())

    def _acts(self) -> list[dict[str, Any]]:
        acts: list[dict[str, Any]] = self._hub.get("/api/v1/audit", {"limit": ROWS})["acts"]
        return acts
