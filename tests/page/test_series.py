"""Series in a browser: choosing, watching, noting, keeping a view and putting it on a wall; and the clusters."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from random import Random

import pytest
from playwright.sync_api import Page, expect
from tests.page.place import Hub

from wacket.demo.events import energy_event

Open = Callable[..., Page]
HOSTILE = "<img/src=x/onerror=alert(1)>"


def test_what_arrives_is_drawn_listed_and_stands_in_the_address(hub: Hub, open_page: Open) -> None:
    for name in ("rig-1", "rig-2"):
        hub.board(name)
        hub.send("temp_celsius:21.5\n", name)
    page = open_page("/series")
    page.get_by_role("button", name="temp_celsius").click()
    entry = page.get_by_role("button", name="rig-1", exact=False).first
    expect(entry).to_contain_text("21.5 °C")
    hub.send("temp_celsius:23.25\n", "rig-1")
    expect(entry).to_contain_text(re.compile(r"2[23](\.\d+)? °C"))  # the mean of a step, or a step of its own
    page.get_by_role("button", name="Table").click()
    table = page.get_by_role("region", name="temp_celsius, as a table")
    expect(table.get_by_role("columnheader", name="rig-2")).to_be_visible()
    page.reload()
    expect(page.get_by_role("figure", name="temp_celsius")).to_be_visible()
    assert "match=" in page.url


def test_text_of_senders_is_only_text(hub: Hub, open_page: Open) -> None:
    hub.board("rig-3")
    hub.ask("PATCH", "/api/v1/nodes/rig-3", {"tags": {"room": HOSTILE}})
    hub.send(f'{{"name": "temp", "value": 20, "labels": {{"place": "{HOSTILE}"}}}}\n', "rig-3")
    hub.send('{"name": "temp", "value": 21, "labels": {"place": "top"}}\n', "rig-3")
    page = open_page("/series?match=rig-3/*")
    expect(page.get_by_role("button", name=HOSTILE)).to_be_visible()
    assert page.locator("img[src='x']").count() == 0


def test_a_note_and_a_zoom(hub: Hub, open_page: Open) -> None:
    hub.board("rig-1")
    hub.send("".join(f"t={time.time() - ago:.0f} temp:{20 + ago % 7}\n" for ago in range(300, 0, -5)), "rig-1")
    page = open_page("/series?match=rig-1/*&range=15m")
    plot = page.get_by_role("group", name="temp").first
    box = plot.locator("canvas").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 4, y)
    page.mouse.move(x, y)
    page.keyboard.press("n")
    page.get_by_label("What happened").fill("fan on")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="fan on")).to_be_visible()
    page.mouse.move(x - 60, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"range=\d{4}-.*\.\."))
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page).to_have_url(re.compile("range=15m"))


def test_a_view_is_kept_and_shown_on_a_wall(hub: Hub, open_page: Open) -> None:
    hub.board("rig-1")
    hub.send("temp:21.5\n", "rig-1")
    page = open_page("/series?match=rig-1/*", role="operator")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save as a view").click()
    page.get_by_label("Name").fill("Bench")
    page.get_by_label("Everybody sees it").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Bench", level=1)).to_be_visible()
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Put it on a wall").click()
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_text(re.compile(r"/k/\d+#")).inner_text()
    wall = open_page(link[link.index("/k/") :], role="")
    expect(wall.get_by_role("figure", name="temp")).to_be_visible()
    expect(wall.get_by_role("navigation")).to_have_count(0)
    assert "#" not in wall.url


@pytest.mark.torture  # long
def test_clusters_from_nothing_to_their_points(hub: Hub, open_page: Open) -> None:
    page = open_page("/series/clusters", role="operator")
    expect(page.get_by_text("No clusters yet")).to_be_visible()
    chance, now = Random(7), time.time_ns() // 1000
    hub.board("meter")
    hub.send("".join(energy_event(now - ago * 1_000_000, chance) + "\n" for ago in range(60)), "meter")
    page.get_by_role("button", name="Compute now").click()
    expect(page.get_by_role("main").get_by_text("of 60 events, computed")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("img", name=re.compile("Active power and Current of"))).to_be_visible()
    page.get_by_role("combobox", name="Up").click()
    page.get_by_role("option", name="Voltage").click()
    expect(page).to_have_url(re.compile("y=line_voltage_v"))
    viewer = open_page("/series/clusters", role="viewer")
    expect(viewer.get_by_role("button", name="Compute now")).to_have_attribute("aria-disabled", "true")
