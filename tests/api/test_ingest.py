"""POST /api/v1/ingest/{format} over a real socket: what is answered, and that what is answered for can be found."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from tests.support.ask import ask, bodies, send

from wacket import formats
from wacket.api.parts import Parts
from wacket.records import REJECT_SOURCE

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]

EVENT = b"Device: ID=1; Evt=2; Power: Active=1753W; Reactive=279var; Peaks: 7.33;7.31; hz: 49.87"

# Per format: a body, its frames, readings by name, and texts of logs.
GOOD: dict[str, tuple[bytes, int, dict[str, float], list[str]]] = {
    "auto": (b'{"a": 1}\nb:2 c:3\nit rains\n', 3, {"a": 1, "b": 2, "c": 3}, ["it rains"]),
    "csv": (b"time,a,b\n2026-01-01T00:00:00Z,1,2\n2026-01-01T00:00:01Z,3,4\n", 2, {"a": 3, "b": 4}, []),
    "energy": (EVENT + b"\n", 1, {"power.active": 1753, "power.reactive": 279}, [EVENT.decode()]),
    "influx": (b"room,site=lab a=1,b=2i 1700000000000000000\n", 1, {"room.a": 1, "room.b": 2}, []),
    "ndjson": (b'{"a": 1, "b": 2.5}\n{"message": "it rains"}\n', 2, {"a": 1, "b": 2.5}, ["it rains"]),
    "plotter": (b"a:1 b:2\na=3\n", 2, {"a": 3, "b": 2}, []),
    "text": (b"it rains\nit pours\n", 2, {}, ["it rains", "it pours"]),
}
BAD = {"energy": b"Power:\n", "influx": b"no fields\n", "ndjson": b"{nonsense\n"}


async def post(hub: Parts, path: str, body: bytes, **headers: Any) -> tuple[int, Any]:
    """Status and the answer's JSON."""
    status, _, answer = await send(hub, "POST", f"/api/v1/ingest/{path}", body, **headers)
    return status, json.loads(answer)


async def newest(hub: Parts, **fields: Any) -> dict[str, float]:
    """The newest value of each series by its name."""
    return {one["name"]: one["value"] for one in (await ask(hub, "/api/v1/series", **fields))["series"]}


def test_each_format_has_an_example_here() -> None:
    assert sorted(GOOD) == formats.known()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
async def test_what_is_answered_for_can_be_asked_for_at_once(hub: Parts, packed: bool) -> None:
    for name in formats.known():
        body, frames, readings, texts = GOOD[name]
        if packed:
            answered = await post(hub, f"{name}?node={name}", gzip.compress(body), content_encoding="gzip")
        else:
            answered = await post(hub, f"{name}?node={name}", body)
        assert answered == (200, {"stored": frames, "rejected": 0, "errors": []}), name
        found = await newest(hub, node=name) if readings else {}
        assert found | readings == found, name
        assert await bodies(hub, node=name) == texts, name


async def test_a_reading_is_in_the_values_at_once(hub: Parts) -> None:
    await post(hub, "influx?node=rig&precision=s", b"room a=1 1700000000\nroom a=2 1700000001\n")
    found = await ask(
        hub, "/api/v1/series/values", match="rig/room.a", since="1699999999", until="1700000002", step="raw"
    )
    assert found["series"][0]["points"] == [[1_700_000_000_000_000, 1.0], [1_700_000_001_000_000, 2.0]]


async def test_a_damaged_gzip_body_is_refused_whole(hub: Parts) -> None:
    whole = gzip.compress(b"one\n" * 99)
    for body in (b"not gzip at all", whole[:-9], whole + b"rubbish", whole + whole[:-1], whole * 65, b""):
        status, answer = await post(hub, "text", body, content_encoding="gzip")
        assert status == 400, body
        assert "gzip" in answer["error"]
    assert await bodies(hub) == []


async def test_gzip_in_several_members_is_one_body_and_deflate_is_taken_too(hub: Parts) -> None:
    body = gzip.compress(b"one\n") + gzip.compress(b"two\n")
    assert (await post(hub, "text?node=rig", body, content_encoding="gzip"))[1]["stored"] == 2
    assert (await post(hub, "text?node=rig", zlib.compress(b"three\n"), content_encoding="deflate"))[0] == 200
    assert await bodies(hub, node="rig") == ["one", "two", "three"]


