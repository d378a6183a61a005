"""Each command's way through the agent: fetch what it needs, wait for a slot, have it run, notice its end, send it all.

What makes "never twice" and "always ended": a runner begins a command only with its claim; and whatever is not settled
is looked at again, at every ring, every second, and after every start of the agent. Who was killed in between does not
matter. Which commands there are, and what the hub says of them, is the desk's business (desk.py).
"""

# ruff: noqa: PTH118, PTH208

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from typing import Any, Callable, Iterable

from wacket_agent.commands import allowing, claim, results
from wacket_agent.commands.blobs import Blobs
from wacket_agent.commands.command import ENDED, FETCHING, STARTED, WAITING, Command
from wacket_agent.trust.envelope import Envelope, Refused, read_envelope

LOOK = 1.0  # seconds
SOON = 0.02  # seconds; of what ends sooner only the end is told, which saves everybody work when it counts
CROWDED = 1 << 20  # bytes that the connection has not taken yet: then output waits
ASK_AGAIN = 2.0  # seconds until a runner that nobody claimed is asked for once more
_KILLED = "whoever watched the program was killed, and nobody can know how it ended"
_REBOOT = "the machine went down before it had ended"


class Carrying:
    """All commands that the hub has not settled, by id. Everything happens on the loop."""

    def __init__(self, store: Any, link: Any, config: Any, nursery: Any, boot: str) -> None:
        self._store, self._link, self._config, self._nursery, self._boot = store, link, config, nursery, boot
        self._folder = os.path.join(config.state, "commands")
        self._commands: dict[str, Command] = {}
        self._wake = asyncio.Event()
        self._knows_time = False
        self._tasks: set[asyncio.Future[None]] = set()
        self._mistake: BaseException | None = None
        self.blobs = Blobs(os.path.join(config.state, "blobs"), boot)
        self.ended = 0

    def __iter__(self) -> Any:
        return iter(list(self._commands.values()))

    def get(self, command: object) -> Command | None:
        return self._commands.get(command) if isinstance(command, str) else None

    async def run(self) -> None:
        """Until cancelled. Runners live on."""
        stop_listening = self._nursery.listen(asyncio.get_event_loop(), self._rang)
        try:
            while True:
                self._look_at_all()
                await self._send_all()
                if self._mistake:
                    raise self._mistake
                await self._until_woken()
        finally:
            stop_listening()

    async def _until_woken(self) -> None:
        """Not `wait_for`, which up to Python 3.11 may lose a cancellation."""
        timer = asyncio.get_event_loop().call_later(LOOK, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def phases(self) -> dict[str, int]:
        found = [command.phase for command in self]
        return {phase: found.count(phase) for phase in (FETCHING, WAITING, STARTED, ENDED)}

    def welcomed(self) -> None:
        """What waits for blobs asks for them again; the rest of the output waits for the hub's word."""
        self._knows_time = True
        for command in self.in_phase(FETCHING):
            self.fetch(command)
        self._start_more()

    def remove(self, command: Command) -> None:
        """The hub has it to the end."""
        del self._commands[command.id]
        command.sending.close()
        self.in_background(command.clean)

    def add(self, command_id: str, envelope: Envelope | None) -> Command:
        command = Command(command_id, os.path.join(self._folder, command_id), envelope)
        self._commands[command_id] = command
        return command

    def take_blob(self, head: dict[str, Any], data: bytes) -> None:
        """Raises OSError and ValueError."""
        if self.blobs.take(head, data):
            self.blobs.make_room(sha256 for command in self if command.phase != ENDED for sha256 in command.needs)

    def in_phase(self, phase: str) -> list[Command]:
        return [command for command in self if command.phase == phase]

    def adopt(self) -> None:
        """What was not settled when the agent ended."""
        for row in self._store.unsettled():
            command = self.add(row.id, _envelope(row.envelope))
            if row.result:
                command.ended(json.loads(row.result))
            elif row.boot != self._boot and command.result() is None:
                self.end(command, command.lost(self._link.time(), _REBOOT, same_boot=False))
            elif row.boot != self._boot or command.claim()[0] != claim.FREE:
                command.phase, command.state = STARTED, "running"
            elif command.envelope is None:  # noted as cancelled before it came, or damaged
                self.end(command, results.unbegun(row.id, "cancelled", self._link.time(), "never begun"))
        for name in self._unknown():
            self.in_background(Command(name, os.path.join(self._folder, name), None).abandon)

    def _unknown(self) -> list[str]:
        """Commands that are settled, or were another node's that this machine has been, and not cleaned up."""
        try:
            return [name for name in os.listdir(self._folder) if name not in self._commands]
        except OSError:
            return []

    def fetch(self, command: Command) -> None:
        """Ask for what is missing; when nothing is, it waits for a slot."""
        missing = [sha256 for sha256 in command.needs if not self.blobs.has(sha256)]
        for sha256 in missing:
            self.blobs.ask(sha256)
            offset = self.blobs.offset(sha256)
            self._link.send({"t": "need", "id": command.id, "sha256": sha256, "offset": offset})
        if not missing:
            command.phase = WAITING
            self._start_more()

    def _start_more(self) -> None:
        """In the order in which they came, as many as there are slots."""
        free = allowing.slots(self._config) - len(self.in_phase(STARTED))
        for command in self.in_phase(WAITING)[: max(0, free)] if self._knows_time else ():
            self._start(command)

    def _start(self, command: Command) -> None:
        try:
            blobs = {sha256: self.blobs.path(sha256) for sha256 in command.needs}
            command.prepare(self._config, blobs)
            command.phase = STARTED
            self._ask_for_runner(command)
        except (Refused, OSError, ValueError) as error:
            self.unbegun(command, f"this machine could not begin it: {error}")

    def _ask_for_runner(self, command: Command) -> None:
        command.asked_at = asyncio.get_event_loop().time()
        self._nursery.start(command.id)

    def _look_at(self, command: Command) -> None:
        """At a command that was started: has it ended, or lost its runner?"""
        if command.finishing:
            return
        state, note = claim.FREE, command.result()
        if note is None:
            state, _ = command.claim()
            note = command.result()  # looked for again: it is written before the claim is given up
        if note is not None:
            self._finish(command, note)
        elif state == claim.FREE:
            if asyncio.get_event_loop().time() > command.asked_at + ASK_AGAIN:
                self._ask_for_runner(command)
        elif state == claim.DEAD:
            self.end(command, command.lost(self._link.time(), _KILLED, same_boot=True))
        elif command.state == "accepted":
            command.state = "running"
            self.tell(command)

    def _finish(self, command: Command, note: Any) -> None:
        """Large files are hashed beside the loop."""
        if not note.all("file"):
            self.end(command, results.ended(command.id, note, [], self._link.offset), noted=True)
            return
        command.finishing = True

        async def finish() -> None:
            loop = asyncio.get_event_loop()
            files = await loop.run_in_executor(None, results.brought, command.folder, note.all("file"))
            self.end(command, results.ended(command.id, note, files, self._link.offset), noted=True)

        self._spawn(finish())

    def unbegun(self, command: Command, reason: str) -> None:
        self.end(command, results.unbegun(command.id, "failed", self._link.time(), reason))

    def end(self, command: Command, message: dict[str, Any], durable: bool = False, noted: bool = False) -> None:
        """`noted`: it stands in the folder too, from which it can be told again, and comes into the journal when it is
        settled. `durable`: only when it is on the disk may it be told.
        """
        self.ended += 1
        command.ended(message)
        if not noted:
            with contextlib.suppress(OSError):
                self._store.set_state(command.id, message["state"], json.dumps(message), durable)
        self.send_some(command)
        self._start_more()

    def _rang(self, ids: Iterable[str]) -> None:
        for command in filter(None, map(self._commands.get, ids)):
            if command.phase == STARTED:
                self._look_at(command)
            if command.phase == STARTED:
                self.send_some(command)

    def _look_at_all(self) -> None:
        now, moment = self._link.time(), asyncio.get_event_loop().time()
        for command in self:
            command.sending.look(moment)
            if command.phase == STARTED:
                self._look_at(command)
            elif command.phase == ENDED and command.wants_sync(moment):
                self.in_background(command.sync)
            elif command.phase != ENDED and self._knows_time and command.envelope and now >= command.envelope.expires:
                what = "a free slot" if command.phase == WAITING else "what it needs"
                self.unbegun(command, f"not begun: its time was over before there was {what}")
        self._start_more()

    def send_some(self, command: Command) -> None:
        """At once, as much as the connection takes; the rest when others had their turn."""
        while self._link.connected and self._link.pending_bytes() < CROWDED:
            if not command.sending.step(self._link):
                return
        self._wake.set()

    async def _send_all(self) -> None:
        """A piece of each in turn, until nothing is left that may be sent now."""
        self._wake.clear()
        busy = True
        while busy and self._link.connected:
            busy = False
            for command in self:
                if self._link.pending_bytes() >= CROWDED:
                    await self._link.drained()
                busy |= command.sending.step(self._link)
            await asyncio.sleep(0)

    def tell_soon(self, command: Command) -> None:
        """That it came, unless there is more to tell by then."""

        def tell() -> None:
            if command.phase != ENDED and not command.told:
                self.tell(command)

        asyncio.get_event_loop().call_later(SOON, tell)

    def tell(self, command: Command) -> None:
        command.told = True
        self._link.send({"t": "state", "id": command.id, "state": command.state, "at": self._link.time()})

    def in_background(self, work: Callable[[], None]) -> None:
        async def run() -> None:
            await asyncio.get_event_loop().run_in_executor(None, work)

        self._spawn(run())

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Future[None]) -> None:
        """A mistake of ours rises from `run`."""
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self._mistake = task.exception()
            self._wake.set()


def _envelope(text: str) -> Envelope | None:
    try:
        return read_envelope(text)
    except ValueError:
        return None
