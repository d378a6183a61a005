from __future__ import annotations

import asyncio

import pytest

from wacket.errors import Unavailable
from wacket.intake.waiting import GROUP_BYTES, OVERHEAD, Parcel, Waiting
from wacket.records import Envelope


def parcel(node: int, size: int = 10, *, urgent: bool = False) -> Parcel:
    return Parcel(Envelope("test", "peer", node, "text", 0, b"x" * size, urgent=urgent), None)


async def test_a_chatty_node_does_not_starve_the_others() -> None:
    waiting = Waiting(1 << 30, 1 << 30)
    for _ in range(20):
        waiting.put(parcel(1, GROUP_BYTES // 4))
    waiting.put(parcel(2))
    waiting.put(parcel(3))
    assert {one.envelope.node for one in waiting.take()} == {1, 2, 3}


async def test_order_within_a_node_is_kept() -> None:
    waiting = Waiting(1 << 30, 1 << 30)
    put = [parcel(node, size) for size in range(1, 50) for node in (1, 2)]
    for one in put:
        waiting.put(one)
    taken = waiting.take()
    for node in (1, 2):
        assert [p for p in taken if p.envelope.node == node] == [p for p in put if p.envelope.node == node]


async def test_a_node_over_its_share_is_refused_and_the_others_are_not() -> None:
    waiting = Waiting(1 << 20, 10_000)
    waiting.put(parcel(1, 9_000))
    with pytest.raises(Unavailable):
        waiting.put(parcel(1, 9_000))
    waiting.put(parcel(2, 9_000))
    assert waiting.statistics()["refused_for_room"] == 1


async def test_room_comes_back_only_with_release() -> None:
    waiting = Waiting(20_000, 20_000)
    for node in range(3):
        waiting.put(parcel(node, 10_000 - OVERHEAD))
    told: list[str] = []
    waiting.when_room(lambda: told.append("room"))
    taken = waiting.take()
    assert waiting.statistics()["waiting_bytes"] == 30_000
    assert not told
    waiting.release(taken)
    assert told == ["room"]
    assert waiting.statistics()["waiting_bytes"] == 0


async def test_urgent_parcels_hurry() -> None:
    waiting = Waiting(1 << 20, 1 << 20)
    waiting.put(parcel(1))
    assert waiting.arrived.is_set()
    assert not waiting.hurry.is_set()
    waiting.put(parcel(1, urgent=True))
    assert waiting.hurry.is_set()


async def test_who_waits_for_company_waits_no_longer_once_somebody_hurries() -> None:
    waiting = Waiting(1 << 20, 1 << 20)
    async with asyncio.timeout(5):
        await waiting.until_hurry(0.001)
        waiting_for_company = asyncio.create_task(waiting.until_hurry(60))
        waiting.hurry.set()
        await waiting_for_company
