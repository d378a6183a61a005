"""Keeps what commands say: records at their offsets, told when they are on disk, and long ones without their middle.

One writer for all commands: what comes while it writes goes into its next round, and a round of many small outputs is
brought to the disk as one (recent.py). Where the disk fails nothing is told and the round is tried again. Who may read
is decided elsewhere, and what a record means in pieces.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wacket.commands.kept.pieces import Extent, Piece, whole
from wacket.commands.kept.recent import Entry, Recent
from wacket.commands.kept.spool import Place, Spool
from wacket.records import Statistics
from wacket.writing import sync

log = logging.getLogger(__name__)

MOST = 20_000  # records in one message: reading them takes the loop some milliseconds
FULL = 16 * 1024 * 1024  # bytes of memory that wait to be written, of all commands, above which no more should be read
ROOM = 256 * 1024 * 1024  # bytes above which nothing is taken
GATHER = 0.02  # seconds between two rounds, unless somebody waits for the end of one
EAGER = 512 * 1024  # bytes that are not let wait
RETRY = 1.0  # seconds after which a disk that failed is tried again
SMALL = 1024 * 1024  # bytes of a round that goes through the file of what was said last
MOST_RECENT = 16 * 1024 * 1024  # bytes in that file, until all is brought to where it belongs
MOST_UNSYNCED = 4096  # commands of which something is in that file
WRITERS = 8  # fsyncs at once: the disk does them together


class Incoming:
    """The output of one command, as it comes in. Used on the event loop; `durable` is how far it is on disk, and `told`
    is called when that has grown.
    """

    def __init__(self, spool: Spool, start: Extent, told: Callable[[], None]) -> None:
        self.spool, self.told = spool, told
        self.received, self.durable = start, start.offset
        self.waiting: list[Piece] = []

    @property
    def flushed(self) -> bool:
        return self.durable == self.received.offset


class Outputs:
    """`head` and `tail` are how many bytes of one command's output are kept at least."""

    def __init__(self, folder: Path, head: int, tail: int) -> None:
        self._folder, self._head, self._tail = folder, head, tail
        self._waiting: dict[Incoming, None] = {}
        self._bytes = self._total = self._refused = self._rounds = 0
        self._wake, self._urgent, self._less = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="outputs")
        self._unsynced: dict[Spool, None] = {}
        self._syncing = ThreadPoolExecutor(WRITERS, thread_name_prefix="outputs-sync")
        self._recent = Recent(folder / "recent")
        self._mend()

    def place(self, job: int, node: int) -> Place:
        return Place(self._folder / str(job), node)

    def begin(self, job: int, node: int, told: Callable[[], None] = lambda: None, *, known: bool) -> Incoming:
        """The output of a command that is going on. `known`: some of it may be on disk, and is read."""
        spool = Spool(self.place(job, node), self._head, self._tail)
        return Incoming(spool, spool.recover() if known else Extent(), told)

    def take(self, incoming: Incoming, offset: int, payload: bytes) -> bool:
        """Take in what follows on what was received; what came before is left out. False where it does not follow, or
        there is no room for it: the node must send it again. Raises BadRequest for what is no output.
        """
        fresh = [piece for piece in whole(payload, offset, MOST) if piece.offset >= incoming.received.offset]
        if not fresh:
            return offset <= incoming.received.offset
        size = sum(piece.weight for piece in fresh)
        if fresh[0].offset != incoming.received.offset or self._bytes + size > ROOM:
            self._refused += 1
            return False
        for piece in fresh:
            incoming.received = incoming.received.behind(piece)
        incoming.waiting += fresh
        self._waiting[incoming] = None
        self._bytes += size
        self._wake.set()
        if self._bytes > EAGER:
            self._urgent.set()
        return True

    def hurry(self) -> None:
        """Somebody waits for the end of what was taken in."""
        self._urgent.set()

    async def room(self) -> None:
        """Return when there is room for another message."""
        while self._bytes >= FULL:
            self._less.clear()
            await self._less.wait()

    async def run(self) -> None:
        """Write rounds until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch = {incoming: incoming.waiting for incoming in self._waiting}
            self._waiting = {}
            for incoming in batch:
                incoming.waiting = []
            await self._written(loop, {incoming.spool: pieces for incoming, pieces in batch.items()})
            for incoming, pieces in batch.items():
                self._bytes -= sum(piece.weight for piece in pieces)
                incoming.durable = pieces[-1].next
                incoming.told()
            self._less.set()
            await self._rest()

    async def _written(self, loop: asyncio.AbstractEventLoop, batch: dict[Spool, list[Piece]]) -> None:
        failing = ""
        while True:
            try:
                await loop.run_in_executor(self._writer, self._write, batch)
            except OSError as error:
                if str(error) != failing:
                    log.warning("the output of commands cannot be written, and is tried again: %s", error)
                failing = str(error)
                await asyncio.sleep(RETRY)
            else:
                self._rounds += 1
                self._total += sum(piece.size for pieces in batch.values() for piece in pieces)
                return

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(GATHER):
                await self._urgent.wait()
        except TimeoutError:
            pass
        self._urgent.clear()

    def _write(self, batch: dict[Spool, list[Piece]]) -> None:
        """In the writer's thread: all of it is on disk when this returns."""
        entries = []
        for spool, pieces in batch.items():
            data = b"".join(piece.record() for piece in pieces)
            entries.append(Entry(int(spool.place.folder.name), spool.place.node, pieces[0].offset, data))
            if spool.end.offset == pieces[0].offset:  # else it was written when this was tried before
                spool.write(pieces)
            self._unsynced[spool] = None
        size = sum(len(entry.data) for entry in entries)
        if size <= SMALL:
            self._recent.append(entries)
        if size > SMALL or self._recent.size > MOST_RECENT or len(self._unsynced) > MOST_UNSYNCED:
            self._bring_home()

    def _bring_home(self) -> None:
        """The files of all commands are on disk, and those of long ones lose their middle."""
        spools = list(self._unsynced)
        list(self._syncing.map(Spool.sync, spools))
        for folder in {folder for spool in spools for folder in spool.made}:
            with contextlib.suppress(FileNotFoundError):  # removed by age meanwhile
                sync(folder)
        for spool in spools:
            spool.settle()
        self._unsynced.clear()
        self._recent.clear()

    def _mend(self) -> None:
        """At the start: what a crash kept from the files of the commands goes there."""
        said: dict[tuple[int, int], list[Entry]] = {}
        for entry in self._recent.entries():
            said.setdefault((entry.job, entry.node), []).append(entry)
        for (job, node), entries in said.items():
            spool = Spool(self.place(job, node), self._head, self._tail)
            spool.recover(before=entries[0].offset)
            for entry in entries:
                if entry.offset == spool.end.offset:
                    spool.write(whole(entry.data, entry.offset))
            self._unsynced[spool] = None
        self._bring_home()

    def close(self) -> None:
        self._writer.shutdown()
        self._syncing.shutdown()
        self._recent.close()

    @property
    def written_bytes(self) -> int:
        """Since the hub's start."""
        return self._total

    def statistics(self) -> Statistics:
        return {
            "waiting_bytes": self._bytes,
            "written_bytes": self._total,
            "rounds": self._rounds,
            "refused": self._refused,
        }
