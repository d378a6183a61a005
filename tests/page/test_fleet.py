"""Fleet and the first run, as a person goes through them: a one-time link, a machine, a board, a selection."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable

import pytest
from tests.page.place import Hub

sync_api = pytest.importorskip("playwright.sync_api")
Page, expect = sync_api.Page, sync_api.expect
OpenPage = Callable[..., Page]
HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m\u202egpj"


def test_the_first_run_leads_from_the_link_to_a_moving_chart(hub: Hub, open_page: OpenPage) -> None:
    page = open_page(hub.setup_link.removeprefix(hub.address), role="", allowed=("404",))
    page.locator("input[name=username]").fill("ada")
    page.locator("input[name=password]").fill("short")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("It needs 8 characters.")).to_be_visible()
    page.locator("input[name=password]").fill("correct horse battery")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of the place").fill("Lab 2.17")
    page.get_by_label("Research").click()
    page.get_by_role("button", name="Go on").click()
    chart = page.get_by_role("figure", name="Processor and memory of hub")
    expect(chart.locator("canvas")).to_be_visible()
    page.reload()  # the link is used by now: the guide goes on all the same
    expect(chart.locator("canvas")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("wacket push")).to_be_visible()
    page.get_by_role("button", name="Open the overview").click()
    expect(page.get_by_role("heading", name="Fleet")).to_be_visible()
    expect(page.get_by_role("link", name="Lab 2.17")).to_be_visible()
    place = hub.ask("GET", "/api/v1/place")
    assert (place["kind"], place["first_run"]) == ("research", "done")


def test_a_used_link_says_how_to_get_another(hub: Hub, open_page: OpenPage) -> None:
    hub.person("ada", "admin")
    link = hub.ask("POST", "/api/v1/sign-in-links", {"name": "ada"})["code"]
    page = open_page(f"/s/{link}", role="")
    expect(page.get_by_role("heading", name="Fleet")).to_be_visible()  # straight in
    stranger = open_page(f"/s/{link}", role="", allowed=("404", "401"))
    expect(stranger.get_by_role("heading", name="This link does not work any more")).to_be_visible()
    expect(stranger.get_by_text("wacket open", exact=True)).to_be_visible()


def test_a_machine_comes_by_the_pasted_line_and_turns_green_by_itself(hub: Hub, open_page: OpenPage) -> None:
    page = open_page("/?add=machine")
    page.get_by_role("button", name="Make the line").click()
    line = page.locator("[data-paste]")
    expect(line).to_contain_text(f"join {hub.address}")
    token = re.search(r"wjt_\S+", line.inner_text())
    assert token
    with hub.machine("pi-11", token=token[0]):
        expect(page.get_by_text("Does the machine show the code")).to_be_visible()
        code = next(one["code"] for one in hub.ask("GET", "/api/v1/pending")["machines"])
        expect(page.get_by_text(code)).to_be_visible()
        page.get_by_role("button", name="Yes, let it in").click()
        comer = page.get_by_role("listitem").filter(has_text="is here")
        expect(comer).to_contain_text("pi-11")
        expect(comer).to_contain_text("%")  # its first numbers, without loading anything anew


def test_a_device_speaks_and_is_adopted_in_two_clicks(hub: Hub, open_page: OpenPage) -> None:
    page = open_page("/", role="operator")
    host, _, port = hub.tcp.rpartition(":")
    with socket.create_connection((host, int(port))) as board:
        board.sendall(f"temp:21.4\n{HOSTILE}\n".encode())
        expect(page.get_by_text("A device is speaking: adopt it?")).to_be_visible()
        page.get_by_role("button", name="Adopt …").click()
        expect(
            page.get_by_role("dialog").get_by_text("<img src=x onerror=alert(1)>\ufffd[31m\ufffdgpj")
        ).to_be_visible()
        page.get_by_label("Adopt it as").fill("greenhouse")
        page.get_by_role("button", name="Adopt", exact=True).click()
        expect(page.get_by_text("is here")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator('[data-node="greenhouse"]')).to_contain_text("21.4")
    assert "greenhouse" in {node["name"] for node in hub.ask("GET", "/api/v1/nodes")["nodes"]}


def test_filter_selection_and_view_are_in_the_address_and_many_are_tagged_at_once(
    hub: Hub, open_page: OpenPage
) -> None:
    for number in range(1, 5):
        hub.board(f"pi-0{number}")
    page = open_page("/?view=table&find=pi-")
    rows = page.locator("tr[data-node]")
    expect(rows).to_have_count(4)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press(".")
    expect(page.get_by_role("menuitem", name="Rename …")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("More for pi-02")).to_be_focused()
    page.get_by_label("Select pi-04").click(modifiers=["Shift"])
    expect(page.get_by_text("3 nodes selected")).to_be_visible()
    expect(page).to_have_url(re.compile(r"sel=pi-%5B02-04%5D"))
    pasted = open_page(page.url.removeprefix(hub.address), role="admin")
    expect(pasted.get_by_text("3 nodes selected")).to_be_visible()
    page.get_by_role("button", name="Tag …").click()
    page.get_by_role("combobox", name="Add").fill("room=lab")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator('tr[data-node="pi-03"]')).to_contain_text("room=lab")
    page.get_by_label("Filter", exact=True).fill("tag:room=lab !pi-03")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Retire").click()
    expect(page.get_by_text("3 nodes are retired; their history stays")).to_be_visible()
    expect(rows).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)


def test_a_viewer_sees_all_and_is_offered_nothing(hub: Hub, open_page: OpenPage) -> None:
    hub.board("pi-01")
    page = open_page("/?view=seats&sel=pi-01", role="viewer")
    expect(page.locator('[data-node="pi-01"]')).to_be_visible()
    expect(page.get_by_text("You may look, but not act")).to_be_visible()
    expect(page.get_by_role("button", name="Add a machine")).to_have_count(0)
    expect(page.get_by_role("button", name="Retire")).to_have_count(0)
