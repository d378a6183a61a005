"""Every screen, wide and narrow, light and dark, enlarged and by keyboard: nobody is shut out by how it looks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from tests.page.conftest import NARROW, WIDE
from tests.page.filled import fill, fully_drawn

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
ENLARGED = {"width": 640, "height": 400}  # twice as large letters leave half of the width
WAYS = {
    "wide and light, also enlarged": ((WIDE, ENLARGED), "light"),
    "a phone in the dark": ((NARROW,), "dark"),
}
MISSING = ("404",)  # a link that is dead, a student who has no hardware: these screens are looked at too


@pytest.mark.torture  # half a minute and more
@pytest.mark.parametrize("way", WAYS)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(hub, open_page, way):
    if not AXE.is_file():
        pytest.skip("axe-core is not here: `make page` installs it")
    sizes, scheme = WAYS[way]
    addresses = fill(hub)
    page = open_page("/", size=sizes[0], scheme=scheme, allowed=MISSING)
    found = {}
    for address in addresses:
        page.goto(address)
        fully_drawn(page)
        page.evaluate(AXE.read_text("utf-8"))
        said = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        wrong = [f"{one['impact']} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in said["violations"]]
        wrong += [text for size in sizes if (text := sideways(page, size))]
        if wrong:
            found[address] = wrong
    assert not found, "\n".join(f"{address}\n  " + "\n  ".join(wrong) for address, wrong in found.items())


def sideways(page, size):
    """How much wider than its window the page is, in words."""
    if page.viewport_size != size:
        page.set_viewport_size(size)
    more = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return f"{more} px wider than {size['width']} px" if more > 0 else ""


@pytest.mark.torture  # half a minute and more
def test_every_screen_can_be_walked_by_keyboard_alone(hub, open_page):
    """From the top, Tab goes on from place to place, and each shows that it has the focus."""
    page = open_page("/", allowed=MISSING)
    wrong = {}
    for address in fill(hub):
        page.goto(address)
        fully_drawn(page)
        places = []
        for _ in range(25):
            if places and places[-1]["editor"]:
                page.keyboard.press("Escape")  # there Tab indents, which is written below it
            page.keyboard.press("Tab")
            places.append(page.evaluate(_PLACE))
        several = len({place["where"] for place in places} - {"the end"}) > 1
        stays = [one for one, following in pairwise(places) if several and one["where"] == following["where"]]
        hidden = [place for place in places if not place["shown"]]
        if stays or hidden:
            wrong[address] = {"stays": stays[:3], "cannot be seen": hidden[:3]}
    assert not wrong, "\n".join(f"{address} {found}" for address, found in wrong.items())


_PLACE = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  if (one === document.body) return {where: 'the end', shown: true, editor: false};
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const around = one.closest('[data-focus], .mantine-Input-wrapper, label') ?? one;
  const border = getComputedStyle(around).boxShadow !== 'none' || one.matches('input, textarea, [contenteditable]');
  const box = one.getBoundingClientRect();
  const named = one.getAttribute('aria-label') ?? one.textContent;
  return {where: one.tagName + ' ' + named.slice(0, 30) + Math.round(box.x) + ',' + Math.round(box.y),
          shown: ring || border, editor: one.isContentEditable};
}"""
