"""PURE: a job as its events tell it: the nodes that it is for, how each of them stands, and what that comes to.

Knows neither where the events come from nor how they are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

SUCCEEDED, TIMED_OUT = "succeeded", "timed_out"
ENDED = frozenset({SUCCEEDED, "failed", TIMED_OUT, "cancelled", "lost_reboot", "expired", "rejected"})
QUEUED = "queued"
OK, FAILED, SOME_FAILED, TIMEOUT = 0, 1, 3, 124

Event = Mapping[str, Any]


class Tally:
    """Hears the events of one job, in order; an event that comes again changes nothing."""

    def __init__(self) -> None:
        self.job = 0
        self.last: dict[str, Event] = {}  # node → the last that was heard of its state
        self.waiting: set[str] = set()  # nodes that were away, and have not come back
        self.left_out: list[Event] = []
        self.ended = False
        self._outputs: dict[tuple[str, str], int] = {}

    def heard(self, event: Event) -> bool:
        """Whether the event says something new."""
        kind = event.get("event")
        if kind == "job":
            return self._begun(event)
        if kind == "state":
            return self._moved(event)
        if kind == "output":
            return self._said(event)
        self.ended |= kind == "end"
        return True

    def state(self, node: str) -> str:
        return str(self.last[node].get("state") or QUEUED)

    @property
    def answered(self) -> int:
        """The number of nodes where it is over."""
        return sum(self.state(node) in ENDED for node in self.last)

    @property
    def over(self) -> bool:
        """Whether it is over wherever it could begin: nodes that are away are not waited for."""
        here = self.last.keys() - self.waiting
        return self.ended or (bool(self.job) and all(self.state(node) in ENDED for node in here))

    @property
    def code(self) -> int:
        return exit_code([self.state(node) for node in self.last])

    def _begun(self, event: Event) -> bool:
        if self.job:
            return False
        self.job = int(event["id"])
        self.last = {str(node): {} for node in event["nodes"]}
        self.waiting = {str(node) for node in event.get("waiting") or ()}
        self.left_out = list(event.get("left_out") or ())
        return True

    def _moved(self, event: Event) -> bool:
        node, state = str(event["node"]), event["state"]
        before = self.last.get(node, {}).get("state")
        if before == state or before in ENDED:
            return False
        self.last[node] = event
        if state != QUEUED:
            self.waiting.discard(node)
        return True

    def _said(self, event: Event) -> bool:
        where = (str(event["node"]), str(event["stream"]))
        offset = int(event.get("offset") or 0)
        if offset <= self._outputs.get(where, -1):
            return False
        self._outputs[where] = offset
        return True


def exit_code(states: Collection[str]) -> int:
    """0 where all of it succeeded, 3 where some of it did; else 1, or 124 where it was time that ran out everywhere."""
    succeeded = sum(state == SUCCEEDED for state in states)
    if succeeded == len(states):
        return OK
    if succeeded:
        return SOME_FAILED
    return TIMEOUT if all(state == TIMED_OUT for state in states) else FAILED
