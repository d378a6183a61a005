"""Fleet with 200 and 1,000 simulated machines: until it can be used, and how smooth it is while all of them report.

Usable means: the rows are on the screen and the menu of a row has opened on a click, since the navigation began.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.agents import Crowd
from benchmarks.harness import Hub, wait_until, work_folder
from benchmarks.page.browser import chromium, longest_block, person, signed_in
from benchmarks.report import Figure, Options, median

SERIES = 10
FIRST_LOAD = 250.0  # KB that the page itself may weigh, compressed


def measure(options: Options) -> list[Figure]:
    few, many = options.pick(200, 50), options.pick(1000, 200)
    return _of(few, options, (1.5, 0.7)) + _of(many, options, (3.0, 1.5), live=options.pick(30, 5))


def _of(nodes: int, options: Options, bounds: tuple[float, float], live: int = 0) -> list[Figure]:
    with work_folder(options.folder) as folder, Hub(folder) as hub, Crowd(hub, nodes) as crowd:
        crowd.say("tell")
        wait_until(lambda: _all_told(hub, nodes), f"{nodes} nodes have told {SERIES} series", 300, 0.5)
        person(hub)
        with chromium() as browser:
            cold, warm = _loads(browser, hub, nodes, options.pick(9, 3))
            figures = _figures(nodes, cold, warm, bounds)
            if live:
                figures.append(_smooth(browser, hub, nodes, live))
            else:
                figures.append(_weight(cold))
    return figures


def _all_told(hub: Hub, nodes: int) -> bool:
    rows = [row for row in hub.get("/api/v1/fleet")["nodes"] if row["name"].startswith("sim-")]
    return len(rows) == nodes and all(row["series"] >= SERIES for row in rows)


def _loads(browser: Browser, hub: Hub, nodes: int, times: int) -> tuple[list[Any], list[Any]]:
    """What `probe.fleet` found, in a browser with empty caches and then again in the same."""
    cold, warm = [], []
    begin = f"if (location.pathname === '/') window.usable = probe.fleet({_shown(hub, nodes)})"
    for _ in range(times):
        context = signed_in(browser, hub, begin)
        cold.append(_visit(context))
        warm.append(_visit(context))
        context.close()
    return cold, warm


def _shown(hub: Hub, nodes: int) -> int:
    """The simulated ones, and whatever else the hub counts as a node."""
    return max(nodes, len(hub.get("/api/v1/fleet")["nodes"]))


def _visit(context: BrowserContext) -> Any:
    page = context.new_page()
    page.goto("/?view=table", wait_until="commit")
    found = page.evaluate("() => window.usable")
    page.close()
    return found


def _figures(nodes: int, cold: Sequence[Any], warm: Sequence[Any], bounds: tuple[float, float]) -> list[Figure]:
    figures = []
    for kind, found in (("cold", cold), ("warm", warm)):
        handled = [one["handled"] / 1000 for one in found]
        rows = median([one["rows"] / 1000 for one in found])
        note = f"rows drawn after {rows:.2f} s; slowest {max(handled):.2f} s of {len(handled)}"
        work = f"{nodes:,} nodes, {nodes * SERIES:,} series: usable, {kind} cache"
        figures.append(Figure(work, median(handled), "s", *bounds, "low", note, handled))
    return figures


def _weight(cold: Sequence[Any]) -> Figure:
    kilobytes = [one["bytes"] / 1000 for one in cold]
    note = f"{cold[0]['files']} files; {max(one['wire'] for one in cold) / 1000:.0f} KB with their headers"
    return Figure("first load of the page itself, compressed", max(kilobytes), "KB", FIRST_LOAD, None, "low", note)


def _smooth(browser: Browser, hub: Hub, nodes: int, seconds: int) -> Figure:
    context = signed_in(browser, hub)
    page: Page = context.new_page()
    page.goto("/?view=table")
    page.wait_for_selector("tr[data-node]")
    page.wait_for_load_state("networkidle")
    page.evaluate("probe.watchBlocks()")
    page.wait_for_timeout(seconds * 1000)
    longest, note = longest_block(page)
    context.close()
    work = f"{nodes:,} nodes live, {nodes * SERIES:,} series each 10 s: longest block of the main thread"
    return Figure(work, longest, "ms", 150, 50, "low", f"{seconds} s; {note}")
