"""Stands before the framework: turns away what must not come in at all, and sends busy paths to their endpoint.

Looks at where a request comes from and at its size. Who is asking, and whether they may, is for access and admission.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import URL, Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wacket.api import body as bodies
from wacket.api import errors
from wacket.api.access import from_own_page, peer_of
from wacket.errors import Forbidden, WacketError
from wacket.intake.admission import is_loopback
from wacket.settings import Doors, split_address

if TYPE_CHECKING:
    from wacket.api.parts import Parts

Endpoint = Callable[[Request], Awaitable[Response]]

# All that other machines may reach without TLS: it is there for devices that cannot do TLS.
DEVICE_PATHS = (
    "/api/v1/ingest/", "/write", "/api/v2/write", "/query", "/ping", "/health", "/log/", "/hw_supervisor",
    "/agent/",
)  # fmt: skip
AGENTS = "/api/v1/agent"  # they prove themselves, and sign what matters
ALIVE = re.compile(r"/api/v1/nodes/[^/]+/alive").fullmatch
NONE: Mapping[str, ASGIApp] = MappingProxyType({})
# and have limits of their own
READ_THEMSELVES = ("/api/v1/ingest/", "/api/v1/blobs/", "/api/v1/restore", "/hw_supervisor")
LONGEST_BODY = 1024 * 1024  # bytes, of all other requests

BY_PROXY = frozenset((b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"))
FROM_PAGES = frozenset((b"origin", b"sec-fetch-site"))
LOOKED_AT = BY_PROXY | FROM_PAGES | {b"host"}
PROXIED = "proxied"  # in place of the address of whoever is behind a proxy that nobody named


class Front:
    """The whole application."""

    def __init__(
        self, app: FastAPI, busy: Mapping[str, Endpoint], parts: Parts, sockets: Mapping[str, ASGIApp] = NONE
    ) -> None:
        self.app, self._busy, self._parts, self._sockets = app, busy, parts, sockets
        self._names = own_names(parts.settings.doors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope["app"] = self.app
        try:
            self.check(scope)
            if scope["type"] == "websocket" and scope["path"] in self._sockets:
                await self._sockets[scope["path"]](scope, receive, send)
                return
            endpoint = self._busy.get(scope["path"]) if scope.get("method") == "POST" else None
            if endpoint is not None:
                response = await endpoint(Request(scope, receive))
            else:
                await self.app(scope, await self._bounded(scope, receive), send)
                return
        except WacketError as error:
            response = errors.answer(error)
        except HTTPException as error:
            response = errors.answer_plain(error)
        except ClientDisconnect:
            return  # what came of the body was not a whole one, and nobody waits for the answer
        await response(scope, receive, send)

    def check(self, scope: Scope) -> None:
        """Raises Forbidden or HTTPException for what must not come in."""
        said = {name: value for name, value in scope["headers"] if name in LOOKED_AT}
        if is_local(scope):
            if not BY_PROXY.isdisjoint(said):
                scope["client"] = PROXIED, 0  # whoever it is, it is not somebody on this machine
            elif not is_called(said.get(b"host", b"").decode("latin-1"), self._names):
                raise self._misnamed(said[b"host"])
        if self.must_use_https(scope):
            raise self._over_there(scope) or Forbidden(self._where_https())
        if not FROM_PAGES.isdisjoint(said) and sends(scope) and from_own_page(HTTPConnection(scope)) is False:
            # A page of any site can make its visitor's browser send these, and the browser is where it is.
            raise Forbidden("this came from a page of another site, and such a page may not send data here")

    def must_use_https(self, scope: Scope) -> bool:
        return scope.get("scheme") in ("http", "ws") and not is_local(scope) and not is_for_devices(scope)

    def _over_there(self, scope: Scope) -> HTTPException | None:
        """Somebody who opened the page at the devices' port is sent to where it is, under the name that they typed."""
        headers, https = Headers(scope=scope), self._parts.addresses.get("https")
        host = headers.get("host", "")
        reads = scope.get("method") == "GET" and "text/html" in headers.get("accept", "")
        if not (https and reads and host and is_called(host, self._names)):
            return None
        name, port = urlsplit(f"//{host}").hostname or "", split_address(https)[1]
        place = URL(scope=scope).replace(scheme="https", hostname=name, port=port)
        return HTTPException(307, "people use https", {"Location": str(place), "Cache-Control": "no-store"})

    def _where_https(self) -> str:
        https = self._parts.addresses.get("https")
        where = f"people and programs use https on {https}" if https else "for all else start the hub with --lan"
        return f"from other machines this port is for devices only; {where} (a proxy is named in doors.trusted_proxies)"

    def _misnamed(self, host: bytes) -> HTTPException:
        # Else a page of any site could make its own name mean this machine, and then would be a page of this hub.
        names = ", ".join(sorted(self._names))
        return HTTPException(
            421, f"this hub is not called {host[:80].decode('latin-1')!r}; use an address, or one of: {names}"
        )

    async def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """`receive` with the whole body read: the framework reads without a limit, and before it asks for a right."""
        if scope["type"] != "http" or scope["path"].startswith(READ_THEMSELVES):
            return receive
        request = Request(scope, receive)
        bodies.refuse_declared(request.headers.get("content-length", ""), LONGEST_BODY)
        with bodies.Place(bodies.room_of(request), peer_of(request)) as place:
            body = await bodies.gather(receive, LONGEST_BODY, place)
        return _again(body, receive)


def is_local(scope: Scope) -> bool:
    client = scope.get("client")
    return client is not None and is_loopback(client[0])


def sends(scope: Scope) -> bool:
    """Whether this is one of the requests that need no proof of who sends them, and may change something."""
    return scope.get("method") == "POST" and is_for_devices(scope)


def is_for_devices(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith(DEVICE_PATHS) or path == AGENTS or (scope.get("method") == "POST" and bool(ALIVE(path)))


def own_names(doors: Doors) -> frozenset[str]:
    """What this machine is called: by itself, on the local network, and by its owner in the settings."""
    machine = socket.gethostname().lower()
    short = machine.partition(".")[0]
    set_names = {split_address(address)[0].lower() for address in (doors.http, doors.https) if address}
    return frozenset(
        {"localhost", machine, short, f"{short}.local"} | {name for name in set_names if not _number(name)}
    )


@lru_cache(maxsize=1024)
def is_called(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header names this machine, by address or name. Browsers always send one; boards may not."""
    if not host:
        return True
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    return name in names or _number(name)


def _number(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives this body first."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
