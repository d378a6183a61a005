"""From a board that sends a reading over TCP to its value on the screen of the node's page.

Both ends use this machine's clock. Readings are more than a second apart, so that each is the mean of its own step.
"""

from __future__ import annotations

import random
import socket
import time

from playwright.sync_api import Browser

from benchmarks.agents import percentile
from benchmarks.harness import Hub, work_folder
from benchmarks.page.browser import chromium, person, signed_in
from benchmarks.page.waits import Sent, of_texts, waits
from benchmarks.report import Figure, Options

APART = (1.05, 1.35)  # seconds between two readings: never in step with anything of the page
FIRST = 1000  # whole numbers from here on are drawn with all their digits
VALUE = "figure button[aria-pressed] > span:last-child"  # the last value beside a chart


def measure(options: Options) -> list[Figure]:
    count = options.pick(220, 12)
    with work_folder(options.folder) as folder, Hub(folder) as hub:
        person(hub)
        with socket.create_connection(hub.tcp, timeout=30) as board, chromium() as browser:
            board.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            found = _watched(browser, hub, board, count)
    note = f"{len(found)} readings; median {percentile(found, 0.5):.0f} ms, slowest {max(found):.0f} ms"
    work = "a board sends a reading → drawn on the node's page"
    return [
        Figure(f"{work}, p50", percentile(found, 0.5), "ms", None, None, "low", note, found),
        Figure(f"{work}, p99", percentile(found, 0.99), "ms", 500, 200, "low", note, found),
    ]


def _watched(browser: Browser, hub: Hub, board: socket.socket, count: int) -> list[float]:
    board.sendall(b"hello node=rig-3 format=plotter\nlevel:%d\n" % (FIRST - 1))
    context = signed_in(browser, hub)
    page = context.new_page()
    page.goto("/nodes/rig-3")
    page.wait_for_function(
        "([at, text]) => document.querySelector(at)?.textContent === text", arg=[VALUE, str(FIRST - 1)]
    )
    page.wait_for_load_state("networkidle")
    page.evaluate("selector => probe.watchText(selector)", VALUE)
    sent = _send(board, count)
    last = "n => probe.seen.texts.some(([text]) => Number(text) === n)"
    page.wait_for_function(last, arg=FIRST + count - 1)
    seen = of_texts(page.evaluate("probe.seen.texts"))
    context.close()
    return waits(sent, seen)


def _send(board: socket.socket, count: int) -> list[Sent]:
    chance, sent = random.Random(11), []
    for value in range(FIRST, FIRST + count):
        sent.append((value, time.time_ns() / 1e6))
        board.sendall(b"level:%d\n" % value)
        time.sleep(chance.uniform(*APART))
    return sent
