"""Every screen, wide and narrow, light and dark, enlarged and by keyboard: nobody is shut out by how it looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.page.conftest import NARROW, WIDE
from tests.page.filled import fill, fully_drawn

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
WAYS = {
    "wide and light": (WIDE, "light"),
    "wide and dark": (WIDE, "dark"),
    "a phone": (NARROW, "light"),
    "a phone in the dark": (NARROW, "dark"),
}
ENLARGED = {"width": 640, "height": 400}  # 1280 px at 200 %
MISSING = ("404",)  # a link that is dead, a student who has no hardware: these screens are looked at too


@pytest.mark.parametrize("way", WAYS)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(hub, open_page, way):
    if not AXE.is_file():
        pytest.skip("axe-core is not here: `make page` installs it")
    size, scheme = WAYS[way]
    addresses = fill(hub)
    page = open_page("/", size=size, scheme=scheme, allowed=MISSING)
    found = {}
    for address in addresses:
        page.goto(address)
        fully_drawn(page)
        page.evaluate(AXE.read_text("utf-8"))
        said = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        wrong = [f"{one['impact']} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in said["violations"]]
        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if sideways > 0:
            wrong.append(f"{sideways} px wider than the window")
        if wrong:
            found[address] = wrong
    assert not found, "\n".join(f"{address}\n  " + "\n  ".join(wrong) for address, wrong in found.items())


def test_letters_of_twice_the_size_fit(hub, open_page):
    addresses = fill(hub)
    page = open_page("/", size=ENLARGED, allowed=MISSING)
    sideways = {}
    for address in addresses:
        page.goto(address)
        fully_drawn(page)
        sideways[address] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert not {address: more for address, more in sideways.items() if more > 0}


def test_every_screen_can_be_walked_by_keyboard_alone(hub, open_page):
    """From the top, Tab reaches something on each screen that shows its focus, and never stays in one place."""
    addresses = fill(hub)
    page = open_page("/", allowed=MISSING)
    for address in addresses:
        page.goto(address)
        fully_drawn(page)
        places = []
        for _ in range(25):
            page.keyboard.press("Tab")
            places.append(page.evaluate(_PLACE))
        assert len({place["where"] for place in places}) > 10, f"{address}: the focus stays: {places}"
        hidden = [place["where"] for place in places if place["where"] != "BODY" and not place["shown"]]
        assert not hidden, f"{address}: the focus is not to be seen on {hidden}"


_PLACE = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const around = one.closest('[data-focus], .mantine-Input-wrapper, label') ?? one;
  const border = getComputedStyle(around).boxShadow !== 'none' || one.matches('input, textarea, [contenteditable]');
  const box = one.getBoundingClientRect();
  const named = one.getAttribute('aria-label') ?? one.textContent;
  return {where: one.tagName + ' ' + named.slice(0, 30) + Math.round(box.x) + ',' + Math.round(box.y),
          shown: ring || border};
}"""
