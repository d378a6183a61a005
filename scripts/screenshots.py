"""Takes the pictures of the README from a running `wacket demo`: docs/images/NAME-light.png and NAME-dark.png.

Waits until what is drawn moves, so that no picture is of an empty place. Needs the page built, Playwright and Chromium.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZE = {"width": 1280, "height": 800}
PATIENCE = 120_000  # ms until the demo's machines have joined and told enough
LARGEST = 200_000  # bytes of a picture
MACHINES = ("this-machine", "desk-1", "desk-2")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# A curve of some points in the row of each machine.
CURVES = """names => names.every(name => {
  const curve = document.querySelector(`[data-node="${name}"] svg[role="img"] path`);
  return curve?.getAttribute('d').split('L').length > 5;
})"""


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("no pictures were taken: there is no Chromium here (Debian: apt-get install chromium)", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with demo() as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = signed_in(browser, link)
        page.wait_for_function(CURVES, arg=MACHINES, timeout=PATIENCE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            take(page, FOLDER / f"fleet-{scheme}.png")
        browser.close()
    return 0


@contextlib.contextmanager
def demo() -> Iterator[str]:
    """A demo for as long as this is open; the link that it prints."""
    words = [sys.executable, "-m", "wacket", "demo", "--plain", "--no-browser"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = process.stdout or ()
            found = next((link for line in said if (link := re.search(r"http://\S+/s/\S+", line))), None)
            if found is None:
                raise SystemExit("the demo ended before it said where its page is")
            yield found[0]
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()


def signed_in(browser: Browser, link: str) -> Page:
    page = browser.new_context(viewport=SIZE, device_scale_factor=1, color_scheme="light").new_page()
    page.goto(link)
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible(timeout=PATIENCE)
    page.goto("/".join(link.split("/")[:3]))
    expect(page.get_by_role("heading", level=1, name="Fleet")).to_be_visible(timeout=PATIENCE)
    return page


def take(page: Page, file: Path) -> None:
    """Raises SystemExit where the picture is larger than a README should load."""
    page.mouse.move(0, 0)
    page.screenshot(path=file, animations="disabled")
    size = file.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{file} has {size:,} bytes; at most {LARGEST:,} are meant for a README")
    print(f"{file}: {size:,} bytes")


if __name__ == "__main__":
    sys.exit(main())
