"""What devices may send that hopes to be more than text, and whether it has become more on a page."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page
from tests.page.place import Hub

MARKUP = "<img src=x onerror=alert(1)>"
LINK = "javascript:alert('evil')"
STYLE = "\"><style>body{display:none;background:url(https://evil.example/)}</style><b style='color:evil'>"
SCRIPT = "<script>document.title='evil'</script><iframe src='https://evil.example/'></iframe>"
TERMINAL = "\x1b[2J\x1b[31mred\x1b[0m\x1b]8;;https://evil.example/\x07click\x1b]8;;\x07\x08\x07"
TURNED = "user\u202egpj.exe \u2067isolated \u200bno\u200bwidth \ufeff"
ALL = f"{MARKUP} {LINK} {STYLE} {SCRIPT} {TERMINAL} {TURNED}"
NAME = f"{MARKUP} {TERMINAL} {TURNED}"  # shorter than a series' name may be
UNIT = "\u202e<b>W\x1b[2J"
PRINTABLE = f"{MARKUP} {LINK}"  # for places that refuse what cannot be printed
SHOWN = MARKUP  # of each of them, wherever it stands


def told_by(node: str) -> str:
    """Lines of a device with the worst in every place that it can write to."""
    lines: list[dict[str, Any]] = [
        {NAME: 1.5, "labels": {NAME: ALL}},
        {"name": "temp", "value": 20, "unit": UNIT, "labels": {"place": ALL}},
        {"name": "temp", "value": 21, "unit": UNIT, "labels": {"place": "top"}},
        {"message": ALL, "level": "error", "source": ALL, "node": node, ALL: {ALL: ALL}},
        {"message": f"first of {node}\n{ALL}\nlast", "level": "warn"},
    ]
    return "".join(f"{json.dumps(line)}\n" for line in lines) + f"{MARKUP} {LINK}\n{{{MARKUP}\n"


def fill(hub: Hub) -> None:
    """A place in which everybody who may write anything has written that."""
    hub.board("rig-1")
    hub.send(told_by("rig-1"), "rig-1")
    hub.send(told_by("stranger"))  # waits to be let in, and is shown before anybody knows it
    hub.ask("PATCH", "/api/v1/nodes/rig-1", {"tags": {PRINTABLE[:64]: PRINTABLE}})
    hub.ask("POST", "/api/v1/notes", {"at": "2026-11-21T12:00:00Z", "text": ALL[:500]})
    hub.ask("POST", "/api/v1/programs", {"name": PRINTABLE[:64], "language": "python", "text": ALL})
    hub.ask("POST", "/api/v1/views", {"name": PRINTABLE, "page": "series", "query": "match=rig-1/*", "shared": True})
    hub.ask("POST", "/api/v1/tokens", {"name": f"{MARKUP} {LINK}".replace("/", ""), "scopes": ["read"]})
    hub.ask("PUT", "/api/v1/place", {"name": PRINTABLE, "kind": "other"})


def harm(page: Page) -> list[str]:
    """What came of it on this page beyond text; empty is right."""
    return list(page.evaluate(_HARM))


_HARM = r"""() => {
  const found = [];
  const say = (what, one) => found.push(`${what}: ${one.outerHTML?.slice(0, 160) ?? one.slice(0, 160)}`);
  for (const one of document.querySelectorAll(
    'img[src="x"], iframe, object, embed, base, script:not([src]), [onerror], [onload], [onclick], [onmouseover]')) {
    say('an element was made of it', one);
  }
  for (const one of document.querySelectorAll('[href], [src], [action], [formaction]')) {
    for (const name of ['href', 'src', 'action', 'formaction']) {
      const place = one.getAttribute(name);
      if (!place) continue;
      const url = new URL(place, location.href);
      if (url.origin !== location.origin && !['data:', 'blob:'].includes(url.protocol)) say('it leads away', one);
    }
  }
  for (const one of document.querySelectorAll('[style*="evil"], [class*="evil"]')) say('it is style', one);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const hidden = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const odd = hidden.exec(text.data);
    if (odd && !text.parentElement.closest('script, style')) {
      say(`U+${odd[0].codePointAt(0).toString(16)} cannot be seen`, text.parentElement);
    }
  }
  if (document.title.startsWith('evil')) found.push('the title was changed');
  for (const one of document.querySelectorAll('body, h1, nav, main')) {
    const style = getComputedStyle(one);
    if (style.direction !== 'ltr' || style.display === 'none') say('the page was turned or hidden', one);
  }
  const more = document.documentElement.scrollWidth - innerWidth;
  if (more > 0) found.push(`${more} px wider than the window`);
  return found;
}"""
