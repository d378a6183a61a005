"""PURE: how long what was sent took to be seen, from two lists of moments (ms since 1970)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

Sent = tuple[float, float]  # a value, and when it was sent
Seen = tuple[float, float]  # a value, and when it was on the screen


def of_texts(texts: Iterable[Sequence[object]]) -> list[Seen]:
    """Texts and their moments as the page tells them; those that are no number are left out."""
    found = []
    for text, at in texts:
        with suppress(ValueError):
            found.append((float(str(text)), float(str(at))))
    return found


def waits(sent: Iterable[Sent], seen: Iterable[Seen]) -> list[float]:
    """ms from sending to seeing. Values grow: who is never seen itself was seen when a later one was.

    Raises ValueError for a value of which nothing was ever seen.
    """
    found, screen = [], sorted(seen, key=lambda one: one[1])
    for value, at in sent:
        shown = next((moment for other, moment in screen if other >= value and moment >= at), None)
        if shown is None:
            raise ValueError(f"{value:g} was sent and never seen")
        found.append(shown - at)
    return found