async def test_a_body_over_the_limit_is_refused_however_it_comes(start_hub: StartHub) -> None:
    limit = 100_000
    bombs = gzip.compress(b"x" * (limit + 1)), gzip.compress(b"x" * limit) + gzip.compress(b"x")
    async with start_hub(**{"doors.body_limit": limit}) as hub:
        assert (await post(hub, "text", b"x" * limit))[0] == 200
        status, answer = await post(hub, "text", b"x" * (limit + 1))
        assert status == 413
        assert str(limit) in answer["error"]
        for bomb in bombs:
            status, answer = await post(hub, "text", bomb, content_encoding="gzip")
            assert status == 413, answer
        assert len(await bodies(hub)) == 1


async def test_a_body_of_unknown_length_is_bounded_too(start_hub: StartHub) -> None:
    async with start_hub(**{"doors.body_limit": 1000}) as hub:
        host, _, port = hub.addresses["http"].partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = b"POST /api/v1/ingest/text HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head + b"3e8\r\n" + b"x" * 1000 + b"\r\n1\r\nx\r\n0\r\n\r\n")
        assert (await asyncio.wait_for(reader.readline(), 10)).split()[1] == b"413"
        writer.close()
        assert await bodies(hub) == []


async def test_a_sender_that_leaves_in_the_middle_has_stored_nothing(
    hub: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    host, _, port = hub.addresses["http"].partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /api/v1/ingest/text HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\none\ntwo\n")
    await writer.drain()
    writer.close()
    assert (await post(hub, "text?node=rig", b"afterwards\n"))[0] == 200
    assert await bodies(hub) == ["afterwards"]
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []  # that happens; it is no bug of ours


async def test_an_encoding_that_is_not_known_is_named(hub: Parts) -> None:
    for encoding in ("br", "gzip, gzip", "zstd"):
        status, answer = await post(hub, "text", b"one\n", content_encoding=encoding)
        assert status == 415
        assert encoding in answer["error"]


async def test_an_unknown_format_is_answered_with_the_known_ones(hub: Parts) -> None:
    status, answer = await post(hub, "protobuf", b"one\n")
    assert (status, answer["field"]) == (400, "format")
    assert all(name in answer["error"] for name in formats.known())
    listed = await ask(hub, "/api/v1/formats")
    assert [one["name"] for one in listed["formats"]] == formats.known()
    assert all(one["summary"] for one in listed["formats"])


async def test_a_body_that_is_refused_whole_is_kept_as_a_reject(hub: Parts) -> None:
    for name, body in BAD.items():
        status, answer = await post(hub, f"{name}?node={name}", body)
        assert (status, answer["stored"], answer["rejected"]) == (400, 0, 1)
        assert answer["errors"][0]["reason"] in answer["error"]
        kept = await ask(hub, "/api/v1/rejects", node=name)
        assert [row["body"] for row in kept["logs"]] == [body.decode().strip()]


async def test_the_good_lines_of_a_partly_bad_body_are_stored(hub: Parts) -> None:
    status, answer = await post(hub, "influx?node=rig", b"m a=1\nno fields\nm a=2\nm a=\n")
    assert (status, answer["stored"], answer["rejected"]) == (200, 2, 2)
    assert [error["frame"] for error in answer["errors"]] == [1, 3]
    assert answer["errors"][0]["excerpt"] == "no fields"
    assert await newest(hub, node="rig") == {"m.a": 2.0}
    assert await bodies(hub, node="rig", source=REJECT_SOURCE) == ["no fields", "m a="]


async def test_only_the_first_reasons_are_told_but_all_are_kept(hub: Parts) -> None:
    status, answer = await post(hub, "influx?node=rig", b"m a=1\n" + b"bad\n" * 500)
    assert (status, answer["rejected"], len(answer["errors"])) == (200, 500, 20)
    assert len(await bodies(hub, node="rig", source=REJECT_SOURCE)) == 500


async def test_an_empty_body_is_nothing(hub: Parts) -> None:
    assert await post(hub, "text", b"") == (200, {"stored": 0, "rejected": 0, "errors": []})
    assert await post(hub, "text", b"\n \r\n\n") == (200, {"stored": 0, "rejected": 0, "errors": []})
