"""A class as its teacher and its students see it: asked, answered, stuck, put at rest; and what stays one's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import pytest
from tests.page.place import PATIENCE, Hub

sync_api = pytest.importorskip("playwright.sync_api")
Page, expect = sync_api.Page, sync_api.expect
OpenPage = Callable[..., Page]
NAME = "6.08 Tue #1"  # what an address must quote
PLACE = f"/class/{quote(NAME)}"
HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m\u202egpj"
LATE = 10_000  # ms: what hangs must first take twice its second


@pytest.fixture
def school(hub: Hub) -> Hub:
    members = [{"user": user, "seat": seat} for user, seat in (("Amara N.", "A1"), ("Ben K.", "A2"), ("Chen L.", "B1"))]
    hub.ask("POST", "/api/v1/classes", {"name": NAME, "members": members})
    return hub


def worker(hub: Hub, user: str, command: str, **fields: Any) -> Any:
    """What a board says that comes to the hub by itself."""
    said = urlencode({"user": user, "command": command, **fields}).encode()
    with urlopen(f"{hub.address}/hw_supervisor", said, timeout=PATIENCE) as answer:
        return json.load(answer)


def answer(hub: Hub, user: str, text: str, error: str = "", code: int = 0) -> None:
    assert worker(hub, user, "hw_command_retrieval")["state"] == 2
    said = worker(hub, user, "hw_response_provide", hw_resp=text, hw_err=error, hw_exit=code)
    assert said["state"] == 3


def write(page: Page, label: str, text: str) -> None:
    page.get_by_role("textbox", name=label).click()
    page.keyboard.insert_text(text)


def test_a_class_is_asked_and_who_hangs_is_put_at_rest_in_one_click(school: Hub, open_page: OpenPage) -> None:
    page = open_page(PLACE, role="operator")
    row = {user: page.locator(f'tr[data-user="{user}"]') for user in ("Amara N.", "Ben K.", "Chen L.")}
    page.get_by_role("button", name="Ask all 3").click()
    page.get_by_role("textbox", name="Time limit").fill("1")
    write(page, "Program (Python)", "print(6 * 7)")
    page.get_by_role("button", name="Ask 3", exact=True).click()
    for one in row.values():
        expect(one).to_contain_text("requested")
    answer(school, "Amara N.", "42\n")
    answer(school, "Ben K.", HOSTILE, "Traceback\nNameError: pinn\n", 1)
    worker(school, "Chen L.", "hw_command_retrieval")
    expect(row["Amara N."]).to_contain_text("returned")
    expect(row["Ben K."]).to_contain_text("error")
    expect(row["Ben K."]).to_contain_text("NameError: pinn")
    expect(row["Chen L."]).to_contain_text("stuck", timeout=LATE)  # by time alone: the hub says nothing of it
    page.get_by_role("button", name="stuck 1", exact=True).click()
    expect(page).to_have_url(re.compile("state=stuck"))
    expect(page.locator("tr[data-user]")).to_have_count(1)
    page.get_by_role("button", name="Reset stuck 1").click()
    expect(page.get_by_text("Nobody fits the filter.")).to_be_visible()
    assert worker(school, "Chen L.", "status_query")["state"] == 0


def test_answers_are_text_folded_judged_and_nameless_on_the_projector(school: Hub, open_page: OpenPage) -> None:
    school.ask("POST", "/api/v1/rounds", {"class": NAME, "program": "print(6 * 7)"})
    answer(school, "Amara N.", HOSTILE)
    answer(school, "Ben K.", HOSTILE)
    page = open_page(PLACE, role="operator")
    folded = page.get_by_role("region", name="Same answers folded")
    expect(folded).to_contain_text("2 ×")
    expect(folded).to_contain_text("<img src=x onerror=alert(1)>")
    folded.get_by_role("button", name="Judge 2").click()
    page.get_by_label("Your verdict").fill("pass")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator('tr[data-user="Ben K."]')).to_contain_text("pass")
    page.get_by_role("button", name="A1 Amara N.").click()
    expect(page.get_by_role("dialog").get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("p")
    expect(page.get_by_role("list", name="Seats").get_by_text("A1")).to_be_visible()
    assert "Amara" not in page.locator("body").inner_text()
    expect(page.get_by_role("button")).to_have_count(0)


def test_a_student_comes_in_by_a_link_and_sees_only_their_own(school: Hub, open_page: OpenPage) -> None:
    page = open_page(f"{PLACE}?open=people", role="admin")
    page.get_by_label("Make accounts for them").check()
    page.get_by_role("button", name="Save").click()
    letter = page.get_by_role("listitem").filter(has_text="Ben K.")
    link = re.search(r"/s/\S+", letter.inner_text())
    assert link
    student = open_page(link[0], role="", allowed=("403",))
    expect(student.get_by_role("heading", name="My hardware")).to_be_visible()
    expect(student.get_by_role("navigation", name="Pages").get_by_role("link", name="Fleet")).to_have_count(0)
    write(student, "Program (Python)", "print(6 * 7)")
    student.get_by_role("button", name="Run").click()
    expect(student.get_by_text("It waits for your board to come for it.")).to_be_visible()
    expect(student.get_by_role("button", name="Run")).to_be_disabled()
    answer(school, "Ben K.", "forty-two\n")
    expect(student.get_by_role("region", name="Last answer")).to_contain_text("forty-two")
    expect(student.get_by_role("button", name="Run")).to_be_enabled()
    school.ask("POST", "/api/v1/rounds", {"class": NAME, "user": "Amara N.", "program": "print(1)"})
    for place in ("/api/v1/class/Amara%20N.", "/api/v1/class/Amara%20N./history", "/api/v1/classes", "/api/v1/nodes"):
        assert student.request.get(place).status == 403, place
    assert "Amara" not in student.locator("body").inner_text()


def test_a_machine_with_an_agent_and_a_worker_that_polls_look_alike(school: Hub, open_page: OpenPage) -> None:
    with school.machine("pi-11", "run"):
        seat = {"user": "Amara N.", "node": "pi-11"}
        school.ask("PUT", f"/api/v1/classes/{quote(NAME, safe='')}/members", {"members": [seat]})
        page = open_page(f"{PLACE}?view=seats", role="operator")
        school.ask("POST", "/api/v1/rounds", {"class": NAME, "program": "print(6 * 7)", "timeout": 30})
        answer(school, "Ben K.", "42\n")
        for user in ("Amara N.", "Ben K."):
            expect(page.locator(f'li[data-user="{user}"]')).to_contain_text("returned", timeout=LATE)
        expect(page.get_by_role("region", name="Same answers folded")).to_contain_text("2 ×")
        page.locator('li[data-user="Amara N."] button').focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")  # from A2 to B1, the only one in the row below
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="B1 · Chen L.")).to_be_visible()


def test_a_viewer_sees_a_class_and_may_not_act(school: Hub, open_page: OpenPage) -> None:
    page = open_page("/class", role="viewer")
    expect(page.get_by_role("button", name="Make a class")).to_have_count(0)
    page.get_by_role("link", name=NAME).click()
    expect(page.locator('tr[data-user="Ben K."]')).to_contain_text("rest")
    expect(page.get_by_role("button", name="Ask")).to_have_count(0)
