"""A browser that opens the port for devices from another machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from wacket.api.front import Front
from wacket.api.parts import Parts

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]


@pytest.mark.parametrize(
    ("path", "accept", "host", "goes_to"),
    [
        ("/logs", "text/html,*/*", "192.168.1.5:8080", "/logs?find=a%20b"),
        ("/", "text/html", "[fe80::5]:8080", "/?find=a%20b"),
        ("/api/v1/series", "application/json", "192.168.1.5:8080", None),  # a program is told in words
        ("/", "text/html", "elsewhere.example:8080", None),  # nobody is sent on under a name that is not the hub's
        ("/", "text/html", "", None),
    ],
)
async def test_a_browser_at_the_devices_port_is_sent_to_https(
    start_hub: StartHub, path: str, accept: str, host: str, goes_to: str | None
) -> None:
    async with start_hub(**{"doors.https": "127.0.0.1:0"}) as hub:
        said = await _asked(hub, path, [(b"accept", accept.encode())] + ([(b"host", host.encode())] if host else []))
        port = hub.addresses["https"].rpartition(":")[2]
    place = dict(said[0]["headers"]).get(b"location", b"").decode()
    if goes_to is None:
        assert (said[0]["status"], place) == (403, "")
    else:
        assert (said[0]["status"], place) == (307, f"https://{host.rpartition(':')[0]}:{port}{goes_to}")


async def test_where_there_is_no_https_a_browser_is_told_how_to_get_it(hub: Parts) -> None:
    said = await _asked(hub, "/", [(b"accept", b"text/html"), (b"host", b"192.168.1.5:8080")])
    assert said[0]["status"] == 403 and b"--lan" in said[1]["body"]


async def _asked(hub: Parts, path: str, headers: list[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    """What a GET from another machine over plain http is answered."""
    said: list[dict[str, Any]] = []

    async def nothing() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def hear(message: Any) -> None:
        said.append(message)

    front = Front(None, {}, hub)  # type: ignore[arg-type]
    await front(
        {"type": "http", "method": "GET", "path": path, "query_string": b"find=a%20b", "scheme": "http"}
        | {"client": ("10.0.0.9", 1), "server": ("192.168.1.5", 8080), "headers": headers},
        nothing,
        hear,
    )
    return said
