"""The page of logs, as people use it: following, pausing, finding, one line by its link, and what machines send."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.page.conftest import NARROW
from tests.page.place import Hub

sync_api = pytest.importorskip("playwright.sync_api")
Locator, Page, expect = sync_api.Locator, sync_api.Page, sync_api.expect
Open = Callable[..., Page]

HOSTILE = "<img src=x onerror=alert(1)> user\u202egpj.exe \x1b[2J\x1b[31mred\x1b[0m \x07"


def said(*lines: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def numbered(word: str, count: int, first: int = 0) -> str:
    return "".join(f"INFO {word} {number}\n" for number in range(first, first + count))


def rows(page: Page) -> Locator:
    return page.get_by_role("table", name="Log lines").locator("[data-index]")


def row(page: Page, text: str) -> Locator:
    return rows(page).filter(has_text=text)


def test_lines_are_followed_and_a_pause_holds(hub: Hub, open_page: Open) -> None:
    hub.board("rig-3")
    hub.board("oven")
    hub.send(numbered("before", 60), "rig-3")
    page = open_page("/logs?on=rig-3")
    expect(row(page, "before 59")).to_be_in_viewport()

    hub.send(numbered("after", 3), "rig-3")
    hub.send("INFO of another node\n", "oven")
    expect(row(page, "after 2")).to_be_in_viewport()

    page.keyboard.press("p")
    hub.send(numbered("held", 5), "rig-3")
    expect(page.get_by_role("status").filter(has_text="5 new lines")).to_be_visible()
    expect(row(page, "held 4")).to_have_count(0)
    page.get_by_role("button", name="Resume").first.click()
    expect(row(page, "held 4")).to_be_in_viewport()

    page.get_by_role("table", name="Log lines").hover()
    page.mouse.wheel(0, -400)
    hub.send(numbered("later", 1), "rig-3")
    expect(page.get_by_role("status").filter(has_text="1 new line")).to_be_visible()
    page.mouse.wheel(0, 4000)
    expect(row(page, "later 0")).to_be_in_viewport()
    expect(row(page, "of another node")).to_have_count(0)


def test_a_hit_is_found_seen_among_its_neighbours_and_linked(hub: Hub, open_page: Open) -> None:
    hub.board("rig-3")
    hub.send(numbered("quiet", 40) + "ERROR valve 4 is stuck\n" + numbered("calm", 40), "rig-3")
    page = open_page("/logs")
    expect(row(page, "calm 39")).to_be_in_viewport()
    page.keyboard.press("/")
    page.keyboard.type("IS STUCK")
    expect(row(page, "valve 4 is stuck").locator("mark")).to_have_text("is stuck")
    expect(page).to_have_url(f"{hub.address}/logs?find=IS+STUCK")
    expect(row(page, "calm 0")).to_have_count(0)

    row(page, "valve 4 is stuck").hover()
    page.get_by_role("link", name="What came before and after").click()
    expect(row(page, "valve 4 is stuck").first).to_be_in_viewport()
    expect(row(page, "quiet 39")).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).to_have_text("A line of rig-3")

    again = open_page(page.url.removeprefix(hub.address), role="viewer")
    expect(row(again, "valve 4 is stuck").first).to_be_in_viewport()
    page.get_by_role("link", name="All logs").click()
    expect(page).to_have_url(f"{hub.address}/logs?find=IS+STUCK")


def test_what_a_machine_sends_is_text(hub: Hub, open_page: Open) -> None:
    hub.board("rig-3")
    hub.send(
        said({"level": "warn", "message": HOSTILE}, {"level": "info", "message": "one\ntwo\nthree", "valve": {"n": 4}}),
        "rig-3",
    )
    page = open_page("/logs", size=NARROW)
    expect(row(page, "<img src=x onerror=alert(1)>")).to_contain_text("user‹U+202E›gpj.exe ^[[2Jred ^G")
    assert page.locator("img[src=x]").count() == 0
    folded = row(page, "2 more lines")
    folded.click()
    expect(folded).to_contain_text("three")
    expect(folded).to_contain_text("n: 4")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_a_range_of_the_histogram_is_reached_by_keyboard(hub: Hub, open_page: Open) -> None:
    hub.board("rig-3")
    old = {"time": "2026-01-01T10:00:00Z", "message": "old"}
    hub.send(said(old, {"time": "2026-01-03T10:00:00Z", "message": "new"}), "rig-3")
    page = open_page("/logs?on=rig-3&since=2026-01-01T00:00:00Z&until=2026-01-05T00:00:00Z")
    expect(row(page, "new")).to_have_count(1)
    page.get_by_role("button", name="As numbers").click()
    page.get_by_label("Lines over time, as a table").get_by_role("button").last.click()
    expect(row(page, "old")).to_have_count(1)
    expect(row(page, "new")).to_have_count(0)
    page.get_by_role("button", name="The same in a terminal").click()
    expect(page.get_by_text("wacket log search --target rig-3 --since 2026-01-01")).to_be_visible()
