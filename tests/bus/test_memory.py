"""What a mailbox holds, and what is counted when it is full."""

from __future__ import annotations

from typing import Any

from wacket.bus.memory import Bus, Subscription, Told
from wacket.records import Batch, Logs


def told(text: str, number: int = 1) -> Told:
    return Told(Batch(logs=Logs.of([(1, 1, 2, "", 9, text, "")])), number)


async def first(subscription: Subscription, count: int) -> list[Any]:
    found = []
    async for message in subscription:
        found.append(message)
        if len(found) == count:
            break
    return found


async def test_the_oldest_of_too_many_messages_are_lost() -> None:
    with Bus().subscribe("nodes", limit=2) as mailbox:
        for message in "abc":
            mailbox.put_nowait(message)
        assert (await first(mailbox, 2), mailbox.lost) == (["b", "c"], 1)


async def test_the_oldest_of_too_many_bytes_are_lost_and_the_newest_is_always_kept() -> None:
    mailbox = Subscription(limit=100, most_bytes=1000)
    for number in range(4):
        mailbox.put_nowait(told("x" * 400, number))
    assert mailbox.lost == 2
    assert [one.first_id for one in await first(mailbox, 2)] == [2, 3]
    mailbox.put_nowait(told("x" * 5000, 4))
    mailbox.put_nowait(told("small", 5))
    assert mailbox.lost == 3
    assert [one.first_id for one in await first(mailbox, 1)] == [5]


async def test_what_was_taken_makes_room() -> None:
    mailbox = Subscription(limit=100, most_bytes=1000)
    for number in range(20):
        mailbox.put_nowait(told("x" * 400, number))
        assert len(await first(mailbox, 1)) == 1
    assert mailbox.lost == 0


def test_a_subscriber_that_leaves_takes_no_count_with_it() -> None:
    bus = Bus()
    with bus.subscribe("nodes", limit=1):
        for message in "abc":
            bus.publish_nowait("nodes", message)
        assert bus.statistics() == {"published": 3, "subscribers": 1, "lost": 2}
    assert bus.statistics() == {"published": 3, "subscribers": 0, "lost": 2}
