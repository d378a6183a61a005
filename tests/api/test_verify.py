"""Reading everything: a byte that the disk changed is found before a question comes to it."""

from __future__ import annotations

import json

import pytest
from tests.support.ask import ask, send

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow


async def test_a_flipped_byte_is_named_although_nobody_asked_for_it(hub: Parts) -> None:
    await send(hub, "POST", "/api/v1/ingest/text?node=rig", b"a line\n")
    hub.history.seal()
    (path,) = (hub.folder / "history" / "logs").glob("*.parquet")
    data = bytearray(path.read_bytes())
    data[60] ^= 1
    path.write_bytes(data)
    assert (await ask(hub, "/api/v1/health"))["history"]["damage"] == []
    status, _, body = await send(hub, "POST", "/api/v1/verify", owner=True)
    (told,) = json.loads(body)["damage"]
    assert status == 200 and path.name in told and "1 rows of logs" in told
    assert (await ask(hub, "/api/v1/health"))["history"]["damage"] == [told]


async def test_only_admins_may_have_everything_read(hub: Parts) -> None:
    _, reader = await hub.tokens.create("page", ["read"])
    assert (await send(hub, "POST", "/api/v1/verify", authorization=f"Bearer {reader}"))[0] == 403
