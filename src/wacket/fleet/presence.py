"""Who is there: up, late, down, off, pending or retired, for every node, and since when.

An agent is up while its connection lives and speaks; any other node is judged by its own habit (habit.py), and late
when it has missed twice. Tells the bus of each change. It closes no connection and asks nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from wacket.fleet.agents import Agents
from wacket.fleet.habit import SECOND, UNKNOWN, Habit
from wacket.fleet.own import Own
from wacket.ledger.nodes import HUB, NodeRow
from wacket.records import Statistics

if TYPE_CHECKING:
    from wacket.bus.memory import Bus
    from wacket.intake.catalogue import Catalogue

BEAT = 5  # seconds after which an agent that has nothing to say says so
AGENT_LATE = 2 * BEAT * SECOND  # of silence
AGENT_DOWN = 12 * SECOND
UNHEARD = "not heard of since the hub started"
STATES = ("up", "late", "down", "off", "pending", "retired")


class State(NamedTuple):
    """How a node is, since when, and why where that needs words."""

    state: str
    since: int
    why: str = ""


class Presence:
    """Used on the event loop only. `sweep` notices silence; all else is told to it. `own` is the hub's machine."""

    def __init__(self, catalogue: Catalogue, agents: Agents, bus: Bus, clock: Callable[[], int]) -> None:
        self._catalogue, self._agents, self._bus, self._clock = catalogue, agents, bus, clock
        self.own, self._began = Own(catalogue, agents), clock()
        self._habits: dict[int, Habit] = {}
        self._connected: dict[int, int] = {}  # agents: when each was last heard
        self._states: dict[int, State] = {}
        for row in catalogue.nodes():
            self._take_up(row)

    def state_of(self, row: NodeRow) -> str:
        return self.of(row).state

    def of(self, row: NodeRow) -> State:
        if row.state != "adopted":
            agent = self._agents.of_node(row.id)
            since = row.first_seen if row.state == "pending" else row.last_seen
            return State(row.state, since, agent.why if agent and row.state == "pending" else "")
        if row.id == HUB:
            reporter = self.own.agent()
            why = f"its machine is reported by the agent of {reporter.name}" if reporter else ""
            return State("up", self._began, why)
        return self._states.get(row.id) or State("down", row.first_seen, "it has never been heard")

    def habit_of(self, node: int) -> int | None:
        """How often a node without an agent speaks (µs), once it has shown that."""
        habit = self._habits.get(node)
        return habit.interval if habit is not None and habit.interval != UNKNOWN else None

    def about(self, node: int) -> Mapping[str, Any] | None:
        """What its agent said of the machine, or None where there is no agent; the hub knows its own without one."""
        if (agent := self._agents.of_node(node)) is not None:
            return agent.about
        return (self.own.about or None) if node == HUB else None

    def allows(self, node: int, what: str) -> bool:
        """Whether the owner of the machine lets the hub do this."""
        return bool((self.about(node) or {}).get("allows", {}).get(what))

    # A node without an agent

    def heard(self, node: int) -> None:
        """Something came from it. Called for every sending of every sender."""
        if self._agents.of_node(node) is not None:
            return  # a script on that machine does not make its agent be there
        now, habit = self._clock(), self._habits.get(node)
        if habit is None:
            habit = self._habits[node] = Habit(now)
        habit.heard(now)
        known = self._states.get(node)
        if known is None or known.state != "up":
            self._set(node, State("up", now))

    # Agents

    def connected(self, node: int) -> State:
        """An agent was let in. How it was before."""
        before = self.of(self._catalogue.node_by_id(node))
        self._connected[node] = now = self._clock()
        self._set(node, State("up", now))
        return before

    def spoke(self, node: int) -> None:
        """A word of a connected agent; cheap."""
        self._connected[node] = self._clock()

    def gone(self, node: int, state: str, why: str) -> None:
        """Its connection has ended: it is off if it said so, else down."""
        self._connected.pop(node, None)
        self._set(node, State(state, self._clock(), why))

    def row_of(self, node: int) -> NodeRow:
        return self._catalogue.node_by_id(node)

    def changed(self, node: int) -> None:
        """A person has adopted, retired, renamed or tagged it, or its machine says something else: all are told."""
        self._bus.publish_nowait("nodes", self._catalogue.node_by_id(node))

    def merged(self, node: int) -> None:
        """It belongs to another node now; a connection of it that is still open has its end told by `gone`."""
        self._habits.pop(node, None)

    async def run(self, every: float = 1.0) -> None:
        """Notice silence until cancelled."""
        while True:
            await asyncio.sleep(every)
            self.sweep()

    def sweep(self) -> None:
        now = self._clock()
        for node, at in self._connected.items():
            silent = now - at
            state = "up" if silent <= AGENT_LATE else "late" if silent <= AGENT_DOWN else "down"
            if state != self._states[node].state:
                self._set(node, State(state, *((now, "") if state == "up" else (at, "nothing is heard of it"))))
        for node, habit in self._habits.items():
            if (state := habit.state(now)) != self._states[node].state:
                self._set(node, _judged(habit, state))

    def statistics(self) -> Statistics:
        counts = dict.fromkeys(STATES, 0)
        for row in self._catalogue.nodes():
            counts[self.state_of(row)] += 1
        return counts

    def _set(self, node: int, state: State) -> None:
        before = self._states.get(node)
        if before is not None and before.state == state.state:
            state = state._replace(since=before.since)
        self._states[node] = state
        if self._agents.of_node(node) is not None:
            written = "up" if state.state == "late" else state.state
            self._agents.change(node, presence=written, since=state.since, why=state.why)
        if before is None or before.state != state.state:
            self._bus.publish_nowait("nodes", self._catalogue.node_by_id(node))

    def _take_up(self, row: NodeRow) -> None:
        """As the hub starts: agents have to come again, and others are judged by when they were heard last."""
        agent = self._agents.of_node(row.id)
        if agent is not None and agent.presence == "up":
            self._states[row.id] = State("down", row.last_seen, UNHEARD)
        elif agent is not None:
            self._states[row.id] = State(agent.presence, agent.since, agent.why)
        elif row.last_peer:
            habit = self._habits[row.id] = Habit(row.last_seen)
            self._states[row.id] = _judged(habit, habit.state(self._clock()))


def _judged(habit: Habit, state: str) -> State:
    return State(state, habit.last, "" if state == "up" else f"it speaks every {habit.interval / SECOND:.3g} s else")
