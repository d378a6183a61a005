"""Sees every command through to its end: sends it, writes down what became of it, ends what nobody will end.

A command is sent again until its node knows of it, and the node never begins one twice; so each is begun at most once
and always comes to an end, which is on disk before anybody is told. All of it can be built again from the ledger at any
moment. What nodes say is read in control.py; who may ask for a job, and which nodes it means, is in issuing.py.
"""

from __future__ import annotations

import asyncio
import heapq
import os
from collections.abc import Callable, Collection, Iterable, Mapping

from wacket.commands import envelope
from wacket.commands.arrivals import Arrivals
from wacket.commands.board import Board, Job, Live
from wacket.commands.deliveries import Post
from wacket.commands.kept.outputs import Incoming, Outputs
from wacket.commands.settling import Settling
from wacket.commands.states import BEGUN
from wacket.ledger import commands as command_rows
from wacket.ledger import jobs as job_rows
from wacket.ledger.commands import CommandRow
from wacket.ledger.store import Ledger
from wacket.records import Statistics

DAY = 86_400_000_000  # µs
LONGEST_WAIT = 3600.0  # seconds between two looks at the deadlines
NO_MEMORY = "the node no longer knows of it: its memory was lost after it had begun"
NEVER_BACK = "the node has not come back for {days:g} days; nobody can know how it ended"
RETIRED = "the node was retired"
TOO_LATE = "the node was not there before its time was over"


