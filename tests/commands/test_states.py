"""A command moves forward only, whatever is told of it, and its end is final."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wacket.commands.states import BEGUN, ENDS, LIFE, REPORTED, STATES, counts, diagram, is_end, may_follow

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def after(told: list[str], state: str = "queued") -> str:
    for said in told:
        state = said if may_follow(state, said) else state
    return state


def test_every_state_is_reachable_and_every_way_ends():
    assert {"queued", *(state for following in LIFE.values() for state in following)} == set(STATES)
    assert set(ENDS) == {"succeeded", "failed", "timed_out", "cancelled", "lost_reboot", "expired", "rejected"}
    assert all(set(following) & set(ENDS) for following in LIFE.values())


@pytest.mark.slow
@given(some.lists(some.sampled_from([*STATES, "", "exploded", "__class__"])))
def test_whatever_is_told_a_command_never_moves_back(told: list[str]):
    ranks = {state: rank for rank, state in enumerate(("queued", "sent", "accepted", "running"))}
    seen = ["queued"]
    for said in told:
        seen.append(said if may_follow(seen[-1], said) else seen[-1])
    went = [ranks.get(state, len(ranks)) for state in seen]
    assert went == sorted(went)
    ended = [state for state in seen if is_end(state)]
    assert len(set(ended)) <= 1


@pytest.mark.slow
@given(some.lists(some.sampled_from(sorted(STATES))))
def test_telling_all_again_changes_nothing(told: list[str]):
    once = after(told)
    if is_end(once):
        assert after(told, once) == once


def test_a_node_cannot_say_that_a_command_waits():
    assert not {"queued", "sent"} & REPORTED
    assert BEGUN <= REPORTED


def test_a_command_that_was_begun_does_not_expire():
    assert not any(may_follow(state, end) for state in BEGUN for end in ("expired", "rejected"))


def test_counting_keeps_the_order_of_the_table():
    assert counts(["failed", "succeeded", "failed", "queued"]) == {"queued": 1, "succeeded": 1, "failed": 2}
    assert list(counts(reversed(STATES))) == list(STATES)


def test_the_diagram_of_the_docs_is_drawn_from_the_table():
    assert diagram() in (REFERENCE / "commands.md").read_text("utf-8")


def drawn() -> dict[str, set[str]]:
    """What follows what in the page on the protocol of agents; what a sent command goes through may be skipped."""
    text = (REFERENCE / "agent-protocol.md").read_text("utf-8").partition("### States")[2].split("```")[1]
    found: dict[str, set[str]] = {}
    for way in (way for line in text.splitlines()[1:] for way in line.split("        ") if way):
        *path, ends = [step.strip().split(" | ") for step in way.split("→")]
        for (before,), after in zip(path, [*path[1:], ends], strict=True):
            found.setdefault(before, set()).update(after)
    for before, skipped in (("accepted", "running"), ("sent", "accepted")):
        found[before] |= found[skipped]
    return found


def test_the_page_for_writers_of_agents_draws_the_same():
    assert drawn() == {before: set(following) for before, following in LIFE.items()}
