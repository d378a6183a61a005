"""The life of a command on one node, as one table: what may follow each state.

Pure. What is told twice, late or out of turn changes nothing: a command only ever moves forward, and an end is final.
Code, tests and the diagram in docs/reference/commands.md all read `LIFE`.
"""

from __future__ import annotations

from collections.abc import Iterable

STATES = {
    "queued": "the hub has it, and it was never sent",
    "sent": "on its way; nobody knows yet whether it arrived",
    "accepted": "on the node's disk, about to begin",
    "running": "begun",
    "succeeded": "ended with exit code 0",
    "failed": "ended otherwise, or could not be begun",
    "timed_out": "ended by the node when its time was up",
    "cancelled": "ended because somebody asked for it",
    "lost_reboot": "begun, and nobody can know how it ended",
    "expired": "not begun before its time was over",
    "rejected": "not begun: the node or its owner does not take it, or its author may no longer ask",
}
_OUTCOMES = ("succeeded", "failed", "timed_out", "cancelled", "lost_reboot")
# A report may overtake those before it that were lost with a connection, so each state may skip what lies between.
LIFE: dict[str, tuple[str, ...]] = {
    "queued": ("sent", "cancelled", "expired", "rejected"),
    "sent": ("accepted", "running", *_OUTCOMES, "expired", "rejected"),
    "accepted": ("running", *_OUTCOMES),
    "running": _OUTCOMES,
}
REPORTED = frozenset(LIFE["sent"])  # what a node may say of a command
BEGUN = frozenset({"accepted", "running"})
ENDS = tuple(state for state in STATES if state not in LIFE)


def may_follow(before: str, after: str) -> bool:
    """Whether a command in state `before` moves to `after`; repeats, steps back and unknown states do not count."""
    return after in LIFE.get(before, ())


def is_end(state: str) -> bool:
    return state in STATES and state not in LIFE


def counts(states: Iterable[str]) -> dict[str, int]:
    """How many are in each state, in the order of the table; states that none is in are left out."""
    found = dict.fromkeys(STATES, 0)
    for state in states:
        found[state] += 1
    return {state: number for state, number in found.items() if number}


def diagram() -> str:
    """The state diagram of the docs, as Mermaid text, drawn from `LIFE`."""
    lines = ["stateDiagram-v2", "    [*] --> queued", "    [*] --> sent"]
    for before, following in LIFE.items():
        lines += [f"    {before} --> {after}" for after in following]
    lines += [f"    {end} --> [*]" for end in ENDS]
    return "\n".join(lines)
