"""A job as its events tell it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wacket.cli.support.tally import ENDED, Tally, exit_code

NODES = ("a", "b", "c")
STATES = ("queued", "sent", "accepted", "running", *sorted(ENDED))
states = some.builds(
    lambda node, state: {"event": "state", "node": node, "state": state},
    some.sampled_from(NODES),
    some.sampled_from(STATES),
)


def begun(waiting=()):
    tally = Tally()
    tally.heard({"event": "job", "id": 1, "nodes": list(NODES), "waiting": list(waiting), "left_out": []})
    return tally


@pytest.mark.slow
@given(some.lists(states))
def test_events_that_come_again_change_nothing(events):
    tally = begun()
    for event in events:
        tally.heard(event)
    before = dict(tally.last)
    assert not any(tally.heard(event) for event in events if tally.state(event["node"]) in ENDED)
    assert {node: tally.state(node) for node in NODES if tally.state(node) in ENDED} == {
        node: event["state"] for node, event in before.items() if event.get("state") in ENDED
    }


@pytest.mark.slow
@given(some.lists(states))
def test_the_first_end_counts(events):
    tally = begun()
    for event in events:
        tally.heard(event)
    for node in NODES:
        ends = [event["state"] for event in events if event["node"] == node and event["state"] in ENDED]
        assert (tally.state(node) in ENDED) == bool(ends)
        assert not ends or tally.state(node) == ends[0]
    assert tally.answered == sum(tally.state(node) in ENDED for node in NODES)
    assert tally.over == (tally.answered == len(NODES))


def test_nothing_is_over_before_the_job_is_known():
    assert not Tally().over


def test_a_node_that_comes_back_is_waited_for_like_the_others():
    tally = begun(waiting=["c"])
    for node in ("a", "b"):
        tally.heard({"event": "state", "node": node, "state": "succeeded"})
    assert tally.over
    tally.heard({"event": "state", "node": "c", "state": "running"})
    assert not tally.over and tally.waiting == set()


def test_the_hub_s_end_is_the_end():
    tally = begun()
    tally.heard({"event": "end", "counts": {}})
    assert tally.over and tally.code == 1


@pytest.mark.slow
@given(some.lists(some.sampled_from(STATES), min_size=1))
def test_an_exit_code_is_0_only_where_all_succeeded(found):
    code = exit_code(found)
    assert (code == 0) == (set(found) == {"succeeded"})
    assert (code == 3) == ("succeeded" in found and code != 0)
    assert (code == 124) == (set(found) == {"timed_out"})
