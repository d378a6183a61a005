"""The same data again: keys, numbers and Influx retries are stored once, and a hub that is full says so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from tests.support.ask import bodies, send

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow
StartHub = Callable[..., AbstractAsyncContextManager[Parts]]

SMALL = {"intake.waiting_bytes_per_node": 2000, "doors.body_limit": 2000}


async def post(hub: Parts, path: str, body: bytes, **headers: Any) -> tuple[int, Any]:
    """Status and the answer's JSON."""
    status, _, answer = await send(hub, "POST", f"/api/v1/ingest/{path}", body, **headers)
    return status, json.loads(answer)


async def test_the_same_key_is_stored_once_and_answered_alike(hub: Parts) -> None:
    first = await post(hub, "text?node=rig", b"one\ntwo\n", idempotency_key="k1")
    again = await post(hub, "text?node=rig", b"one\ntwo\n", idempotency_key="k1")
    assert first == (200, {"stored": 2, "rejected": 0, "errors": []})
    assert again == (200, {"stored": 2, "rejected": 0, "errors": [], "duplicates": 2})
    assert (await post(hub, "text?node=rig", b"one\ntwo\n", idempotency_key="k2"))[1]["stored"] == 2
    assert await bodies(hub, node="rig") == ["one", "two"] * 2


async def test_a_key_with_another_body_is_refused_and_loses_nothing(start_hub: StartHub) -> None:
    async with start_hub() as hub:
        assert (await post(hub, "text?node=rig", b"one\n", idempotency_key="k"))[0] == 200
    async with start_hub() as hub:
        status, answer = await post(hub, "text?node=rig", b"two\n", idempotency_key="k")
        assert (status, answer["field"]) == (422, "Idempotency-Key")
        assert "another body" in answer["error"]
        assert (await post(hub, "text?node=rig", b"one\n", idempotency_key="k"))[1]["duplicates"] == 1
        assert await bodies(hub, node="rig") == ["one"]
        event = b"A: b=1; Power: Active=1; Reactive=1; Apparent=1; Line: Current=1; Voltage=1; Peaks: 1;2;3;"
        told = {"content_type": "text/plain", "idempotency_key": "e"}
        assert (await send(hub, "POST", "/log/store", event, **told))[0] == 200
        assert (await send(hub, "POST", "/log/store", event.replace(b"b=1", b"b=2"), **told))[0] == 422


async def test_of_many_at_once_with_one_key_those_with_another_body_are_refused(hub: Parts) -> None:
    asked = [post(hub, "text?node=rig", b"%d\n" % (number % 2), idempotency_key="k") for number in range(20)]
    answers = [status for status, _ in await asyncio.gather(*asked)]
    assert (answers.count(200), answers.count(422)) == (10, 10)
    assert len(await bodies(hub, node="rig")) == 1


async def test_another_node_may_use_the_same_key(hub: Parts) -> None:
    for node in ("a", "b"):
        assert "duplicates" not in (await post(hub, f"text?node={node}", b"one\n", idempotency_key="k"))[1]
    assert await bodies(hub) == ["one", "one"]


async def test_many_at_once_with_one_key_are_stored_once(hub: Parts) -> None:
    asked = [post(hub, "text?node=rig", b"one\ntwo\n", idempotency_key="k") for _ in range(20)]
    answers = await asyncio.gather(*asked)
    assert {(status, answer["stored"]) for status, answer in answers} == {(200, 2)}
    assert sum("duplicates" not in answer for _, answer in answers) == 1
    assert await bodies(hub, node="rig") == ["one", "two"]


async def test_a_key_is_remembered_over_a_restart(start_hub: StartHub) -> None:
    for stored in ({}, {"duplicates": 1}):
        async with start_hub() as hub:
            answer = (await post(hub, "text?node=rig", b"one\n", idempotency_key="k"))[1]
            assert answer == {"stored": 1, "rejected": 0, "errors": []} | stored
            assert await bodies(hub, node="rig") == ["one"]


async def test_a_refusal_with_a_key_is_repeated_too(hub: Parts) -> None:
    first = await post(hub, "influx?node=rig", b"bad\n", idempotency_key="k")
    assert first[0] == 400
    assert await post(hub, "influx?node=rig", b"bad\n", idempotency_key="k") == first


async def test_a_key_has_a_length(hub: Parts) -> None:
    for key in ("", "x" * 201, "same:ns:0"):
        status, answer = await post(hub, "text", b"one\n", idempotency_key=key)
        assert (status, answer["field"]) == (400, "Idempotency-Key")


