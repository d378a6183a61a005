"""Serves the built page to whoever asks: it tells nothing of this hub until its viewer has signed in.

Answers what no route does. Files come out of a table (page_files.py); every other path that a browser opens is a place
in the page, which finds its way itself. What the page may do in a browser is said here, and nowhere else.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

import wacket
from wacket.api.access import is_secure
from wacket.api.front import DEVICE_PATHS
from wacket.api.page_files import ASSETS, File, best_encoding, table

FOLDER = Path(wacket.__file__).parent / "static"
INDEX = "/index.html"
LINKS = "/s/"  # where set-up and sign-in links lead
NONCE = "__NONCE__"  # stands in index.html
NEVER = ("/api/", ASSETS, *DEVICE_PATHS)  # no place of the page is below these
NOT_BUILT = """This hub was installed without its page. In the folder of Wacket's source run `make page`, then start the
hub again. The command line (`wacket --help`) and the HTTP API work as ever.
"""
HOST = re.compile(r"[\w.:\[\]-]+", re.ASCII).fullmatch  # it gets into the policy

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}
GONE = {"Cache-Control": "no-store", **NO_SNIFFING}
NOTHING_OF_THE_MACHINE = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer",
        "microphone", "midi", "payment", "serial", "usb",
    )
)  # fmt: skip
PAGE_HEADERS = {
    "Cache-Control": "no-store",  # it holds a nonce
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": NOTHING_OF_THE_MACHINE,
    "Referrer-Policy": "same-origin",  # an address may hold the code of a link
    **NO_SNIFFING,
}


class Page:
    """What the application does where no route answers; `otherwise` is what it did before."""

    methods = ("GET", "HEAD")

    def __init__(self, otherwise: ASGIApp) -> None:
        self._otherwise = otherwise
        self._files = table(FOLDER)
        index = self._files.pop(INDEX, None)
        self._index = index.forms[""].read_text("utf-8") if index else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answered: ASGIApp = self._otherwise
        if scope["type"] == "http" and scope["method"] in self.methods:
            answered = await self._answer(Request(scope, receive)) or self._otherwise
        await answered(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        path: str = request.scope["path"]
        if file := self._files.get(path):
            return await answer_file(file, request)
        if path.startswith(ASSETS):
            return PlainTextResponse("there is no such file\n", 404, GONE)
        if not is_place(path, request.headers.get("accept", "")):
            return None
        if self._index is None:
            return PlainTextResponse(NOT_BUILT, 503, PAGE_HEADERS)
        return self._opened(request)

    def _opened(self, request: Request) -> Response:
        nonce, html = secrets.token_urlsafe(18), self._index or ""
        said = policy(nonce, request.headers.get("host", ""), is_secure(request))
        headers = {"Content-Security-Policy": said, **PAGE_HEADERS}
        return Response(html.replace(NONCE, nonce), 200, headers, media_type="text/html")


def is_place(path: str, accepted: str) -> bool:
    """Whether the page is meant: by a browser that was sent to an address, or where nothing else can be."""
    if path == "/" or path.startswith(LINKS):
        return True
    return "text/html" in accepted and not path.startswith(NEVER)


def policy(nonce: str, host: str, secure: bool) -> str:
    """What a browser lets the page do: nothing that leaves this hub, and no script or style that is not its own."""
    # Older browsers do not take 'self' for the WebSockets of the same address.
    live = f" {'wss' if secure else 'ws'}://{host}" if HOST(host) else ""
    parts = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": f"'self'{live}",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{what} {where}" for what, where in parts.items())


async def answer_file(file: File, request: Request) -> Response:
    """A file in the best form that the browser takes, or 304 if it has that already."""
    encoding = best_encoding(file, request.headers.get("accept-encoding", ""))
    headers = dict(NO_SNIFFING)
    if len(file.forms) > 1:
        headers["Vary"] = "Accept-Encoding"
    if encoding:
        headers["Content-Encoding"] = encoding
    if file.tag:
        headers |= {"ETag": f'"{file.tag}{encoding}"', "Cache-Control": "no-cache"}
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(None, 304, headers)
    else:
        headers |= FOR_EVER
    try:
        content = await asyncio.to_thread(file.forms[encoding].read_bytes)
    except FileNotFoundError:
        return PlainTextResponse("this hub's files were replaced while it runs: start it again\n", 404, GONE)
    return Response(content, 200, headers | {"Content-Type": file.media})
