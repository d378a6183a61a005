"""The frame of every page: who is let in, that loss of the hub is shown and passes, and what the browser is allowed."""

from __future__ import annotations

import re
import signal

from playwright.sync_api import expect
from tests.page.place import AWAY, until

FIVE_SECONDS = 5_000


def test_a_stranger_gets_the_form_and_a_wrong_password_is_told(hub, open_page):
    hub.person("ada", "viewer")
    page = open_page("/", role="", allowed=("401",))
    page.get_by_label("Name").fill("ada")
    page.get_by_label(re.compile("^Password")).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Wrong name or password")).to_be_visible()
    page.get_by_label(re.compile("^Password")).fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


def test_loss_of_the_hub_is_shown_on_the_page_within_five_seconds_and_passes(hub, open_page):
    page = open_page("/", allowed=AWAY)
    expect(page.get_by_role("heading", name="Fleet")).to_be_visible()
    banner = page.get_by_text("The hub does not answer", exact=True)
    hub.end(signal.SIGKILL)
    expect(banner).to_be_visible(timeout=FIVE_SECONDS)
    hub.start()
    expect(banner).to_be_hidden(timeout=10_000)


def test_a_hub_that_is_silent_is_lost_too(hub, open_page):
    page = open_page("/", allowed=AWAY)
    expect(page.get_by_role("heading", name="Fleet")).to_be_visible()
    until(lambda: page.evaluate("performance.getEntriesByType('resource').some(e => e.name.includes('/api/v1/fleet'))"))
    hub.stop()
    try:
        expect(page.get_by_text("The hub does not answer", exact=True)).to_be_visible(timeout=6_000)
    finally:
        hub.go_on()
    expect(page.get_by_text("The hub does not answer", exact=True)).to_be_hidden(timeout=15_000)


def test_keys_go_to_pages_and_can_be_turned_off(open_page):
    page = open_page("/")
    expect(page.get_by_role("heading", name="Fleet")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page).to_have_url(re.compile("/logs"))
    page.keyboard.press("Shift+?")
    page.get_by_label("Single keys do something").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.keyboard.press("Control+k")  # with Ctrl it stays
    expect(page.get_by_placeholder(re.compile("Find a node"))).to_be_visible()
    expect(page).to_have_url(re.compile("/logs"))


def test_the_policy_allows_nothing_but_the_hub(open_page, hub):
    page = open_page("/")
    answer = page.request.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy.replace("ws://", "")
