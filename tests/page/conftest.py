"""The page in a real Chromium (Debian's) against a real hub.

Each test also fails if the page asked anybody but the hub, broke its content policy, or threw an error.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from tests.page.place import PASSWORD, Hub

sync_api = pytest.importorskip("playwright.sync_api")
Browser, Page = sync_api.Browser, sync_api.Page

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
sync_api.expect.set_options(timeout=20_000)  # a busy machine is no fault of the page
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


# For a module only: while Playwright runs its thread has an event loop, and tests with one of their own would fail.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no Chromium here (Debian: apt-get install chromium), so the page is not tested in one")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """`wacket up` as a process; ended with the test, whatever became of it."""
    assert (files("wacket") / "static" / "index.html").is_file(), "the page is not built: run `make page`"
    hub = Hub(tmp_path / "data", {"WACKET_HISTORY_RESERVE_BYTES": "1"})
    hub.start()
    yield hub
    hub.end()


@pytest.fixture
def open_page(chromium: Browser, hub: Hub) -> Iterator[Callable[..., Page]]:
    """`open_page("/logs", role="viewer")`: a browser of its own in which that person is signed in. No role: a stranger.

    `allowed` are texts of errors that the test means to see in the console.
    """
    opened: list[tuple[Page, list[str], tuple[str, ...]]] = []

    def page(
        place: str = "/",
        role: str = "admin",
        name: str = "",
        size: dict[str, int] = WIDE,
        scheme: str = "light",
        allowed: tuple[str, ...] = (),
    ) -> Page:
        context = chromium.new_context(viewport=size, color_scheme=scheme, base_url=hub.address)
        if role:
            _sign_in(hub, context, name or role, role)
        tab = context.new_page()
        faults: list[str] = []
        _watch(tab, hub, faults)
        opened.append((tab, faults, allowed))
        tab.goto(place)
        return tab

    yield page
    for tab, _, _ in opened:
        tab.context.close()
    for _, faults, allowed in opened:
        left = [fault for fault in faults if not any(text in fault for text in allowed)]
        assert not left, left


def _sign_in(hub: Hub, context: sync_api.BrowserContext, name: str, role: str) -> None:
    known = {one["name"] for one in hub.ask("GET", "/api/v1/people")["people"]}
    if name not in known:
        hub.person(name, role)
    answer = context.request.post(
        "/api/v1/login", data={"name": name, "password": PASSWORD}, headers={"X-Wacket": "1", "Origin": hub.address}
    )
    assert answer.ok, answer.text()


def _watch(tab: Page, hub: Hub, faults: list[str]) -> None:
    own = (hub.address, hub.address.replace("http", "ws", 1), "data:", "blob:", "about:")

    def asked(request: sync_api.Request) -> None:
        if not request.url.startswith(own):
            faults.append(f"asked {request.url}, which is not the hub")

    tab.on("request", asked)
    tab.on("pageerror", lambda error: faults.append(f"threw {error}"))
    tab.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