class Course:
    """`random` gives bytes. Used on the event loop; `run` must be going."""

    def __init__(
        self,
        ledger: Ledger,
        outputs: Outputs,
        board: Board,
        clock: Callable[[], int],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._outputs, self._clock, self._random, self.board = outputs, clock, random, board
        self._settling = Settling(ledger, self._ended)
        self._arrivals = Arrivals(ledger, clock, self._cleared)
        self._deadlines: list[tuple[int, str]] = []
        self._sooner = asyncio.Event()
        self.posts: dict[int, Post] = {}
        self._counts = dict.fromkeys(("commands", "sent", "ended"), 0)
        self._restore(ledger)

    def begin(self, job: Job) -> None:
        """A job that is in the ledger."""
        for live in self.board.put(job):
            self._counts["commands"] += 1
            self._expect(live)
            if live.row.node in self.posts:
                self.arrived([live]) if live.row.state == "queued" else self._send(live)

    def arrived(self, lives: Iterable[Live]) -> None:
        """These can be sent now, if their authors may still ask for them."""
        self._arrivals.add(lives)

    def moved(self, live: Live, row: CommandRow) -> None:
        """It goes on, and has not ended."""
        self.board.change(live, row)
        self._settling.note(live)

    def withdraw(self, live: Live, now: int, *, tell: bool) -> None:
        """Somebody asked for its end, and the ledger has it. `tell` its node now, or when it has said what it knows."""
        if live.ending is not None:
            return
        self.board.change(live, live.row._replace(cancel=now))
        if not live.handed:
            self.end(live, "cancelled")
        elif tell:
            self.send_cancel(live)

    def send_cancel(self, live: Live) -> None:
        if (post := self.posts.get(live.row.node)) is not None:
            now = self._clock()
            post.cancel(live, envelope.new_id(now, self._random(envelope.ID_RANDOM)), now)

    def unknown_to_its_node(self, live: Live) -> None:
        """The hub has sent it, and the node has just said that it has no such command."""
        if live.ending is not None:
            return
        if live.row.state in BEGUN:
            self.end(live, "lost_reboot", NO_MEMORY)
        elif live.row.cancel is not None:
            self.end(live, "cancelled")
        elif live.row.expires <= self._clock():
            self.end(live, "expired", TOO_LATE)
        else:
            self.arrived([live])

    def end(self, live: Live, state: str, reason: str = "") -> None:
        """An end that no node told."""
        self.conclude(live, live.row._replace(state=state, reason=reason, ended=self._clock()))

    def conclude(self, live: Live, row: CommandRow) -> None:
        """It has ended so, as soon as all that it said is on disk."""
        live.ending = live.ending or row
        self._conclude(live)

    def incoming(self, live: Live, *, known: bool = False) -> Incoming:
        """Its output as it comes in."""
        if live.incoming is None:
            row = live.row
            live.incoming = self._outputs.begin(row.job, row.node, lambda: self._written(live), known=known)
        return live.incoming

    def have(self, live: Live) -> None:
        """Tell its node how much of its output is on disk."""
        if (post := self.posts.get(live.row.node)) is not None:
            offset = live.incoming.durable if live.incoming else 0
            post.say({"t": "have", "id": live.row.id, "offset": offset})

    def settled(self, node: int, number: str) -> None:
        """Tell the node that it need not remember this command any longer."""
        if (post := self.posts.get(node)) is not None:
            post.say({"t": "settled", "id": number})

    def sweep(self, lost_days: float, retired: Collection[int]) -> None:
        """End what waits for nodes that will not come back."""
        before = self._clock() - int(lost_days * DAY)
        for live in self.board:
            if live.ending is not None:
                continue
            if live.row.node in retired:
                self.end(live, "lost_reboot" if live.handed else "rejected", RETIRED)
            elif live.row.node not in self.posts and _over(live) < before:
                self.end(live, "lost_reboot", NEVER_BACK.format(days=lost_days))

    async def run(self) -> None:
        """Keep commands going until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for job in (self._settling.run(), self._outputs.run(), self._arrivals.run(), self._expire()):
                tasks.create_task(job)

    def statistics(self) -> Statistics:
        counts = {**self._counts, "open": len(self.board), "nodes": len(self.posts)}
        return {**counts, **self._settling.statistics(), **self._arrivals.statistics()}

    async def _expire(self) -> None:
        while True:
            now = self._clock()
            while self._deadlines and self._deadlines[0][0] <= now:
                live = self.board.command(heapq.heappop(self._deadlines)[1])
                if live is not None and not live.handed and live.ending is None:
                    self.end(live, "expired", TOO_LATE)
            self._sooner.clear()
            wait = (self._deadlines[0][0] - now) / 1_000_000 if self._deadlines else LONGEST_WAIT
            try:
                async with asyncio.timeout(min(wait, LONGEST_WAIT)):
                    await self._sooner.wait()
            except TimeoutError:
                pass

    def _expect(self, live: Live) -> None:
        heapq.heappush(self._deadlines, (live.row.expires, live.row.id))
        if self._deadlines[0][1] == live.row.id:
            self._sooner.set()

    def _send(self, live: Live) -> None:
        live.handed = True
        self._counts["sent"] += 1
        self.posts[live.row.node].command(live)

    def _cleared(self, lives: Mapping[Live, str]) -> None:
        """The ledger has them as sent, and their authors may still ask; or else why not."""
        for live, why_not in lives.items():
            if live.ending is not None:
                continue
            if why_not:
                self.end(live, "rejected", why_not)
                continue
            if live.row.state == "queued":
                self.board.change(live, live.row._replace(state="sent", sent=self._clock()))
            if live.row.node in self.posts:
                self._send(live)

    def _conclude(self, live: Live) -> None:
        if live.ending is None or live.row.ended is not None:
            return
        if live.incoming is None or live.incoming.flushed:
            self._settling.end(live, live.ending)
        else:
            self._outputs.hurry()

    def _written(self, live: Live) -> None:
        """More of its output is on disk."""
        self.have(live)
        self._conclude(live)
        self.board.told(live)

    def _ended(self, lives: Mapping[Live, CommandRow]) -> None:
        self._counts["ended"] += len(lives)
        for live, row in lives.items():
            self.board.change(live, row)
            self.settled(row.node, row.id)

    def _restore(self, ledger: Ledger) -> None:
        """All that was open when the hub ended, and what is there of the output of those that were sent."""
        with ledger.reading() as connection:
            jobs = job_rows.unended(connection)
            restored = [Job(row, command_rows.of_job(connection, number)) for number, row in jobs.items()]
        for job in restored:
            for live in self.board.put(job):
                self._expect(live)
                if live.row.state != "queued":
                    live.handed = True
                    self.incoming(live, known=True)
                elif live.row.cancel is not None:
                    self.end(live, "cancelled")


def _over(live: Live) -> int:
    """When it should have ended at the latest."""
    return live.row.expires + live.job.spec.timeout * 1_000_000
