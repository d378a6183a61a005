"""Whole frames into batches: each module here is a format, and its file name is its name in settings and URLs.

A format has `decode(envelopes) -> Decoded`, `SUMMARY` and `MEDIA_TYPES`. It never raises for what a sender sent, waits
for nothing and knows no clock. Modules whose name begins with `_` are shared by the formats and are none themselves.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from wacket.errors import BadRequest


@cache
def known() -> list[str]:
    """The names of all formats, sorted."""
    return sorted(part.name for part in iter_modules(__path__) if not part.name.startswith("_"))


@cache
def _load(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")


def find(name: str) -> ModuleType:
    """The module of a format. Raises BadRequest, listing the known ones."""
    if name not in known():
        raise BadRequest(f"no format named {name[:64]!r}; known: {', '.join(known())}", "format")
    return _load(name)
