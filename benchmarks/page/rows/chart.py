"""Ten series over 30 days, a reading each 10 s: from the click on another range until the lines are drawn.

Every click asks for a range that was never asked for, so nothing comes from a cache of the page.
"""

from __future__ import annotations

import time

from playwright.sync_api import Browser, Page

from benchmarks import prepare
from benchmarks.harness import Hub, work_folder
from benchmarks.page.browser import chromium, person, signed_in
from benchmarks.report import Figure, Options, median

SERIES, EVERY = 10, 10
HUB_TOOK = "performance.getEntriesByType('resource').filter(one => one.name.includes('/series/values')).at(-1).duration"


def measure(options: Options) -> list[Figure]:
    days, clicks = options.pick(30, 3), options.pick(15, 4)
    with work_folder(options.folder) as folder:
        names = prepare.introduce(folder, [("hist", "plotter", " ".join(f"s{i}:1" for i in range(SERIES)))])
        ids = [names[f"hist/s{i}"] for i in range(SERIES)]
        start = int(time.time() - days * 86_400) * prepare.SECOND
        prepare.fill(folder, prepare.readings(ids, start, days, every=EVERY))
        with Hub(folder) as hub, chromium() as browser:
            person(hub)
            found, hub_took = _clicked(browser, hub, days * 24, clicks)
    note = f"{len(found)} ranges of about {days} days; slowest {max(found):.0f} ms; of it the answer {hub_took:.0f} ms"
    work = f"chart of {SERIES} series × {days} days, from click to drawn"
    return [Figure(work, median(found), "ms", 500, 200, "low", note, found)]


def _clicked(browser: Browser, hub: Hub, hours: int, clicks: int) -> tuple[list[float], float]:
    """ms of each click after a first unmeasured one, and the median of what the hub's answers took."""
    context = signed_in(browser, hub, "probe.watchCanvas()")
    page = context.new_page()
    page.goto("/series?match=hist/*&range=1h")
    page.wait_for_load_state("networkidle")
    found, answers = [], []
    for less in range(clicks + 1):
        found.append(_click(page, f"{hours - less}h"))
        answers.append(float(page.evaluate(HUB_TOOK)))
    context.close()
    return found[1:], median(answers[1:])


def _click(page: Page, length: str) -> float:
    page.get_by_role("button", name="Range:").click()
    page.get_by_label("The last").fill(length)
    page.evaluate("() => { window.took = probe.chartFromClick(); }")
    page.get_by_role("button", name="Show", exact=True).click()
    took = float(page.evaluate("() => window.took"))
    page.wait_for_load_state("networkidle")
    return took
