"""Law 10 on the page: whatever machines, boards and students send is seen as text on every screen, and is only text."""

from __future__ import annotations

import json
import re
import socket
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.page.conftest import NARROW, WIDE
from tests.page.filled import fully_drawn
from tests.page.hostile import ALL, MARKUP, SHOWN, fill, harm
from tests.page.place import Hub, until

sync_api = pytest.importorskip("playwright.sync_api")
Page, expect = sync_api.Page, sync_api.expect
OpenPage = Callable[..., Page]

# Where it must be seen, and where its absence from the screen would be no harm (None).
SCREENS = {
    "/?view=table": SHOWN,
    "/?view=cards": SHOWN,
    "/?view=seats": None,
    "/?add=waiting": SHOWN,
    "/nodes/rig-1": SHOWN,
    "/nodes/rig-1/logs": SHOWN,
    "/nodes/rig-1/series": SHOWN,
    "/nodes/rig-1/about": SHOWN,
    "/nodes/127.0.0.1": SHOWN,
    "/logs": SHOWN,
    "/series": None,
    "/series?match=rig-1/*": SHOWN,
    "/series/1": SHOWN,
    "/run": None,
    "/settings/tokens": SHOWN,
    "/settings/audit": None,
    "/settings/you": None,
    "/settings/about": None,
}
LONG = 1_000_000


@pytest.mark.torture  # half a minute and more
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_devices_send_is_text_on_every_screen(hub: Hub, open_page: OpenPage, size: dict[str, int]) -> None:
    fill(hub)
    page = open_page("/logs", size=size)
    said = heard(page)
    expect(page.get_by_text(SHOWN).first).to_be_visible()
    assert looked_at(page, SCREENS) == {}
    assert said == []


def test_what_programs_answer_is_text(hub: Hub, open_page: OpenPage) -> None:
    with hub.machine("pi-1", "run"):
        program = f"import sys\nprint({ALL!r})\nprint({ALL!r}, file=sys.stderr)\nsys.exit(3)"
        hub.ask("POST", "/api/v1/jobs", {"target": "pi-1", "kind": "python", "program": program})
        hub.ask("POST", "/api/v1/jobs", {"target": "pi-1", "argv": ["echo", ALL]})
        for number in (1, 2):
            until(lambda number=number: hub.ask("GET", f"/api/v1/jobs/{number}"), lambda job: not job["open"])
    page = open_page("/run/1")
    said = heard(page)
    screens = dict.fromkeys(("/run/1", "/run/2", "/run", "/nodes/pi-1/run"), SHOWN) | {"/run/1?tab=machines": None}
    assert looked_at(page, screens) == {}
    assert said == []


@pytest.mark.torture  # long
def test_what_students_hand_in_is_text(hub: Hub, open_page: OpenPage) -> None:
    name = f"{MARKUP} tuesday"
    place = urllib.parse.quote(name, safe="")
    hub.ask("POST", "/api/v1/classes", {"name": name, "members": [{"user": "ben", "seat": "<img src=x>"}]})
    for number, fields in enumerate(
        (
            {"command": "hw_command_request", "hw_comm": f"# {ALL}"},
            {"command": "hw_command_retrieval"},
            {"command": "hw_response_provide", "hw_resp": ALL, "hw_err": ALL, "hw_exit": "1"},
        ),
        start=1,
    ):
        assert board(hub, user="ben", **fields)["state"] == number
    page = open_page("/class")
    said = heard(page)
    screens: dict[str, str | None] = {
        "/class": SHOWN,
        f"/class/{place}?view=table": SHOWN,
        f"/class/{place}?view=seats": SHOWN,
        f"/class/{place}?who=ben": SHOWN,
        f"/class/{place}?who=ben&tab=program": SHOWN,
        f"/class/{place}?who=ben&tab=history": None,
        f"/projector/{place}": SHOWN,
    }
    assert looked_at(page, screens) == {}
    assert said == []
    own = open_page("/mine", role="student", name="ben")
    said = heard(own)
    assert looked_at(own, {"/mine": SHOWN}) == {}
    assert said == []


def test_names_that_are_too_long_are_refused_and_the_page_goes_on(hub: Hub, open_page: OpenPage) -> None:
    hub.board("rig-1")
    host, _, port = hub.tcp.rpartition(":")
    with socket.create_connection((host, int(port)), 30) as link:
        link.sendall(b"hello node=" + b"n" * 30_000 + b" ack=yes\n")
        assert b"cannot be a node's name" in link.recv(4096)
    hub.send("hello node=" + "n" * LONG + "\n")  # longer than a line may be: kept as a reject, and cut
    page = open_page("/nodes/rig-1", allowed=("400", "404"))  # its old name is asked for once more
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("n" * LONG)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("at most 100 characters")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("rig-2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1, name="rig-2")).to_be_visible()
    page.goto("/settings/rejects")
    expect(page.get_by_text("longer than 65536 bytes").first).to_be_visible()
    assert harm(page) == []


@pytest.mark.torture  # long
def test_bodies_and_documents_without_end_are_cut_and_the_page_stays_light(hub: Hub, open_page: OpenPage) -> None:
    hub.board("rig-1")
    push(hub, "rig-1", {"message": f"{MARKUP} {'x' * LONG}", "level": "error"})
    push(hub, "rig-1", {f"key{number}": MARKUP for number in range(10_000)})
    push(hub, "rig-1", {f"number{number}": number for number in range(10_000)})
    hub.send("the last line\n", "rig-1")
    page = open_page("/logs?on=rig-1")
    for address in ("/logs?on=rig-1", "/nodes/rig-1", "/nodes/rig-1/series", "/series?match=rig-1/*", "/"):
        page.goto(address)
        fully_drawn(page)
        assert harm(page) == [], address
        assert page.locator("*").count() < 6_000, address
    page.goto("/logs?on=rig-1")
    expect(page.get_by_text("the last line")).to_be_visible()


def heard(page: Page) -> list[str]:
    """What dialogs said; there must be none. They are closed, so that the test goes on."""
    said: list[str] = []

    def close(dialog: Any) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)
    return said


def looked_at(page: Page, screens: Mapping[str, str | None]) -> dict[str, list[str]]:
    """What is wrong with these screens, by their addresses; `screens` says what must be read on each."""
    wrong = {}
    for address, shown in screens.items():
        page.goto(address)
        fully_drawn(page)
        found = []
        if shown is not None:
            try:
                expect(page.get_by_text(re.compile(re.escape(shown))).first).to_be_visible(timeout=8_000)
            except AssertionError:
                found.append(f"{shown} is not to be read")
        found += harm(page)
        if found:
            wrong[address] = found
    return wrong


def push(hub: Hub, node: str, line: dict[str, Any]) -> None:
    """One JSON object over HTTP, where a line may be longer than over TCP."""
    body = json.dumps(line).encode()
    urllib.request.urlopen(f"{hub.address}/api/v1/ingest/ndjson?node={node}", body, timeout=30).close()


def board(hub: Hub, **fields: str) -> Any:
    """What the class protocol answers to somebody's hardware."""
    body = urllib.parse.urlencode(fields).encode()
    with urllib.request.urlopen(f"{hub.address}/hw_supervisor", body, timeout=30) as answer:
        return json.load(answer)
