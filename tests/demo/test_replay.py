"""Replaying energy events as the old clients send them."""

import threading
from collections import Counter

import pytest

from wacket.demo.replay import replay

EVENTS = [b"Power: Active=%dW;" % number for number in range(200)]


def test_every_event_is_posted_once_over_a_few_kept_connections(posts):
    done: list[int] = []
    total = replay(posts.address, EVENTS, done.append, threading.Event(), connections=3)
    assert (total.stored, total.refused, sum(done)) == (200, 0, 200)
    assert posts.connections <= 3 and {path for path, _ in posts.taken} == {"/log/store"}
    assert Counter(body for _, body in posts.taken) == Counter(EVENTS)


def test_refusals_are_counted_and_the_first_few_reasons_kept(posts):
    posts.answer = lambda path, body: (400, b'{"error": "Power"}') if body.endswith(b"7W;") else (200, b"{}")
    total = replay(posts.address, EVENTS, lambda _: None, threading.Event(), connections=3)
    assert (total.stored, total.refused) == (180, 20)
    assert len(total.reasons) == 5 and "400 Power" in total.reasons


def test_a_hub_that_goes_away_ends_it(posts):
    def answer(path, body):
        raise ConnectionAbortedError  # the server drops the connection without an answer

    posts.answer = answer
    with pytest.raises(OSError):
        replay(posts.address, EVENTS, lambda _: None, threading.Event(), connections=3)


def test_it_can_be_ended_early(posts):
    stop = threading.Event()
    total = replay(posts.address, EVENTS, lambda _: stop.set(), stop, connections=1)
    assert total.stored == 1
