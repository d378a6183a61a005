"""The hub's end of what agents are told to do: which of them are there, and what they say of their commands.

A node is believed about its own commands only. What becomes of a command is decided in course.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wacket.commands import reports
from wacket.commands.board import Board, Job, Live
from wacket.commands.course import Course
from wacket.commands.deliveries import Post
from wacket.commands.kept.blobs import Blobs
from wacket.commands.kept.brought import Arriving, BroughtFiles
from wacket.commands.kept.outputs import Outputs
from wacket.commands.signer import Signer
from wacket.commands.spec import is_below
from wacket.commands.states import BEGUN, is_end, may_follow
from wacket.commands.strangers import Strangers
from wacket.errors import BadRequest
from wacket.ledger.commands import CommandRow
from wacket.records import Statistics
from wacket.seams import Link

if TYPE_CHECKING:
    from wacket.bus.memory import Bus
    from wacket.ledger.store import Ledger

log = logging.getLogger(__name__)

FILE_ROOM = 64 * 1024 * 1024  # bytes of files that wait for the disk; more is not taken


class CommandDesk:
    """Fulfils seams.CommandedLinks. Used on the event loop; `run` must be going. The bus topic "jobs" gets the row of
    each command that is new or changed.
    """

    def __init__(
        self,
        ledger: Ledger,
        signer: Signer,
        outputs: Outputs,
        blobs: Blobs,
        brought: BroughtFiles,
        bus: Bus,
        clock: Callable[[], int],
    ) -> None:
        self._signer, self.outputs, self._blobs, self._brought, self._clock = signer, outputs, blobs, brought, clock
        self.board = Board(lambda row: bus.publish_nowait("jobs", row))
        self.course = Course(ledger, outputs, self.board, clock)
        self._strangers = Strangers(ledger, clock, self.course.settled)
        self._unheard: dict[int, set[str]] = {}  # by node: what it must list, or does not know
        self._tasks: set[asyncio.Task[None]] = set()
        self._followers: set[Callable[[], None]] = set()
        self._closing = False
        self._refused = 0

    # Nodes

    def node_up(self, link: Link) -> None:
        """What waits for this node goes to it, once its author may still ask for it."""
        self.node_down(link.node)
        self.course.posts[link.node] = Post(link, self._signer, self._blobs)
        lives = self.board.of_node(link.node)
        self._unheard[link.node] = {live.row.id for live in lives if live.row.state != "queued"}
        self.course.arrived(live for live in lives if live.row.state == "queued")
        self._tell(lives)

    def node_down(self, node: int) -> None:
        post = self.course.posts.pop(node, None)
        if post is not None:
            post.close()
            self._unheard.pop(node, None)
            self._tell(self.board.of_node(node))

    def is_up(self, node: int) -> bool:
        return node in self.course.posts

    # People

    def begin(self, job: Job) -> None:
        """A job that is in the ledger."""
        self.course.begin(job)

    def withdraw(self, lives: Iterable[Live], now: int) -> None:
        """Somebody asked for the end of these, and the ledger has it."""
        for live in lives:
            self.course.withdraw(live, now, tell=live.row.id not in self._unheard.get(live.row.node, ()))

    def attend(self, dismissed: Callable[[], None]) -> None:
        """Somebody begins to follow a job; `dismissed` is called when the hub ends before they `leave`."""
        self._followers.add(dismissed)
        if self._closing:
            dismissed()

    def leave(self, dismissed: Callable[[], None]) -> None:
        self._followers.discard(dismissed)

    def dismiss(self) -> None:
        """The hub ends: nobody follows a job any longer. All that is open goes on with the next start."""
        self._closing = True
        for dismissed in list(self._followers):
            dismissed()

    async def room(self) -> None:
        """Return when there is room for another message that carries output: whoever reads links waits for it."""
        await self.outputs.room()

    async def run(self) -> None:
        """Keep commands going until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.course.run())
            tasks.create_task(self._strangers.run())

    def statistics(self) -> Statistics:
        return {
            **self.course.statistics(),
            **self._strangers.statistics(),
            "refused": self._refused,
            "followers": len(self._followers),
            "outputs": self.outputs.statistics(),
            **self._blobs.statistics(),
        }

    # What nodes say

    def heard(self, link: Link, message: Mapping[str, Any], payload: bytes) -> None:
        """One message. Raises BadRequest for what is none of this protocol."""
        post = self.course.posts.get(link.node)
        hear = HEARS.get(str(message.get("t")))
        if post is not None and post.link is link and hear is not None:
            hear(self, post, message, payload)

    def _state(self, post: Post, message: Mapping[str, Any], _: bytes) -> None:
        said = reports.understood(message, reports.State)
        live = self._own(post, said.id, wait=is_end(said.state))
        if live is None or live.ending is not None:
            return
        if not is_end(said.state):
            if may_follow(live.row.state, said.state):
                self.course.moved(live, reports.moved(live.row, said, self._clock()))
        elif said.end > (live.incoming.received.offset if live.incoming else 0):
            self.course.have(live)  # some of its output was not taken; the node says all of this again after that
        else:
            row = reports.moved(live.row, said, self._clock())
            self._spawn(self._end_with_files(live, row)) if row.files else self.course.conclude(live, row)

    def _commands(self, post: Post, message: Mapping[str, Any], _: bytes) -> None:
        said = reports.understood(message, reports.Commands)
        missing = self._unheard.pop(post.link.node, set())
        for one in said.commands:
            missing.discard(one.id)
            if (live := self._own(post, one.id, wait=True)) is not None:
                self._is_known(live, one.state)
        for number in missing:
            if (live := self.board.command(number)) is not None:
                self.course.unknown_to_its_node(live)

    def _is_known(self, live: Live, state: str) -> None:
        """Its node has it, in this state. An end it will tell again, with all that belongs to it."""
        if state in BEGUN and may_follow(live.row.state, state):
            self.course.moved(live, live.row._replace(state=state))
        self.course.have(live)
        if live.row.cancel is not None and not is_end(state):
            self.course.send_cancel(live)

    def _output(self, post: Post, message: Mapping[str, Any], payload: bytes) -> None:
        said = reports.understood(message, reports.Output)
        live = self._own(post, said.id)
        if live is not None and not self.outputs.take(self.course.incoming(live), said.offset, payload):
            self.course.have(live)

    def _file(self, post: Post, message: Mapping[str, Any], payload: bytes) -> None:
        said = reports.understood(message, reports.File)
        live = self._own(post, said.id)
        if live is None:
            return
        if not live.job.spec.bring or not is_below(said.name):
            raise BadRequest(f"nobody asked for a file {said.name[:80]!r}")
        if self._brought.waiting >= FILE_ROOM:
            self._refused += 1
            return
        row = live.row
        piece = Arriving(row.job, row.node, said.name, said.offset, said.size, said.sha256, payload)
        self._spawn(self._keep(post, row.id, piece))

    def _need(self, post: Post, message: Mapping[str, Any], _: bytes) -> None:
        said = reports.understood(message, reports.Need)
        live = self._own(post, said.id)
        if live is not None and (said.sha256 not in live.job.spec.blobs() or not post.blob(said.sha256, said.offset)):
            self._refused += 1

    def _own(self, post: Post, number: str, *, wait: bool = False) -> Live | None:
        """The open command that this node speaks of. Others are looked up, if the node waits for a word on them."""
        live = self.board.command(number)
        if live is not None and live.row.node == post.link.node:
            return live if live.handed else None
        if number in post.cancels:
            if wait:
                self.course.settled(post.link.node, number)
        elif wait or live is not None:
            self._strangers.ask(post.link.node, number)
        return None

    async def _keep(self, post: Post, number: str, piece: Arriving) -> None:
        try:
            have = await self._brought.keep(piece)
        except (BadRequest, OSError) as error:
            self._refused += 1
            log.warning("a file of node %d was not kept: %s", piece.node, error)
            return
        post.say({"t": "have_file", "id": number, "name": piece.name, "offset": have})

    async def _end_with_files(self, live: Live, row: CommandRow) -> None:
        self.course.conclude(live, await self._brought.whole(row))

    def _tell(self, lives: Iterable[Live]) -> None:
        for live in lives:
            self.board.told(live)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


HEARS: dict[str, Callable[[CommandDesk, Post, Mapping[str, Any], bytes], None]] = {
    "state": CommandDesk._state,
    "commands": CommandDesk._commands,
    "output": CommandDesk._output,
    "file": CommandDesk._file,
    "need": CommandDesk._need,
}
