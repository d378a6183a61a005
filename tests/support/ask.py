"""Asks a running hub over its real HTTP door, as its owner."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any
from urllib.parse import urlencode

from wacket.api.parts import Parts
from wacket.records import REJECT_SOURCE


async def ask(hub: Parts, path: str, **fields: Any) -> Any:
    """GET as the owner; the answer's JSON. Fails unless the status is 200."""
    query = urlencode(fields, doseq=True)
    status, _, body = await send(hub, "GET", f"{path}?{query}", owner=True)
    assert status == 200, (path, fields, status, body)
    return json.loads(body)


async def send(
    hub: Parts, method: str, path: str, body: bytes = b"", *, owner: bool = False, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """One request; status, headers (lower case) and body. Header names are given with _ for -."""
    return await asyncio.to_thread(_send, hub, method, path, body, owner, headers)


def _send(
    hub: Parts, method: str, path: str, body: bytes, owner: bool, headers: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(hub.addresses["http"], timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if owner:
        named["Authorization"] = f"Bearer {hub.owner_key}"
    try:
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    finally:
        connection.close()


async def bodies(hub: Parts, **fields: Any) -> list[str]:
    """The bodies of the log records that fit, oldest first; rejects only if they are asked for."""
    page = await ask(hub, "/api/v1/logs", order="asc", limit=10000, **fields)
    return [row["body"] for row in page["logs"] if "source" in fields or row["source"] != REJECT_SOURCE]
