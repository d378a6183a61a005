"""Which answers an act makes old, from its name: `token.create` those about tokens. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wacket.ledger.audit import Act

NOUNS = {"person": "people", "class": "classes", "place": "place", "clusters": "clusters", "setup": "settings"}
SILENT = frozenset({"history", "sql", "logout", "login"})  # they change nothing that is shown


def changed_by(acts: Iterable[Act]) -> dict[str, Any]:
    """A message for the topic "changed"."""
    found: dict[str, Any] = {"audit": True}
    for act in acts:
        subject, dot, _ = act.act.partition(".")
        if not dot or " " in act.act or subject in SILENT:
            continue
        noun = NOUNS.get(subject, f"{subject}s")
        if noun == "classes":
            found.setdefault(noun, []).append(act.subject)
        else:
            found[noun] = True
    return found
