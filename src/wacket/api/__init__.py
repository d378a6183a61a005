"""The HTTP and WebSocket interface: one file per noun, each with a `router`, found by its file name.

Builds the application from the running hub's parts. Routes that take data from many senders are named in a module's
`BUSY` table and answered before the framework's machinery; everything else goes through it. What no route answers is
the page's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.types import ASGIApp

from wacket import __version__
from wacket.api import errors
from wacket.api.body import room_for
from wacket.api.front import Endpoint, Front
from wacket.api.page import Page

if TYPE_CHECKING:
    from wacket.api.parts import Parts

ABOUT = """The hub's interface. Data come in under `/api/v1/ingest`, and as older systems' clients send them; questions
and acts need a login or a token. Times are ISO-8601 or microseconds since 1970 UTC, as each field says."""


def build(parts: Parts, sockets: Mapping[str, ASGIApp] | None = None) -> Front:
    """The whole application over `parts`. `sockets` are applications that answer WebSockets at a path themselves."""
    app, busy = framework()
    app.state.parts, app.state.room = parts, room_for(parts.settings)
    parts.edges["bodies"] = app.state.room
    return Front(app, busy, parts, sockets or {})


def openapi() -> str:
    """The OpenAPI document as JSON text."""
    return json.dumps(framework()[0].openapi())


def framework() -> tuple[FastAPI, dict[str, Endpoint]]:
    """Every noun's routes, and the endpoints that are answered before the framework."""
    app = FastAPI(
        title="Wacket",
        version=__version__,
        description=ABOUT,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page would be fetched from the internet
        redoc_url=None,
        redirect_slashes=False,
    )
    errors.install(app)
    busy: dict[str, Endpoint] = {}
    for module in nouns():
        app.include_router(module.router)
        busy.update(getattr(module, "BUSY", {}))
    app.router.default = Page(app.router.default)
    return app, busy


@cache
def nouns() -> tuple[ModuleType, ...]:
    """Every module of this folder that has a `router`."""
    found = [import_module(f"{__name__}.{part.name}") for part in iter_modules(__path__)]
    return tuple(module for module in found if hasattr(module, "router"))
