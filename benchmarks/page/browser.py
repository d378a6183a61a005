"""Headless Chromium (Debian's) with somebody signed in, and what its processes cost. Measures nothing itself.

Each row has a browser of its own, so that no row pays for another's caches and garbage.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.harness import Hub
from benchmarks.page.memory import MEGABYTE

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-precise-memory-info",  # otherwise the heap's size comes in coarse steps
]
PASSWORD = "correct horse battery"
SIZE = {"width": 1280, "height": 800}
PROBE = Path(__file__).with_name("probe.js")
PATIENCE = 60_000  # ms for anything on the screen to come true


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise RuntimeError("there is no Chromium here; on Debian: apt-get install chromium")
    if not (files("wacket") / "static" / "index.html").is_file():
        raise RuntimeError("the page is not built; run: make page")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def person(hub: Hub, name: str = "ada") -> None:
    """An account that may do everything."""
    body = json.dumps({"name": name, "role": "admin", "password": PASSWORD}).encode()
    status, answer = hub.ask("POST", "/api/v1/people", body, **{"Content-Type": "application/json"})
    if status >= 300:
        raise RuntimeError(f"no account for {name}: {status} {answer}")


def stranger(browser: Browser, hub: Hub, begin: str = "") -> BrowserContext:
    """A browser that was never here: empty caches, no cookie. `begin` runs in each document before the page's code."""
    context = browser.new_context(viewport=SIZE, base_url=base(hub))  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=PROBE)
    if begin:
        context.add_init_script(script=begin)
    return context


def signed_in(browser: Browser, hub: Hub, begin: str = "", name: str = "ada") -> BrowserContext:
    """The same, signed in, without having loaded anything of the page."""
    context = stranger(browser, hub, begin)
    headers = {"X-Wacket": "1", "Origin": base(hub)}
    answer = context.request.post("/api/v1/login", data={"name": name, "password": PASSWORD}, headers=headers)
    if not answer.ok:
        raise RuntimeError(f"{name} cannot sign in: {answer.status} {answer.text()}")
    return context


def base(hub: Hub) -> str:
    return f"http://{hub.http[0]}:{hub.http[1]}"


def renderer(browser: Browser) -> int:
    """The process of the tab that has worked most; others are spare ones."""
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    tabs = [one for one in told["processInfo"] if one["type"] == "renderer"]
    return int(max(tabs, key=lambda one: one["cpuTime"])["id"])


def heap(page: Page) -> float:
    """MB of JavaScript objects, garbage included."""
    return float(page.evaluate("performance.memory.usedJSHeapSize")) / MEGABYTE


def longest_block(page: Page) -> tuple[float, str]:
    """ms that the main thread was busy at once since `probe.watchBlocks()`, and a note of what was seen."""
    seen = page.evaluate("probe.seen")
    blocks, late = seen["blocks"], float(seen["late"])
    tasks = f"{len(blocks)} tasks over 50 ms, the longest {max(blocks, default=0):.0f} ms"
    return max([late, *blocks]), f"{tasks}; a timer of 10 ms at most {late:.0f} ms late"
