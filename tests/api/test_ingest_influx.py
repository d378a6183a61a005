"""/write, /api/v2/write and /query as Influx's own clients use them, and who may send: over a real socket."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from tests.support.ask import ask, bodies, send

from wacket.api.parts import Parts
from wacket.records import REJECT_SOURCE

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]

SECONDS = 1_700_000_040  # a whole minute
HOUR = SECONDS // 3600
STAMPS = {
    **dict.fromkeys(("", "ns", "n"), (SECONDS * 10**9 + 123_456_789, SECONDS * 10**6 + 123_456)),
    **dict.fromkeys(("us", "u"), (SECONDS * 10**6 + 5, SECONDS * 10**6 + 5)),
    "ms": (SECONDS * 1000 + 5, SECONDS * 10**6 + 5000),
    "s": (SECONDS, SECONDS * 10**6),
    "m": (SECONDS // 60, SECONDS * 10**6),
    "h": (HOUR, HOUR * 3600 * 10**6),
}


async def raw(hub: Parts, name: str) -> list[list[float]]:
    """Every reading of a series of that name: [at in µs, value]."""
    found = await ask(hub, "/api/v1/series/values", match=name, since="2020-01-01T00:00:00Z", step="raw")
    return [point for one in found["series"] for point in one["points"]]


async def write(hub: Parts, path: str, body: bytes, **headers: Any) -> tuple[int, dict[str, str], Any]:
    status, answered, answer = await send(hub, "POST", path, body, **headers)
    return status, answered, json.loads(answer) if answer else None


@pytest.mark.parametrize("path", ["/write?db=telegraf", "/api/v2/write?org=lab&bucket=lab"])
async def test_each_precision_is_understood(hub: Parts, path: str) -> None:
    for precision, (stamp, at) in STAMPS.items():
        asked = f"{path}&precision={precision}" if precision else path
        status, headers, answer = await write(hub, asked, b"m_%s value=1 %d" % (precision.encode(), stamp))
        assert (status, answer) == (204, None), precision
        assert headers["x-influxdb-version"]
        assert await raw(hub, f"m_{precision}") == [[at, 1.0]], precision
    status, _, answer = await write(hub, f"{path}&precision=fortnight", b"m value=1 1")
    assert (status, answer["field"]) == (400, "precision")


async def test_a_partly_bad_write_names_the_line_and_keeps_the_rest(hub: Parts) -> None:
    for path in ("/write", "/api/v2/write"):
        status, _, answer = await write(hub, f"{path}?node=rig", b"m a=1\nbad\nm a=2\n")
        assert status == 400
        assert "line 2" in answer["error"]
        assert answer["error"] == answer["message"]
        assert "dropped=1" in answer["error"]
    assert [value for _, value in await raw(hub, "rig/m.a")] == [1.0, 2.0] * 2
    assert await bodies(hub, node="rig", source=REJECT_SOURCE) == ["bad", "bad"]


async def test_the_same_body_with_times_is_a_retry_and_without_is_news(hub: Parts) -> None:
    stamped, bare = b"m,a=b with=1 1700000000000000000\n", b"m without=12345678901234\n"
    for _ in range(3):
        for path in ("/write", "/api/v2/write"):
            for body in (stamped, bare):
                assert (await write(hub, path, body))[0] == 204
    assert await raw(hub, "m.with") == [[1_700_000_000_000_000, 1.0]]
    assert len(await raw(hub, "m.without")) == 6


async def test_a_retry_is_one_whatever_it_is_compressed_with_and_whoever_came_between(hub: Parts) -> None:
    body = b"".join(b"m value=%d %d\n" % (n, (SECONDS + n) * 10**9) for n in range(100))
    for level in (1, 9):
        assert (await write(hub, "/write", gzip.compress(body, level), content_encoding="gzip"))[0] == 204
        assert (await write(hub, f"/write?node=b{level}", body))[0] == 204
    many = await asyncio.gather(*(write(hub, "/write", body) for _ in range(10)))
    assert {status for status, _, _ in many} == {204}
    assert len(await raw(hub, "127.0.0.1/m")) == 100
    assert len(await raw(hub, "b*/m")) == 200


async def test_the_same_digits_in_another_unit_are_another_time(hub: Parts) -> None:
    for precision in ("ms", "us"):
        assert (await write(hub, f"/write?precision={precision}", b"m value=1 1700000000000000"))[0] in (
            204,
            400,
        )
    assert [at for at, _ in await raw(hub, "m")][:1] == [1_700_000_000_000_000]


async def test_a_database_is_agreed_to_and_a_question_is_sent_elsewhere(hub: Parts) -> None:
    agreed = {"results": [{"statement_id": 0}]}
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert (await write(hub, "/query", b"q=CREATE+DATABASE+%22telegraf%22", **form))[::2] == (200, agreed)
    assert (await write(hub, "/query?q=create%20database%20x", b""))[::2] == (200, agreed)
    assert await ask(hub, "/query", q="CREATE DATABASE x") == agreed
    for body in (b"q=SHOW+DATABASES", b"", b"\xff\xfe", b"q=" + b"x" * 100_000):
        status, _, answer = await write(hub, "/query", body, **form)
        assert status in (400, 413), body[:20]
        assert answer["error"]


async def test_the_node_is_who_the_sender_says_it_is(hub: Parts) -> None:
    assert (await write(hub, "/write?node=one", b"m value=1"))[0] == 204
    assert (await write(hub, "/write", b"m value=1", x_wacket_node="two"))[0] == 204
    assert (await write(hub, "/write", b"m value=1"))[0] == 204
    series = {one["node"]: one["adopted"] for one in (await ask(hub, "/api/v1/series"))["series"]}
    assert series == {"one": True, "two": True, "127.0.0.1": False}


@pytest.mark.parametrize("door", ["/write?node=", "/api/v1/ingest/text?node="])
async def test_a_name_that_cannot_be_a_nodes_is_refused(hub: Parts, door: str) -> None:
    for name in ("a/b", "%00", "x" * 64, "-a", "a%0Ab", "%3Cb%3E", "%C3%A4", "a%20b"):
        status, _, answer = await write(hub, door + name, b"m value=1")
        assert (status, answer["field"]) == (400, "node"), name
    assert await bodies(hub) == []


async def test_a_token_decides_who_speaks(hub: Parts) -> None:
    _, bound = await hub.tokens.create("oven", ["ingest"], node="rig-3")
    token, free = await hub.tokens.create("telegraf", ["ingest"])
    _, reader = await hub.tokens.create("page", ["read"])
    ways = (
        {"authorization": f"Bearer {bound}"},
        {"authorization": f"Token {bound}"},
        {"authorization": f"Token user:{bound}"},
        {"authorization": "Basic " + base64.b64encode(f"user:{bound}".encode()).decode()},
    )
    for headers in ways:
        assert (await write(hub, "/write", b"m value=1", **headers))[0] == 204, headers
    assert (await write(hub, f"/write?u=user&p={bound}", b"m value=1"))[0] == 204
    assert len(await raw(hub, "rig-3/m")) == 5
    assert (await write(hub, "/write?node=rig-3", b"m value=1", **ways[0]))[0] == 204
    assert (await write(hub, "/write?node=other", b"m value=1", **ways[0]))[0] == 403
    assert (await write(hub, "/write", b"m value=1", authorization=f"Bearer {free}"))[0] == 204
    assert (await write(hub, "/write?node=any", b"m value=1", authorization=f"Bearer {free}"))[0] == 204
    assert (await write(hub, "/write", b"m value=1", authorization=f"Bearer {reader}"))[0] == 403
    status, headers, _ = await write(hub, "/write", b"m value=1", authorization="Bearer wkt_wrong")
    assert (status, headers["www-authenticate"]) == (401, "Bearer")
    assert (await write(hub, "/write", b"m value=1", authorization="Basic !!"))[0] == 400
    await hub.tokens.revoke(token.id)
    assert (await write(hub, "/write", b"m value=1", authorization=f"Bearer {free}"))[0] == 401
    found = {one["node"] for one in (await ask(hub, "/api/v1/series"))["series"]}
    assert found == {"rig-3", "telegraf", "any"}


async def test_a_token_that_was_made_over_http_may_send(hub: Parts) -> None:
    asked = json.dumps({"name": "oven", "scopes": ["ingest"], "node": "rig-3"}).encode()
    status, _, made = await send(hub, "POST", "/api/v1/tokens", asked, owner=True, content_type="application/json")
    assert status == 201
    header = {"authorization": f"Bearer {json.loads(made)['secret']}"}
    assert (await write(hub, "/api/v1/ingest/text", b"hello", **header))[0] == 200
    assert await bodies(hub, node="rig-3") == ["hello"]


async def test_a_retired_node_is_not_taken(hub: Parts) -> None:
    assert (await write(hub, "/write?node=rig", b"m value=1"))[0] == 204
    change = b'{"state": "retired"}'
    status, _, _ = await send(hub, "PATCH", "/api/v1/nodes/rig", change, owner=True, content_type="application/json")
    assert status == 200
    status, _, answer = await write(hub, "/write?node=rig", b"m value=2")
    assert status == 403
    assert "retired" in answer["error"]
    assert [value for _, value in await raw(hub, "rig/m")] == [1.0]
