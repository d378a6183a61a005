"""A place with something of every kind in it, so that no screen is looked at empty."""

from __future__ import annotations

import math
import re
import time
from contextlib import suppress
from urllib.error import HTTPError

from playwright.sync_api import Page, expect
from tests.page.place import Hub, until

HOSTILE = "<img src=x onerror=alert(1)> \u202edrawkcab\u202c \x1b[31mred\x1b[0m"
WAITING = re.compile("(Loading|Asking|Looking|Reading|is loading).* …$")
ADDRESSES = [
    "/",
    "/?view=cards",
    "/?view=seats",
    "/?add=machine",
    "/nodes/rig-1",
    "/nodes/rig-1/logs",
    "/nodes/rig-1/series",
    "/nodes/rig-1/run",
    "/nodes/rig-1/about",
    "/logs",
    "/series?match=rig-*%2Ftemperature",
    "/series/clusters",
    "/run",
    "/run/1",
    "/class",
    "/class/6.08 Tue",
    "/settings",
    "/settings/people",
    "/settings/tokens",
    "/settings/allowances",
    "/settings/retention",
    "/settings/limits",
    "/settings/backup",
    "/settings/audit",
    "/settings/about",
]


def fill(hub: Hub) -> None:
    """Two boards that are let in and one that is not, their readings and logs, a class, a note, a token."""
    now = time.time()
    for name in ("rig-1", "rig-2"):
        hub.board(name)
        hub.send(_readings(now) + _logs(), node=name)
    hub.send("temperature:3.5\n", node="stranger")
    hub.ask("POST", "/api/v1/classes", {"name": "6.08 Tue"})
    members = [{"user": f"student-{number}"} for number in range(1, 6)]
    hub.ask("PUT", "/api/v1/classes/6.08%20Tue/members", {"members": members})
    hub.ask("POST", "/api/v1/notes", {"at": _iso(now - 60), "text": "fan on"})
    hub.ask("POST", "/api/v1/tokens", {"name": "script", "scopes": ["read"]})
    with suppress(HTTPError):  # nobody may run anything here, and that is told
        hub.ask("POST", "/api/v1/jobs", {"target": "hub", "kind": "exec", "argv": ["uname", "-a"]})
    until(lambda: hub.ask("GET", "/api/v1/series?node=rig-2")["series"])


def fully_drawn(page: Page) -> None:
    """Everything that was asked for is there, and nothing is drawn half."""
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("status").filter(has_text=WAITING)).to_have_count(0)


def _readings(now: float) -> str:
    rows = []
    for step in range(120):
        at = int((now - (120 - step) * 5) * 1000)
        rows.append(
            f'{{"temperature": {20 + 3 * math.sin(step / 9):.2f}, "humidity": {40 + step / 10:.1f}, "ts": {at}}}'
        )
    return "\n".join(rows) + "\n"


def _logs() -> str:
    words = (
        "valve opened",
        "ERROR: valve 3 stuck",
        "warning: slow",
        HOSTILE,
        "x" * 5000,
        '{"event": "door", "open": true}',
    )
    return "\n".join(words) + "\n"


def _iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