async def test_numbered_frames_are_stored_once(hub: Parts) -> None:
    assert (await post(hub, "text?node=rig&epoch=e&seq=0", b"0\n1\n2\n"))[1]["stored"] == 3
    status, answer = await post(hub, "text?node=rig&epoch=e&seq=1", b"1\n2\n3\n")
    assert (status, answer["stored"], answer["duplicates"]) == (200, 3, 2)
    assert (await post(hub, "text?node=rig&epoch=f&seq=0", b"another\n"))[1]["stored"] == 1
    assert await bodies(hub, node="rig") == ["0", "1", "2", "3", "another"]


async def test_numbered_frames_in_any_order_leave_no_hole(hub: Parts) -> None:
    pieces = [(4, b"4\n5\n"), (0, b"0\n1\n2\n"), (2, b"2\n3\n4\n"), (0, b"0\n1\n2\n3\n4\n5\n6\n")]
    for first, body in pieces:
        assert (await post(hub, f"text?node=rig&epoch=e&seq={first}", body))[0] == 200
    assert sorted(await bodies(hub, node="rig")) == list("0123456")


async def test_a_refused_frame_is_named_by_its_place_in_the_request(hub: Parts) -> None:
    await post(hub, "influx?node=rig&epoch=e&seq=0", b"m a=1\nm a=2\n")
    status, answer = await post(hub, "influx?node=rig&epoch=e&seq=1", b"m a=2\nbad\nm a=3\n")
    assert (status, answer["stored"], answer["rejected"], answer["duplicates"]) == (200, 2, 1, 1)
    assert answer["errors"][0]["frame"] == 1


async def test_half_a_numbering_is_refused(hub: Parts) -> None:
    for numbering in ("epoch=e", "seq=1", "epoch=&seq=1", "epoch=e&seq=-1", "epoch=e&seq=x"):
        status, answer = await post(hub, f"text?{numbering}", b"one\n")
        assert (status, answer["field"]) == (400, "seq"), numbering
    assert await bodies(hub) == []


async def test_numbered_influx_lines_that_are_cut_otherwise_are_stored_once(hub: Parts) -> None:
    lines = [b"m a=%d 170000000%d000000000\n" % (number, number) for number in range(4)]
    for first, count in ((0, 2), (0, 3), (2, 2), (0, 4)):
        body = b"".join(lines[first : first + count])
        assert (await post(hub, f"influx?node=rig&epoch=e&seq={first}", body))[0] == 200
    assert hub.intake.statistics()["stored"] == 4


async def test_numbers_and_a_key_are_not_taken_together(hub: Parts) -> None:
    status, answer = await post(hub, "text?node=rig&epoch=e&seq=0", b"one\n", idempotency_key="k")
    assert (status, answer["field"]) == (400, "Idempotency-Key")


async def test_a_table_cannot_be_numbered_because_its_head_would_be_a_frame(hub: Parts) -> None:
    status, answer = await post(hub, "csv?node=rig&epoch=e&seq=0", b"a,b\n1,2\n")
    assert (status, answer["field"]) == (400, "seq")
    assert "Idempotency-Key" in answer["error"]


async def test_a_full_hub_says_when_to_come_again_and_keeps_nothing(start_hub: StartHub) -> None:
    line = b"x" * 999 + b"\n"
    async with start_hub() as hub:
        hub.intake.waiting._limit = 1000
        status, headers, answer = await send(hub, "POST", "/api/v1/ingest/text?node=rig", line * 5)
        assert status == 503
        assert int(headers["retry-after"]) >= 1
        assert "later" in json.loads(answer)["error"]
        assert await bodies(hub) == []
        hub.intake.waiting._limit = 100_000
        assert (await post(hub, "text?node=rig", line))[0] == 200
        assert len(await bodies(hub)) == 1


async def test_senders_that_are_told_to_come_again_lose_nothing(start_hub: StartHub) -> None:
    async with start_hub(**SMALL, **{"intake.waiting_bytes": 3000}) as hub:
        told: list[int] = []

        async def sender(name: int) -> None:
            for number in range(5):
                body, key = b"%d %d %s\n" % (name, number, b"x" * 900), f"{name}-{number}"
                while True:
                    status, _ = await post(hub, f"text?node=n{name % 3}", body, idempotency_key=key)
                    told.append(status)
                    if status == 200:
                        break

        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            for name in range(12):
                tasks.create_task(sender(name))
        assert set(told) == {200, 503}
        found = sorted(tuple(map(int, body.split()[:2])) for body in await bodies(hub))
        assert found == [(name, number) for name in range(12) for number in range(5)]
