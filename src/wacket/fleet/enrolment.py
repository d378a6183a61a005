"""Who an agent is, and whether it is let in: those that joined before by their key, new ones by a token.

A machine that is here already under another key waits for a person, whatever its token says: it was installed anew, or
its card was copied. Knows no connection; doors/agents.py has those.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection

from wacket.fleet.agents import Agents
from wacket.fleet.handshake import Meeting, key_id, proved_by, signed_by
from wacket.fleet.messages import Auth, Join, Refused, shown
from wacket.ledger import agents as agent_rows
from wacket.ledger import audit, joins, nodes
from wacket.ledger.agents import AgentRow
from wacket.ledger.joins import JoinRow
from wacket.ledger.nodes import NodeRow
from wacket.ledger.store import Ledger

if TYPE_CHECKING:
    from wacket.intake.catalogue import Catalogue

MOST_PENDING = 1000
RETIRED_RETRY = 60  # seconds; a person may take it back
WAITS = "a person compares its code with the hub's, and then runs `wacket node approve {name}` there"
NEW_TOKEN = "ask for a new line to paste: wacket token create, on the hub"  # noqa: S105 - advice, no secret
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")  # @ and : are for nodes that the hub names by their address


class Known(NamedTuple):
    """A machine that has proved who it is. It is let in unless its node is pending."""

    node: NodeRow
    agent: AgentRow

    @property
    def pending(self) -> bool:
        return self.node.state == "pending"


class Enrolment:
    """Used on the event loop only."""

    def __init__(self, ledger: Ledger, catalogue: Catalogue, agents: Agents, clock: Callable[[], int]) -> None:
        self._ledger, self._catalogue, self._agents, self._clock = ledger, catalogue, agents, clock
        self._turn = asyncio.Lock()
        self._copies: set[int] = set()  # join tokens that were given to a machine known to be a copy

    def auth(self, meeting: Meeting, said: Auth) -> Known:
        """An agent that belongs already. Reads and writes no disk. Raises Refused."""
        _require_signature(meeting, said)
        return self.known(said.key)

    def known(self, key: str) -> Known:
        """Who has this key, as it is now. Raises Refused."""
        agent = self._agents.with_key(key)
        if agent is None:
            raise Refused("unknown", f"no node of this hub has this key; join again: {NEW_TOKEN}")
        node = self._catalogue.node_by_id(agent.node)
        if node.state == "retired":
            why = f"node {node.name!r} was retired; `wacket node adopt {node.name}` takes it back"
            raise Refused("retired", why, RETIRED_RETRY)
        return Known(node, agent)

    async def join(self, meeting: Meeting, said: Join, peer: str) -> Known:
        """A newcomer with a token. One that joined before is let in as `auth` does, whatever its token.

        Raises Refused; then no use was counted.
        """
        _require_signature(meeting, said)
        if self._agents.with_key(said.key) is not None:
            return self.known(said.key)
        text = meeting.of_the_token(said.key)
        token = self._ledger.read(lambda connection: joins.by_id(connection, said.token))
        if token is None or not proved_by(token.hash, said.proof, text):
            raise Refused("token", f"this hub knows no such join token; {NEW_TOKEN}")
        # Whoever waits for the answer may be gone meanwhile, and what is in the ledger must be known here too.
        await asyncio.shield(asyncio.ensure_future(self._make_once(said, peer)))
        return self.known(said.key)

    async def _make_once(self, said: Join, peer: str) -> None:
        async with self._turn:
            if self._agents.with_key(said.key) is not None:
                return
            if self._pending() >= MOST_PENDING:
                raise Refused("full", "too many machines wait to be accepted; accept or retire some", 60)
            node, agent = await self._ledger.write(lambda connection: self._make(connection, said, peer))
            self._catalogue.add_nodes([node])
            self._agents.remember(agent)

    def trust_copy(self, token: int) -> None:
        """Who joins with this token is a copy of another machine, and a person knows it."""
        self._copies.add(token)

    async def replace(self, old: int, new: int, also: Callable[[Connection], None]) -> list[NodeRow]:
        """Node `old` goes on with the key of `new`, which was the same machine all the time. Both as they are now."""
        agent = self._agents.of_node(new)
        if agent is None:
            raise ValueError(f"node {new} has no agent")
        taken = agent

        def work(connection: Connection) -> list[NodeRow]:
            agent_rows.replace(connection, old, taken)
            names = [self._catalogue.node_by_id(node).name for node in (old, new)]
            for name, state in zip(names, ("adopted", "retired"), strict=True):
                nodes.set_state(connection, name, state)
            also(connection)
            return [nodes.by_name(connection, name) for name in names]

        changed = await self._ledger.write(work)
        self._agents.forget(new)
        self._agents.remember(taken._replace(node=old, why=""))
        self._catalogue.add_nodes(changed)
        return changed

    async def write_refusal(self, peer: str, why: Refused, number: int) -> None:
        """In the audit log: somebody was turned away, for the `number`th time."""
        details = {"code": why.code, "reason": str(why), "repeated": number}
        act = audit.Act(self._clock(), "anonymous", peer, "node.join", "", "refused", details)
        await self._ledger.write(lambda connection: audit.record(connection, act))

    def _pending(self) -> int:
        return sum(self._catalogue.node_by_id(agent.node).state == "pending" for agent in self._agents)

    def _make(self, connection: Connection, said: Join, peer: str) -> tuple[NodeRow, AgentRow]:
        """The newcomer's node, with the token's use counted and the act written down, in one transaction."""
        now, token = self._clock(), joins.by_id(connection, said.token)
        trouble = token.trouble(now) if token else "this join token is gone"
        if token is None or trouble:
            raise Refused("token", f"{trouble}; {NEW_TOKEN}")
        joins.count_use(connection, token.id)
        about, name = shown(said.about), _as_name(said.name or said.about.host)
        why = self._why_pending(token, about["machine"], name)
        state = "pending" if why else "adopted"
        node = nodes.create(connection, name, "machine", state, f"key:{key_id(said.key)}", now, peer)
        if token.tags:
            nodes.set_tags(connection, node.name, token.tags)
        why = why.format(name=node.name)
        agent = AgentRow(node.id, said.key, about["machine"], about, "down", now, why, now, token.id)
        agent_rows.add(connection, agent)
        details = {"token": token.id, "key": key_id(said.key), "state": state}
        audit.record(connection, audit.Act(now, f"token:{token.id}", peer, "node.join", node.name, "ok", details))
        return node._replace(tags=token.tags), agent

    def _why_pending(self, token: JoinRow, machine: str, name: str) -> str:
        """Why somebody must accept this machine, or ""."""
        same = [] if token.id in self._copies else self._agents.on_machine(machine)
        known = [self._catalogue.node_by_id(agent.node) for agent in same]
        others = [node.name for node in known if node.state != "retired"]
        if others:
            return (
                f"the same machine is here as {others[0]} already. Installed anew: `wacket node replace {others[0]} "
                f"{{name}}` goes on with its history. A copied card, or a second agent: `wacket node approve {{name}}`"
            )
        return "" if token.accept else WAITS


def _require_signature(meeting: Meeting, said: Auth | Join) -> None:
    if not signed_by(said.key, said.sig, meeting.of_the_node()):
        raise Refused("signature", "the signature does not fit the key, or is not of this connection")


def _as_name(text: str) -> str:
    """What a machine wants to be called, as a node may be."""
    return _NO_NAME.sub("-", text).strip("-._")[:40] or "machine"
