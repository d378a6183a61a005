"""Everything is sent three times, in another order, and cut in the middle of lines: it is stored once."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Callable

import pytest
from benchmarks.harness import Hub
from tests.torture.verify import stored_numbers, wrong_numbers

BATCHES, LINES = 40, 50
TOTAL = BATCHES * LINES


def body(batch: int) -> bytes:
    return b"".join(b"n:%d\n" % number for number in range(batch * LINES, (batch + 1) * LINES))


def deliver(hub: Hub, node: str, batch: int, cut: int | None = None, reset: bool = False) -> None:
    """One connection with one batch. With `cut` it breaks after that many bytes, unanswered."""
    with socket.create_connection(hub.tcp, timeout=10) as connection, connection.makefile("rb") as answers:
        hello = f"hello node={node} ack=yes epoch=a seq={batch * LINES}\n"
        connection.sendall(hello.encode())
        if cut is not None:
            connection.sendall(body(batch)[:cut])
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            return
        connection.sendall(body(batch))
        assert answers.readline().startswith(b"have ")
        while (answer := answers.readline()) != b"ok %d\n" % LINES:
            assert answer.startswith(b"ok "), answer


def numbers_are_right(hub: Hub, node: str) -> None:
    counts = stored_numbers(hub, node)
    assert wrong_numbers(counts, TOTAL) == []
    assert counts.total() == TOTAL


@pytest.mark.slow
def test_numbered_lines_in_any_order_three_times(a_hub: Callable[..., Hub]) -> None:
    chance = random.Random(3)
    deliveries = [batch for batch in range(BATCHES) for _ in range(3)]
    chance.shuffle(deliveries)
    with a_hub() as hub:
        for batch in deliveries:
            deliver(hub, "shuffled", batch)
        numbers_are_right(hub, "shuffled")
    with hub:
        for batch in range(BATCHES):
            deliver(hub, "shuffled", batch)
        numbers_are_right(hub, "shuffled")


@pytest.mark.slow
@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_connections_that_break_in_the_middle_of_a_line(a_hub: Callable[..., Hub], reset: bool) -> None:
    """The half line is not what its number stands for, so it must not keep the whole one out."""
    chance = random.Random(5)
    with a_hub() as hub:
        for batch in range(BATCHES):
            for _ in range(3):
                deliver(hub, "broken", batch, cut=chance.randrange(len(body(batch))), reset=reset)
            deliver(hub, "broken", batch)
        numbers_are_right(hub, "broken")


@pytest.mark.slow
def test_keyed_requests_in_any_order_three_times(a_hub: Callable[..., Hub]) -> None:
    chance = random.Random(7)
    deliveries = [batch for batch in range(BATCHES) for _ in range(3)]
    chance.shuffle(deliveries)
    answers: dict[int, object] = {}
    with a_hub() as hub:
        for place, batch in enumerate(deliveries):
            if place == len(deliveries) // 2:
                hub.kill()
                hub.start()
            rows = b"".join(
                json.dumps({"name": "n", "value": number}).encode() + b"\n"
                for number in range(batch * LINES, (batch + 1) * LINES)
            )
            path, key = "/api/v1/ingest/ndjson?node=keyed", {"Idempotency-Key": f"batch-{batch}"}
            status, said = hub.tell(path, rows, **key)
            assert status == 200
            said.pop("duplicates", None)
            assert answers.setdefault(batch, said) == said == {"stored": LINES, "rejected": 0, "errors": []}
        numbers_are_right(hub, "keyed")


@pytest.mark.slow
def test_have_never_claims_a_line_that_is_missing(a_hub: Callable[..., Hub]) -> None:
    """A later batch arrived first: a board that trusts `have` must not skip what came before it."""
    with a_hub() as hub:
        deliver(hub, "holes", 1)
        with (
            socket.create_connection(hub.tcp, timeout=10) as connection,
            connection.makefile("rb") as answers,
        ):
            connection.sendall(b"hello node=holes ack=yes epoch=a seq=0\n")
            assert answers.readline() == b"have -1\n"
        deliver(hub, "holes", 0)
        with (
            socket.create_connection(hub.tcp, timeout=10) as connection,
            connection.makefile("rb") as answers,
        ):
            connection.sendall(b"hello node=holes ack=yes epoch=a seq=0\n")
            assert answers.readline() == b"have %d\n" % (2 * LINES - 1)
