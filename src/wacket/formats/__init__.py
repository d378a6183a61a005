"""Whole frames into batches: each module here is a format, and its file name is its name in settings and URLs.

A format is what seams.Format says, and may set `WHOLE_BODY` (`is_whole`). It never raises for what a sender sent, waits
for nothing and knows no clock. Modules whose name begins with `_` are shared by the formats and are none themselves.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

from wacket.errors import BadRequest
from wacket.seams import Format


@cache
def known() -> list[str]:
    """The names of all formats, sorted."""
    return sorted(part.name for part in iter_modules(__path__) if not part.name.startswith("_"))


@cache
def _load(name: str) -> Format:
    return cast("Format", import_module(f"{__name__}.{name}"))


def find(name: str) -> Format:
    """The module of a format. Raises BadRequest, listing the known ones."""
    if name not in known():
        raise BadRequest(f"no format named {name[:64]!r}; known: {', '.join(known())}", "format")
    return _load(name)


def is_whole(form: Format) -> bool:
    """Whether it reads a body as a whole, as one with a header must: no part of a body is anything to it."""
    return bool(getattr(form, "WHOLE_BODY", False))
