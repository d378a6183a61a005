"""Who may do what, as people meet it: what is not offered, what the hub refuses all the same, and what ends at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.page.place import Hub

sync_api = pytest.importorskip("playwright.sync_api")
Page, expect = sync_api.Page, sync_api.expect
OpenPage = Callable[..., Page]

# What acts on each screen. The viewer's page offers none of it.
ACTS = {
    "/?sel=rig-1": ["Add a machine", "Tag …", "Retire", "Run …", "More for rig-1", "Adopt …"],
    "/nodes/rig-1": ["Run", "More for rig-1"],
    "/nodes/rig-1/run": ["Run", "More for rig-1"],
    "/run": ["Run", "Later …", "Programs"],
    "/class": ["Make a class"],
    "/class/6.08": ["Ask all 2 …", "People"],
    "/class/6.08?who=ben": ["Ask …", "Put at rest", "Say it"],
    "/settings/tokens": ["Make it"],
    "/settings/retention": ["Add a rule", "Save"],
}
# The same, asked of the hub without the page: method, address, body.
FORCED: list[tuple[str, str, Any]] = [
    ("PATCH", "/api/v1/nodes/rig-1", {"name": "mine"}),
    ("PATCH", "/api/v1/nodes/rig-1", {"state": "retired"}),
    ("POST", "/api/v1/nodes/bulk", {"names": ["rig-1"], "state": "retired"}),
    ("POST", "/api/v1/join-tokens", {}),
    ("POST", "/api/v1/jobs", {"target": "rig-1", "argv": ["true"]}),
    ("POST", "/api/v1/schedules", {"job": {"target": "rig-1", "argv": ["true"]}, "every": 60}),
    ("POST", "/api/v1/programs", {"name": "mine", "language": "python", "text": "1"}),
    ("POST", "/api/v1/classes", {"name": "mine"}),
    ("POST", "/api/v1/rounds", {"program": "print(1)", "class": "6.08"}),
    ("POST", "/api/v1/classes/6.08/reset", {"stuck": False}),
    ("POST", "/api/v1/notes", {"at": "2026-11-21T12:00:00Z", "text": "mine"}),
]
ADMIN: list[tuple[str, str, Any]] = [
    ("GET", "/api/v1/people", None),
    ("POST", "/api/v1/people", {"name": "eve", "role": "admin", "password": "correct horse battery"}),
    ("PATCH", "/api/v1/people/nobody", {"role": "admin"}),
    ("POST", "/api/v1/tokens", {"name": "eve", "scopes": ["admin"]}),
    ("PUT", "/api/v1/place", {"name": "mine", "kind": "other"}),
    ("GET", "/api/v1/audit", None),
    ("GET", "/api/v1/backup", None),
]
PARTS_OF_ADMINS = ("People", "Tokens", "Limits", "Backup", "Audit log")


@pytest.mark.torture  # half a minute and more
def test_a_viewer_is_offered_no_act_and_refused_each(hub: Hub, open_page: OpenPage) -> None:
    somebody(hub)
    page = open_page("/", role="viewer")
    assert offered(page) == {}
    assert set(offered(open_page("/", role="admin"))) == set(ACTS)  # or else nothing was looked for
    assert {(method, path): forced(page, method, path, body) for method, path, body in FORCED + ADMIN} == {
        (method, path): 403 for method, path, _ in FORCED + ADMIN
    }
    assert hub.ask("GET", "/api/v1/nodes/rig-1")["state"] == "adopted"


def test_an_operator_is_no_admin(hub: Hub, open_page: OpenPage) -> None:
    page = open_page("/settings", role="operator")
    parts = page.get_by_role("navigation", name="Parts of the settings")
    expect(parts.get_by_role("link", name="You")).to_be_visible()
    for part in PARTS_OF_ADMINS:
        expect(parts.get_by_role("link", name=part, exact=True)).to_have_count(0)
    page.goto("/settings/people")
    expect(page.get_by_text("This needs an admin")).to_be_visible()
    assert [forced(page, *act) for act in ADMIN] == [403] * len(ADMIN)


def test_a_student_sees_their_own_and_nothing_of_others(hub: Hub, open_page: OpenPage) -> None:
    somebody(hub)
    page = open_page("/", role="student", name="ben")
    expect(page.get_by_role("heading", level=1, name="My hardware")).to_be_visible()
    expect(page.get_by_text("seat A2")).to_be_visible()
    expect(page.get_by_text("amara")).to_have_count(0)
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link")).to_have_count(2)  # and Settings, for the password
    for address in ("/logs", "/class/6.08", "/nodes/rig-1"):
        page.goto(address)
        expect(page.get_by_text("You may not see this page")).to_be_visible()
    others = ("/api/v1/class/amara", "/api/v1/class/amara/history", "/api/v1/classes", "/api/v1/classes/6.08/answers")
    seen = ("/api/v1/fleet", "/api/v1/logs", "/api/v1/series", "/api/v1/jobs", "/api/v1/nodes")
    assert {path: forced(page, "GET", path) for path in (*others, *seen)} == dict.fromkeys((*others, *seen), 403)
    for path in ("/api/v1/class", "/api/v1/classes/6.08"):  # both are cut down to what is one's own
        assert "amara" not in page.request.get(path).text()
    assert forced(page, "POST", "/api/v1/class/amara/request", {"program": "print(1)"}) == 403
    assert forced(page, "GET", "/api/v1/class/ben") == 200


def test_signing_out_ends_what_the_page_may_see(hub: Hub, open_page: OpenPage) -> None:
    hub.board("rig-1")
    page = open_page("/", role="operator", allowed=("401", "WebSocket"))
    expect(page.get_by_role("link", name="rig-1", exact=True)).to_be_visible()
    page.get_by_role("button", name="Account: operator").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_text("rig-1")).to_have_count(0)
    page.goto("/nodes/rig-1")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert forced(page, "GET", "/api/v1/nodes") == 401


def test_a_screen_whose_link_was_revoked_goes_dark(hub: Hub, open_page: OpenPage) -> None:
    hub.board("rig-1")
    hub.send("temp:21.5\n", "rig-1")
    view = hub.ask(
        "POST", "/api/v1/views", {"name": "Bench", "page": "series", "search": "match=rig-1/*", "shared": True}
    )
    made = hub.ask("POST", f"/api/v1/views/{view['id']}/kiosk", {})
    wall = open_page(made["link"][made["link"].index("/k/") :], role="", allowed=("401", "WebSocket"))
    expect(wall.get_by_role("figure", name="temp")).to_be_visible()
    assert forced(wall, "PATCH", "/api/v1/nodes/rig-1", {"name": "mine"}) == 403
    hub.ask("DELETE", f"/api/v1/tokens/{made['token']}")
    expect(wall.get_by_role("figure", name="temp")).to_have_count(0)
    wall.reload()
    expect(wall.get_by_role("figure", name="temp")).to_have_count(0)
    assert forced(wall, "GET", "/api/v1/nodes") == 401


def offered(page: Page) -> dict[str, list[str]]:
    """Which of ACTS can be pressed, by address."""
    found = {}
    for address, acts in ACTS.items():
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        seen = [act for act in acts if pressable(page, act)]
        if seen:
            found[address] = seen
    return found


def pressable(page: Page, name: str) -> bool:
    """A button of that name, or a link that looks like one."""
    roles = (page.get_by_role(role, name=name, exact=True).count() for role in ("button", "link"))
    return any(roles) and not page.get_by_role("button", name=name, exact=True, disabled=True).count()


def somebody(hub: Hub) -> None:
    """A board, a device that waits, and a class of two."""
    hub.board("rig-1")
    hub.send("temp:21.5\n", "rig-1")
    hub.send("temp:3\n")
    members = [{"user": "amara", "seat": "A1"}, {"user": "ben", "seat": "A2"}]
    hub.ask("POST", "/api/v1/classes", {"name": "6.08", "members": members})


def forced(page: Page, method: str, path: str, body: Any = None) -> int:
    """The status of what this browser asks, with all that its person has, past what the page offers."""
    origin = "/".join(page.url.split("/")[:3])
    answer = page.request.fetch(path, method=method, data=body, headers={"X-Wacket": "1", "Origin": origin})
    return int(answer.status)
