"""A thousand log lines a second on the page of logs: memory of its tab, blocks of its main thread, Pause, losses.

What the page heard and what it says it lost must be what was sent; the figure of losses says so.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import Browser, Page

from benchmarks.harness import Hub, wait_until, work_folder
from benchmarks.page.browser import chromium, heap, longest_block, person, renderer, signed_in
from benchmarks.page.memory import memory
from benchmarks.report import Figure, Options, median

RATE, BOARDS = 1000, 10
PAUSED = "() => [...document.querySelectorAll('[role=status]')].some((one) => one.textContent.startsWith('Paused at'))"
LOST = "document.querySelector('span[title^=\"They passed too fast\"]')?.textContent ?? '0'"
ROW = "[role=table] [data-index]"


class Flood:
    """The process of the boards. `end` stops them and tells how many lines they sent."""

    def __init__(self, hub: Hub) -> None:
        words = [sys.executable, "-m", "benchmarks.page.flood", hub.tcp[0], str(hub.tcp[1]), str(RATE), str(BOARDS)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def end(self) -> int:
        said, _ = self._process.communicate(timeout=60)
        return int(said)

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def flooding(hub: Hub) -> Iterator[Flood]:
    flood = Flood(hub)
    try:
        yield flood
    finally:
        flood.kill()


def measure(options: Options) -> list[Figure]:
    seconds = options.pick(300, 10)
    with work_folder(options.folder) as folder, Hub(folder) as hub:
        person(hub)
        with chromium() as browser:
            return _watched(browser, hub, seconds)


def _watched(browser: Browser, hub: Hub, seconds: int) -> list[Figure]:
    context = signed_in(browser, hub, "probe.countLines()")
    page = context.new_page()
    page.goto("/logs")
    page.get_by_text("live", exact=True).wait_for()
    before = page.evaluate("probe.seen.heard")
    empty = memory(renderer(browser))[0]
    with flooding(hub) as flood:
        page.wait_for_selector(ROW)
        page.evaluate("probe.watchBlocks()")
        held = _held(browser, page, seconds)
        longest, note = longest_block(page)
        pauses = _pauses(page)
        sent = flood.end()
    heard, lost = _settled(page, sent + before)
    context.close()
    work = f"{f'{seconds // 60} min' if seconds >= 60 else f'{seconds} s'} at {RATE:,} log lines/s"
    return [
        _memory(work, held, empty),
        Figure(f"{work}: longest block of the main thread", longest, "ms", None, None, "low", note),
        Figure(f"Pause at {RATE:,} log lines/s", median(pauses), "ms", 100, None, "low", _slowest(pauses), pauses),
        _losses(work, sent, heard - before, lost),
    ]


def _held(browser: Browser, page: Page, seconds: int) -> list[tuple[float, float, float]]:
    """PSS, RSS and heap of the tab in MB, a dozen times over so many seconds."""
    found = []
    for _ in range(12):
        page.wait_for_timeout(seconds / 12 * 1000)
        found.append((*memory(renderer(browser)), heap(page)))
    return found


def _pauses(page: Page) -> list[float]:
    """ms from the click on Pause until the page says that it is."""
    found = []
    for _ in range(7):
        page.evaluate(f"() => {{ window.took = probe.fromClick({PAUSED}); }}")
        page.get_by_role("button", name="Pause", exact=True).click()
        found.append(float(page.evaluate("() => window.took")))
        page.get_by_role("button", name="Resume", exact=True).first.click()
    return found


def _settled(page: Page, sent: int) -> tuple[int, int]:
    """Lines that the page heard, and those that it says it lost, when nothing more arrives."""
    found = (0, 0)

    def all_told() -> bool:
        nonlocal found
        digits = "".join(one for one in page.evaluate(LOST) if one.isdigit())
        found = (int(page.evaluate("probe.seen.heard")), int(digits or 0))
        return sum(found) >= sent

    with contextlib.suppress(TimeoutError):  # then the figure tells what is missing
        wait_until(all_told, "every line is heard or counted as lost", 20, 0.2)
    return found


def _memory(work: str, held: list[tuple[float, float, float]], empty: float) -> Figure:
    most = max(pss for pss, _, _ in held)
    pss, rss, objects = held[-1]
    end = f"at the end PSS {pss:.0f}, RSS {rss:.0f}, JavaScript heap {objects:.0f}"
    note = f"before the flood {empty:.0f}; the most of {len(held)} looks; {end}"
    return Figure(f"{work}: memory of the tab", most, "MB PSS", 300, 150, "low", note, [one[0] for one in held])


def _losses(work: str, sent: int, heard: int, lost: int) -> Figure:
    note = f"{sent:,} sent, {heard:,} came to the page, {lost:,} counted on the screen as not shown"
    return Figure(f"{work}: lines neither shown nor counted", abs(sent - heard - lost), "lines", 0, None, "low", note)


def _slowest(pauses: list[float]) -> str:
    return f"slowest {max(pauses):.0f} ms of {len(pauses)}"
