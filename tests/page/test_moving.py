"""The page moves by itself, and after the hub was away nothing is missing and nothing double."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from collections.abc import Callable

import pytest
from tests.page.place import Hub

sync_api = pytest.importorskip("playwright.sync_api")
Page, expect = sync_api.Page, sync_api.expect
OpenPage = Callable[..., Page]
AWAY = ("ERR_CONNECTION_REFUSED", "WebSocket connection", "Failed to load resource")


def test_a_chart_goes_on_as_a_board_sends(hub: Hub, open_page: OpenPage) -> None:
    now = time.time()
    for name in ("rig-1", "rig-2"):  # two, so that each is called by its name
        hub.board(name)
        hub.send("".join(reading(now - 300 + 10 * number, 20 + number) for number in range(5)), name)
    page = open_page("/series?match=rig-*/temp&range=15m")
    page.evaluate("document.body.dataset.stays = 'yes'")
    figure = page.get_by_role("figure", name="temp")
    figure.get_by_role("button", name="Table").click()
    table = figure.get_by_role("region", name="temp, as a table")
    expect(table.get_by_role("row").nth(1)).to_contain_text("24")
    drawn = figure.locator("canvas").screenshot()

    hub.send(reading(time.time(), 37.5), "rig-1")
    expect(figure.get_by_role("button", name="rig-1")).to_contain_text("37.5")
    expect(table.get_by_role("row").nth(1)).to_contain_text("37.5")
    assert figure.locator("canvas").screenshot() != drawn
    assert page.evaluate("document.body.dataset.stays") == "yes", "it was loaded anew"


def test_a_machine_turns_green_by_itself_and_says_when_it_goes(hub: Hub, open_page: OpenPage) -> None:
    page = open_page("/?view=table")
    expect(page.get_by_role("heading", level=1, name="Fleet")).to_be_visible()
    row = page.locator('tr[data-node="pi-11"]')
    expect(row).to_have_count(0)
    with hub.machine("pi-11"):
        expect(row.locator('[data-state="up"]')).to_be_visible()
        expect(row).to_contain_text("%")
    expect(row.locator('[data-state="up"]')).to_have_count(0)
    expect(row.locator('[data-state="off"], [data-state="down"]').first).to_be_visible()


@pytest.mark.torture  # half a minute and more
def test_what_a_board_kept_while_the_hub_was_killed_is_there_once(hub: Hub, open_page: OpenPage) -> None:
    began = time.time() - 600
    made = [reading(began + 10 * number, 100 + number) + f"INFO step {number}.\n" for number in range(20)]
    hub.board("rig-1")
    send_from(hub, 0, made[:10])
    chart = open_page("/series?match=rig-1/temp&range=15m", allowed=AWAY)
    chart.get_by_role("figure", name="temp").get_by_role("button", name="Table").click()
    logs = open_page("/logs?on=rig-1", allowed=AWAY)
    expect(chart.get_by_text("10 rows, the newest first")).to_be_visible()
    expect(steps(logs).filter(has_text="step 9.")).to_have_count(1)

    hub.end(signal.SIGKILL)
    for page in (chart, logs):
        expect(page.get_by_text("The hub does not answer", exact=True)).to_be_visible()
    hub.start()
    for page in (chart, logs):
        expect(page.get_by_text("The hub does not answer", exact=True)).to_be_hidden()
    send_from(hub, 5, made[5:])  # it does not know what of it arrived, so it repeats some

    expect(steps(logs).filter(has_text="step 19.")).to_be_visible()
    shown = [int(found) for text in steps(logs).all_inner_texts() for found in re.findall(r"step (\d+)\.", text)]
    assert sorted(shown) == list(range(20))
    expect(chart.get_by_text("20 rows, the newest first")).to_be_visible()
    numbers = chart.get_by_role("region", name="Numbers of the range").get_by_role("row").last
    expect(numbers.get_by_role("cell", name="20", exact=True)).to_be_visible(timeout=30_000)


def reading(at: float, value: float) -> str:
    return json.dumps({"temp": value, "ts": round(at)}) + "\n"


def steps(page: Page) -> sync_api.Locator:
    return page.get_by_role("table", name="Log lines").locator("[data-index]")


def send_from(hub: Hub, first: int, made: list[str]) -> None:
    """What a board with numbered lines does after each break: from the oldest that it still keeps. Two lines each."""
    host, _, port = hub.tcp.rpartition(":")
    with socket.create_connection((host, int(port)), 30) as link:
        link.sendall(f"hello node=rig-1 ack=yes epoch=boot1 seq={2 * first}\n{''.join(made)}".encode())
        link.shutdown(socket.SHUT_WR)
        while link.recv(4096):
            pass
