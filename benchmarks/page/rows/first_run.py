"""From opening the link of the first run until the first chart moves, by somebody who types at once.

Moves means: a value beside the chart of the hub's own machine has changed, so a second reading was drawn.
"""

from __future__ import annotations

import re

from playwright.sync_api import Browser

from benchmarks.harness import Hub, work_folder
from benchmarks.page.browser import PASSWORD, chromium, stranger
from benchmarks.report import Figure, Options, median

MOVED = """() => {
  const text = [...document.querySelectorAll("figure button[aria-pressed]")].map((one) => one.textContent).join();
  if (!text || !document.querySelector("figure canvas")) return false;
  window.first ??= [text, performance.now()];
  return window.first[0] !== text && performance.now();
}"""


def measure(options: Options) -> list[Figure]:
    drawn, moved = [], []
    for _ in range(options.pick(3, 1)):
        with work_folder(options.folder) as folder, Hub(folder, {"WACKET_HUB_OWN_MACHINE": "true"}) as hub:
            with chromium() as browser:
                first, second = _first_run(browser, hub)
            drawn.append(first)
            moved.append(second)
    note = f"drawn after {median(drawn):.1f} s; slowest {max(moved):.1f} s of {len(moved)}"
    return [Figure("link of the first run → first chart moves", median(moved), "s", 15, None, "low", note, moved)]


def _first_run(browser: Browser, hub: Hub) -> tuple[float, float]:
    """Seconds since the link was opened."""
    link = re.search(r"/s/[\w-]+", hub.output())
    if link is None:
        raise RuntimeError(f"the hub printed no link: {hub.output()[:500]}")
    context = stranger(browser, hub)
    page = context.new_page()
    page.goto(link[0], wait_until="commit")
    page.locator("input[name=username]").fill("ada")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of the place").fill("Lab 2.17")
    page.get_by_role("button", name="Go on").click()
    moved = page.wait_for_function(MOVED, polling="raf").json_value()
    drawn = page.evaluate("window.first[1]")
    context.close()
    return drawn / 1000, moved / 1000
