"""The pages of a set-up link: plain HTML, one style sheet, no script, nothing from elsewhere.

Everything that comes from outside is escaped here. The markup is in the files setup*.html and setup.css
beside this.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response


def form(code: str, name: str = "", wrong: str = "") -> Response:
    """The form, with what was typed and what was wrong about it; never with a password."""
    alert = f'<p class="wrong" role="alert">{escape(_sentence(wrong))}</p>' if wrong else ""
    content = _template("setup_form.html").substitute(code=escape(code[:64]), name=escape(name[:64]), wrong=alert)
    return _page("Set up this hub", content, 400 if wrong else 200)


def done(name: str, address: str, device_address: str) -> Response:
    """What to do next; `device_address` is where a device on this machine sends to."""
    send = f"curl -d 'temperature:21.5' {device_address}/api/v1/ingest/auto"
    content = _template("setup_done.html").substitute(name=escape(name), address=escape(address), send=escape(send))
    return _page("This hub is yours", content, 201)


def gone(reason: str) -> Response:
    """Why the link does not work and how to get another."""
    text = escape(_sentence(reason))
    text = re.sub("`([^`]*)`", r"<code>\1</code>", text)
    return _page("This link does not work", f'<p role="alert">{text}</p>', 404)


def later(error: HTTPException) -> Response:
    """Too many tries; the error says how long to wait."""
    text = escape(_sentence(error.detail))
    return _page("Too many tries", f'<p role="alert">{text}</p>', error.status_code, error.headers or {})


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:] + "."


def _page(title: str, content: str, status: int, more: Mapping[str, str] = MappingProxyType({})) -> Response:
    style, policy = _style()
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",  # the address holds the code
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    html = _template("setup.html").substitute(title=title, style=style, content=content)
    return HTMLResponse(html, status, headers | dict(more))


@cache
def _template(name: str) -> Template:
    return Template((files("wacket.api") / name).read_text("utf-8"))


@cache
def _style() -> tuple[str, str]:
    """The style sheet, and the policy that allows it and nothing else."""
    style = (files("wacket.api") / "setup.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'"
    return style, f"{allowed}; base-uri 'none'; frame-ancestors 'none'"
