"""The page of one node in a real browser: numbers that move, why it is not there, and what its owner allows."""

from __future__ import annotations

import re
import signal

from playwright.sync_api import expect
from tests.page.place import AWAY


def test_a_machine_is_seen_runs_a_line_and_tells_why_when_it_is_gone(hub, open_page):
    with hub.machine("pi-11", "run", tags={"demo": ""}):
        page = open_page("/nodes/pi-11")
        expect(page.get_by_role("heading", level=1, name="pi-11")).to_be_visible()
        expect(page.get_by_role("heading", name="Memory and swap")).to_be_visible(timeout=30_000)
        page.get_by_role("tab", name="Run").click()
        page.get_by_label("A command for pi-11").fill("echo here | tr a-z A-Z")
        page.get_by_role("button", name="Run", exact=True).click()
        expect(page).to_have_url(re.compile("/run/1$"))
        expect(page.get_by_text("HERE", exact=True)).to_be_visible()
        page.goto("/nodes/pi-11/about")
        expect(page.get_by_text("everything that it had to tell is here")).to_be_visible()
    expect(page.get_by_role("heading", name="Why is it not there?")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("listitem").filter(has_text="heard")).to_be_visible()


def test_a_node_that_there_is_not_says_so_and_names_those_alike(hub, open_page):
    hub.board("rig-3")
    page = open_page("/nodes/rig-33", allowed=("404",))
    expect(page.get_by_text("Nothing here has that name")).to_be_visible()
    page.get_by_role("link", name="rig-3").click()
    expect(page.get_by_role("heading", level=1, name="rig-3")).to_be_visible()
    expect(page.get_by_text("It has told nothing yet")).to_be_visible()


def test_the_last_word_of_a_machine_that_was_cut_off_stays(hub, open_page):
    """Not alive any more, and said to be so, on a page that was open all the time."""
    hub.board("rig-3")
    hub.send("temperature:21.5\n", node="rig-3")
    page = open_page("/nodes/rig-3/series", allowed=AWAY)
    expect(page.get_by_role("cell", name="21.5")).to_be_visible()
    hub.end(signal.SIGKILL)
    expect(page.get_by_text("The hub does not answer")).to_be_visible()
    expect(page.get_by_role("cell", name="21.5")).to_be_visible()
