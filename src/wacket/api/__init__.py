"""The HTTP and WebSocket interface: one file per noun, each with a `router`, found by its file name.

Builds the application from the running hub's parts. Routes that take data from many senders are named in a module's
`BUSY` table and answered before the framework's machinery; everything else goes through it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from wacket import __version__
from wacket.api import errors
from wacket.errors import WacketError

if TYPE_CHECKING:
    from wacket.api.parts import Parts

Endpoint = Callable[[Request], Awaitable[Response]]

# With --lan the plain port is there for devices that cannot do TLS; these are all they may reach on it.
DEVICE_PATHS = (
    "/api/v1/ingest/", "/write", "/api/v2/write", "/query", "/ping", "/health", "/log/", "/clusters/summary",
    "/hw_supervisor",
)  # fmt: skip

ABOUT = """The hub's interface. Data come in under `/api/v1/ingest`, and as older systems' clients send them; questions
and acts need a login or a token. Times are ISO-8601 or microseconds since 1970 UTC, as each field says."""


def build(parts: Parts) -> ASGIApp:
    """The whole application over `parts`."""
    app = FastAPI(
        title="Wacket",
        version=__version__,
        description=ABOUT,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page would be fetched from the internet
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.parts = parts
    errors.install(app)
    busy: dict[str, Endpoint] = {}
    for module in nouns():
        app.include_router(module.router)
        busy.update(getattr(module, "BUSY", {}))
    return Front(app, busy, parts)


@cache
def nouns() -> tuple[ModuleType, ...]:
    """Every module of this folder that has a `router`."""
    found = [import_module(f"{__name__}.{part.name}") for part in iter_modules(__path__)]
    return tuple(module for module in found if hasattr(module, "router"))


class Front:
    """Stands before the framework: sends busy paths straight to their endpoint, and guards the plain port."""

    def __init__(self, app: FastAPI, busy: dict[str, Endpoint], parts: Parts) -> None:
        self.app, self._busy, self._parts = app, busy, parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if self.must_use_https(scope):
            await self._point_to_https(scope, receive, send)
            return
        endpoint = self._busy.get(scope["path"]) if scope.get("method") == "POST" else None
        if endpoint is None:
            await self.app(scope, receive, send)
            return
        scope["app"] = self.app
        request = Request(scope, receive)
        try:
            response = await endpoint(request)
        except WacketError as error:
            response = errors.answer(error)
        except HTTPException as error:
            response = errors.answer_plain(error)
        except ClientDisconnect:
            return  # what came of the body was not a whole one, and nobody waits for the answer
        await response(scope, receive, send)

    def must_use_https(self, scope: Scope) -> bool:
        if not self._parts.settings.doors.https or scope.get("scheme") not in ("http", "ws"):
            return False
        from wacket.intake.admission import is_loopback

        client = scope.get("client")
        return not (client and is_loopback(client[0])) and not scope["path"].startswith(DEVICE_PATHS)

    async def _point_to_https(self, scope: Scope, receive: Receive, send: Send) -> None:
        reason = f"this port is for devices; people and programs use https on {self._parts.addresses.get('https')}"
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
            return
        await JSONResponse({"error": reason}, 403)(scope, receive, send)


def openapi(parts: Parts) -> str:
    """The OpenAPI document as JSON text."""
    front = build(parts)
    assert isinstance(front, Front)  # noqa: S101 - that is what build makes
    return json.dumps(front.app.openapi())
