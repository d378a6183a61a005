"""The TCP door through real sockets, with a whole hub behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest
from tests.support.ask import ask, bodies, send
from tests.support.lines import board

from wacket.api.parts import Parts
from wacket.intake.marks import MOST_RANGES
from wacket.records import REJECT_SOURCE, SUSPECT, Envelope

pytestmark = pytest.mark.slow
JSON = "application/json"
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]


async def test_lines_are_acknowledged_when_they_are_on_disk(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes format=text", b"one", b"two\r", b"", b"three")
        await sender.answers_until("ok 3")
    assert await bodies(hub, node="b1") == ["one", "two", "three"]


async def test_without_a_hello_the_node_is_the_address_and_is_not_adopted(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"temp:21.5 hum:40", b"just a text")
        assert await sender.end() == []
    nodes = {node["name"]: node for node in (await ask(hub, "/api/v1/nodes"))["nodes"]}
    assert nodes["127.0.0.1"]["state"] == "pending"
    series = (await ask(hub, "/api/v1/series", node="127.0.0.1"))["series"]
    assert {one["name"]: one["value"] for one in series} == {"temp": 21.5, "hum": 40.0}
    assert not any(one["adopted"] for one in series)
    assert await bodies(hub, node="127.0.0.1") == ["just a text"]


async def change(hub: Parts, node: str, state: str) -> None:
    body = json.dumps({"state": state}).encode()
    status, _, answer = await send(hub, "PATCH", f"/api/v1/nodes/{node}", body, owner=True, content_type=JSON)
    assert status == 200, answer


async def test_a_node_that_is_retired_is_not_heard_any_more_though_it_stays_connected(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes format=text", b"before")
        await sender.answers_until("ok 1")
        await change(hub, "b1", "retired")
        await sender.say(b"after")
        assert "retired" in await sender.answer()
        assert await sender.answer() == ""
    assert await bodies(hub, node="b1") == ["before"]


async def test_a_node_that_is_adopted_is_so_from_its_next_line_on(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello ack=yes format=plotter", b"temp:1")
        await sender.answers_until("ok 1")
        await change(hub, "127.0.0.1", "adopted")
        await sender.say(b"temp:2")
        await sender.answers_until("ok 2")
    asked = {"sql": "select value, quality & 8 from readings order by value"}
    _, _, answer = await send(hub, "POST", "/api/v1/sql", json.dumps(asked).encode(), owner=True, content_type=JSON)
    assert json.loads(answer)["rows"] == [[1.0, SUSPECT], [2.0, 0]]


async def test_a_half_line_at_the_end_is_kept(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes format=text", b"whole")
        sender.writer.write(b"half")
        assert (await sender.end())[-1] == "ok 2"
    assert await bodies(hub, node="b1") == ["whole", "half"]


async def test_a_line_that_is_too_long_is_refused_and_the_stream_goes_on(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes format=text", b"before", b"x" * 200_000, b"after")
        heard = await sender.answers_until("ok 3")
    (refusal,) = [line for line in heard if line.startswith("no ")]
    assert refusal.startswith("no 2 ")
    assert "65536" in refusal
    assert await bodies(hub, node="b1") == ["before", "after"]
    assert len(await bodies(hub, node="b1", source=REJECT_SOURCE)) == 1


async def test_a_line_that_cannot_be_read_is_refused_by_its_number(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes format=ndjson", b'{"a": 1}', b"{nonsense", b'{"a": 2}')
        heard = await sender.answers_until("ok 3")
    assert [line.split()[:2] for line in heard if line.startswith("no ")] == [["no", "2"]]


async def test_a_wrong_hello_is_told_and_the_connection_ends(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello nod=b1", b"data")
        assert "nod" in await sender.answer()
        assert await sender.answer() == ""


async def test_a_wrong_token_is_told_and_nothing_is_stored(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 token=wkt_wrong ack=yes", b"data")
        assert (await sender.answer()).startswith("no 0 ")
    assert await bodies(hub) == []


async def test_a_board_that_numbers_its_lines_resumes_without_loss_or_double(hub: Parts) -> None:
    lines = [b"line %d" % number for number in range(100)]
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes format=text epoch=boot7 seq=0", *lines[:60])
        assert await sender.answer() == "have -1"
        await sender.answers_until("ok 60")
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes format=text epoch=boot7 seq=40")
        assert await sender.answer() == "have 59"
        await sender.say(*lines[40:])
        await sender.answers_until("ok 60")
    assert await bodies(hub, node="b1") == [line.decode() for line in lines]


async def test_a_board_that_leaves_too_many_holes_is_told_and_let_go(hub: Parts) -> None:
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes epoch=boot7", b"line 0")
        await sender.answers_until("ok 1")
    node = hub.catalogue.node_named("b1")
    assert node is not None
    numbered = Envelope("test", "", node.id, "text", 0, b"a\n", epoch="boot7")
    for number in range(1, MOST_RANGES):
        await hub.intake.accept(replace(numbered, sequence=2 * number))
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes epoch=boot7 seq=1000", b"line 1000", b"line 1001")
        assert await sender.answer() == "have 999"
        assert await sender.answer() == "no 0 the sequence has 256 holes; send the missing numbers from 1 first"
        assert await sender.answer() == ""
    async with board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=b1 ack=yes epoch=boot7 seq=1", b"line 1")
        await sender.answers_until("ok 1")


async def test_a_new_epoch_starts_to_count_anew(hub: Parts) -> None:
    for epoch in (b"a", b"b"):
        async with board(hub.addresses["tcp"]) as sender:
            await sender.say(b"hello node=b1 ack=yes format=text epoch=%s seq=0" % epoch, b"same")
            assert await sender.answer() == "have -1"
            await sender.answers_until("ok 1")
    assert await bodies(hub, node="b1") == ["same", "same"]


async def test_more_connections_than_allowed_are_told_so(start_hub: StartHub) -> None:
    async with start_hub(**{"doors.connections": 1}) as hub, board(hub.addresses["tcp"]) as first:
        await first.say(b"hello node=b1 ack=yes", b"a line")
        await first.answers_until("ok 1")
        async with board(hub.addresses["tcp"]) as second:
            assert "too many connections" in await second.answer()


async def test_ipv6(start_hub: StartHub) -> None:
    async with start_hub(**{"doors.tcp": "[::1]:0"}) as hub, board(hub.addresses["tcp"]) as sender:
        await sender.say(b"hello node=six ack=yes format=text", b"over IPv6")
        await sender.answers_until("ok 1")
        assert await bodies(hub, node="six") == ["over IPv6"]
