"""The door of agents: one WebSocket for each machine, on the HTTP doors, as docs/reference/agent-protocol.md has it.

Lets in who has proved to belong, keeps one connection for each node, and hands on what comes: reports to the intake,
all about commands to their desk. What a node may be asked to do is not decided here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from wacket.doors.agent_greeting import Greeting
from wacket.doors.agent_link import AgentLink, Left
from wacket.doors.agent_opening import identified, met
from wacket.doors.agent_reports import Reports
from wacket.errors import BadRequest, Unavailable
from wacket.fleet import Fleet
from wacket.fleet.completeness import Absence
from wacket.fleet.copies import are_two
from wacket.fleet.enrolment import NEW_TOKEN, Known
from wacket.fleet.handshake import key_id
from wacket.fleet.messages import AboutNow, Beat, Join, Refused, Said, printable, shown
from wacket.fleet.presence import BEAT, UNHEARD
from wacket.intake.admission import is_loopback
from wacket.intake.intake import Intake
from wacket.intake.limits import Repeats, Throttle, neighbourhood
from wacket.ledger.nodes import NodeRow
from wacket.records import Statistics
from wacket.seams import CommandedLinks

if TYPE_CHECKING:
    from wacket.bus.memory import Bus
    from wacket.intake.admission import Admission

OPENING_SECONDS = 10
MOST_OPENING = 4096  # connections that have not proved who they are, or wait for a person
MOST_OPENING_OF_ONE = 512  # of one address: a class behind one router comes back all at once
SILENT_SECONDS = 3 * BEAT
PING_SECONDS = 3.0
UNDO_SECONDS = 10  # in which a person may see that it was the wrong one
COME_AGAIN = 5  # seconds for an agent whose connection was taken by another one of its machine
COME_BACK_RATE = 400  # agents a second, when the hub sends all away
SUSPICIOUS = frozenset(("token", "signature", "certificate"))
COMMANDS = frozenset(("state", "commands", "output", "file", "need"))


class AgentDoor:
    """An ASGI application for WebSockets. `certificate` gives the digest of the hub's own, "" where it has none."""

    def __init__(
        self,
        fleet: Fleet,
        admission: Admission,
        intake: Intake,
        desk: CommandedLinks,
        command_key: bytes,
        bus: Bus,
        clock: Callable[[], int],
        certificate: str = "",
    ) -> None:
        self._fleet, self._admission, self._desk, self._bus = fleet, admission, desk, bus
        self._clock, self._certificate = clock, certificate
        self._reports = Reports(intake, fleet.completeness, clock)
        self._greeting = Greeting(fleet, command_key)
        self._all: set[AgentLink] = set()
        self._links: dict[int, AgentLink] = {}  # by node: the one of each, those that wait for a person too
        self._opening: Counter[str] = Counter()  # by neighbourhood
        self._tries = Throttle(free=20, first=2, longest=300)
        self._refused: Counter[str] = Counter()
        self._repeats = Repeats()
        self._counts = dict.fromkeys(("opened", "welcomed", "turned_away", "silent", "slow"), 0)
        self._closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, from its beginning to its end."""
        link = AgentLink(scope, receive, send)
        where = neighbourhood(link.peer)
        if self._closing or self._is_crowded(where, link.peer):
            self._counts["turned_away"] += 1
            await send({"type": "websocket.close", "code": 1013})
            return
        self._counts["opened"] += 1
        self._all.add(link)
        self._opening[where] += 1
        try:
            await link.begin()
            await self._attend(link, where)
        except Left:
            pass
        except (Refused, BadRequest) as error:
            refused = error if isinstance(error, Refused) else Refused("malformed", str(error), 60)
            self._refused[refused.code] += 1
            self._turn_away(link, refused)
            await self._write_down(link, refused)
            await link.gone()
        finally:
            self._all.discard(link)
            self._opened(link, where)
            self._end(link)
            self._counts["slow"] += link.slow

    async def run(self, every: float = 1.0) -> None:
        """Follow what people change about nodes, and close what is silent, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(), name="agents: changes")
            tasks.create_task(self._sweep(every), name="agents: silence")
            tasks.create_task(self._reports.run(), name="agents: skips")

    def close(self) -> None:
        """Send all away: the hub ends. They come back one after the other."""
        self._closing = True
        retry = 1 + len(self._links) // COME_BACK_RATE
        for link in list(self._all):
            link.leave({"t": "bye", "why": "the hub ends", "retry": retry})

    def statistics(self) -> Statistics:
        return {
            "open": sum(link.welcome for link in self._links.values()),
            "opening": self._opening.total(),
            **self._counts,
            "refused": dict(self._refused),
            **self._reports.statistics(),
            "pending_bytes": sum(link.pending_bytes() for link in self._links.values()),
        }

    # Opening

    async def _write_down(self, link: AgentLink, why: Refused) -> None:
        """In the audit log, where somebody may have tried to be who they are not; repeats are counted."""
        number = self._repeats.note((neighbourhood(link.peer), why.code), self._clock())
        if why.code in SUSPICIOUS and number:
            with suppress(Unavailable):
                await self._fleet.enrolment.write_refusal(link.peer, why, number)

    def _is_crowded(self, where: str, peer: str) -> bool:
        of_one = self._opening[where] >= MOST_OPENING_OF_ONE and not is_loopback(peer)
        return of_one or self._opening.total() >= MOST_OPENING

    def _opened(self, link: AgentLink, where: str) -> None:
        """It takes no room among those that nobody knows any more."""
        if not link.is_opened:
            link.is_opened = True
            self._opening[where] -= 1
            if not self._opening[where]:
                del self._opening[where]

    async def _attend(self, link: AgentLink, where: str) -> None:
        """Raises Left, Refused and Malformed: it ends in no other way."""
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                meeting = await met(link, self._fleet.key, self._certificate, self._clock())
                known, proof = await identified(link, meeting, self._fleet.enrolment, self._tries, self._clock())
                link.node, link.key_id, link.about = known.node.id, key_id(known.agent.key), proof.about
                visits = isinstance(proof, Join) and proof.visit
                if await self._is_copy(link, visits):
                    self._fleet.copies.met(link.node, link.about, link.peer, link.send)
                else:  # a person may have decided something meanwhile
                    (self._greet if visits else self._enter)(link, self._fleet.enrolment.known(known.agent.key))
        except TimeoutError:
            raise Refused("malformed", f"who it is must be clear within {OPENING_SECONDS} s", 60) from None
        if link.welcome:
            self._opened(link, where)
        while True:
            said = await link.hear()
            await self._on(link, said)
            if link.welcome and not link.is_opened:
                self._opened(link, where)

    async def _is_copy(self, link: AgentLink, visits: bool) -> bool:
        """Whether another machine, or another agent of this one, is connected with the same key. It was told so."""
        other = self._links.get(link.node)
        if not (other and are_two(other.about, link.about, visits) and await other.socket.answers(PING_SECONDS)):
            return False
        self._refused["clone"] += 1
        name, host = self._fleet.presence.row_of(link.node).name, other.about.host[:40]
        reason = f"another machine ({host!r}) is connected with the same key; was its card copied? On the hub"
        link.send(Refused("clone", f"{reason} `wacket node split {name}` makes this one a node of its own", 60).message)
        return True

    def _enter(self, link: AgentLink, known: Known) -> None:
        other = self._links.get(link.node)
        if other is not None:
            self._turn_away(other, Refused("replaced", "the same machine opened a newer connection", COME_AGAIN))
        self._links[link.node] = link
        self._fleet.agents.say(link.node, shown(link.about))
        if known.pending:
            self._greet(link, known)
        else:
            self._welcome(link, known.node)

    def _greet(self, link: AgentLink, known: Known) -> None:
        """Tell it how it stands; nothing is taken of it, and it takes nobody's place."""
        self._fleet.presence.changed(link.node)
        said = self._greeting.pending(known) if known.pending else self._greeting.welcome(known.node, self._clock())
        link.send(said)

    def _welcome(self, link: AgentLink, row: NodeRow) -> None:
        before, now = self._fleet.presence.connected(row.id), self._clock()
        since = before.since if before.state in ("down", "off") else now
        link.absence = Absence(since, now, seen=before.why != UNHEARD)
        link.welcome = True
        self._counts["welcomed"] += 1
        self._admission.heard(row.id, link.peer)
        link.send(self._greeting.welcome(row, now))
        self._desk.node_up(link)

    def _turn_away(self, link: AgentLink, why: Refused) -> None:
        link.refuse(why)
        self._end(link)

    def _end(self, link: AgentLink) -> None:
        """Nothing more comes of this connection."""
        self._fleet.copies.left(link.node, link.send)
        if self._links.get(link.node) is not link:
            return
        del self._links[link.node]
        if not link.welcome:
            return
        self._desk.node_down(link.node)
        if not self._closing:
            state, why = ("off", link.farewell) if link.farewell is not None else ("down", "the connection ended")
            self._fleet.presence.gone(link.node, state, why)

    # What is said

    async def _on(self, link: AgentLink, said: Said) -> None:
        kind = said.kind
        if kind == "beat":
            link.send({"t": "beat", "at": said.members(Beat).at, "time": self._clock()})
        elif kind == "bye":
            link.farewell = printable(str(said.message.get("why", ""))[:100])
            raise Left
        if not link.welcome:
            return
        self._fleet.presence.spoke(link.node)
        self._admission.still_heard(link.node, link.peer)
        if kind == "report":
            self._reports.take(link, said)
        elif kind in COMMANDS:
            await self._desk.room()
            self._desk.heard(link, said.message, said.payload)
        elif kind == "skip":
            self._reports.skip(link, said)
        elif kind == "streams":
            await self._reports.streams(link, said, link.absence)
        elif kind == "about":
            self._fleet.agents.say(link.node, shown(said.members(AboutNow).about))
            self._fleet.presence.changed(link.node)

    # What people do

    async def _follow(self) -> None:
        with self._bus.subscribe("nodes", limit=10_000) as changes:
            missed = 0
            async for row in changes:
                if changes.lost != missed:
                    missed = changes.lost
                    for node in list(self._links):
                        self._changed(node)
                self._changed(row.id)

    def _changed(self, node: int) -> None:
        """A person may have accepted or retired it."""
        link = self._links.get(node)
        if link is None:
            return
        row, agent = self._fleet.presence.row_of(node), self._fleet.agents.of_node(node)
        if agent is None:
            self._turn_away(link, Refused("replaced", "this machine goes on as the node that it was before", 1))
        elif key_id(agent.key) != link.key_id:
            self._turn_away(link, Refused("unknown", f"node {row.name!r} goes on with another key; {NEW_TOKEN}"))
        elif row.state == "retired":
            self._turn_away(link, Refused("retired", f"node {row.name!r} was retired", UNDO_SECONDS))
        elif row.state == "adopted" and not link.welcome:
            self._welcome(link, row)

    async def _sweep(self, every: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(every)
            for link in list(self._all):
                if loop.time() - link.heard_at > SILENT_SECONDS:
                    self._counts["silent"] += 1
                    link.socket.abort()
