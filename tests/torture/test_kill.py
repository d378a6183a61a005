"""kill -9 under load, again and again: nothing acknowledged is missing, nothing is there twice."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from benchmarks.harness import Hub, wait_until
from tests.torture.remembering import ClassSender, NdjsonSender, Sender, StoreSender, TcpSender
from tests.torture.verify import wrong

CHECK_EVERY = 20


@pytest.mark.slow
@pytest.mark.parametrize("kills", [4, pytest.param(200, marks=[pytest.mark.torture, pytest.mark.timeout(3600)])])
def test_nothing_acknowledged_is_lost_or_doubled(a_hub: Callable[..., Hub], kills: int) -> None:
    hub = a_hub().start()
    senders: list[Sender] = [
        *(TcpSender(hub, f"tcp-{seed}", seed) for seed in range(2)),
        NdjsonSender(hub, "http-0"),
        *(StoreSender(hub, f"store-{seed}", seed) for seed in range(2)),
        *(ClassSender(hub, f"class-{seed}") for seed in range(2)),
    ]
    chance = random.Random(kills)
    for sender in senders:
        sender.start()
    try:
        for kill in range(1, kills + 1):
            _run_for_a_while(senders, chance)
            hub.kill()
            hub.start()
            if kill % CHECK_EVERY == 0:
                assert not [text for sender in senders for text in sender.trouble]
    finally:
        for sender in senders:
            sender.stop()
    assert all(sender.acknowledged for sender in senders)
    assert wrong(hub, senders) == []
    assert hub.get("/api/v1/health")["status"] == "ok"
    hub.end()
    assert wrong(hub.start(), senders) == [], "the same after a start in peace"


def _run_for_a_while(senders: list[Sender], chance: random.Random) -> None:
    """Until each sender has got somewhere, and all together a random distance further."""
    before = [sender.acknowledged for sender in senders]
    further = sum(before) + chance.randrange(500, 8000)

    def enough() -> bool:
        if any(sender.trouble for sender in senders):
            return True
        now = [sender.acknowledged for sender in senders]
        return sum(now) >= further and all(a > b for a, b in zip(now, before, strict=True))

    wait_until(enough, "the senders get on", 30, 0.002)
