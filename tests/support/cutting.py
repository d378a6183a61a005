"""A bad network: a TCP proxy on loopback that cuts, stalls and half-closes what goes through it, when told to.

It alters no byte. Runs on a thread of its own, so that tests and fault runs of any kind may use it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

PIECE = 65_536


class Cutting:
    """Use `cutting()`. All methods may be called from any thread, and return when it is done."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.address: tuple[str, int] = ("", 0)
        self.accepted = 0
        self._loop = asyncio.new_event_loop()
        self._open: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._flowing = asyncio.Event()
        self._half_closed: set[asyncio.StreamWriter] = set()
        self._refusing = False

    def cut(self) -> None:
        """Reset every connection; what was on its way is gone."""
        self._do(self._cut)

    def half_close(self, towards_target: bool = True) -> None:
        """End one direction of every connection; the other stays open."""

        def close() -> None:
            for client, server in self._open:
                writer = server if towards_target else client
                with contextlib.suppress(OSError, RuntimeError):
                    writer.write_eof()
                    self._half_closed.add(writer)

        self._do(close)

    def stall(self) -> None:
        """Carry nothing, and accept without an answer, until `flow`: a pulled cable."""
        self._do(self._flowing.clear)

    def flow(self) -> None:
        self._do(self._flowing.set)

    def refuse(self, refusing: bool = True) -> None:
        """Close new connections at once, and the present ones; or take them again."""

        def change() -> None:
            self._refusing = refusing
            if refusing:
                self._cut()

        self._do(change)

    def _cut(self) -> None:
        for pair in self._open:
            for writer in pair:
                writer.transport.abort()

    def _do(self, what: object) -> None:
        done = threading.Event()

        def call() -> None:
            what()  # type: ignore[operator]
            done.set()

        self._loop.call_soon_threadsafe(call)
        done.wait(10)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._flowing.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.address = server.sockets[0].getsockname()[:2]
        ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            self._cut()
            for task in (tasks := asyncio.all_tasks(self._loop)):
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self._refusing:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = writer, far_writer
        for one in pair:
            # So that what is aborted is a reset, as of a machine that went down, and no orderly end.
            one.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._open.add(pair)
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        except asyncio.CancelledError:
            return  # the end of it all; asyncio's own callback would print a cancelled task
        finally:
            self._open.discard(pair)
            self._half_closed.difference_update(pair)
            for one in pair:
                one.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                await self._flowing.wait()
                if writer in self._half_closed:
                    continue  # as a network does that lost one direction
                writer.write(piece)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()


@contextlib.contextmanager
def cutting(target: tuple[str, int]) -> Iterator[Cutting]:
    """A proxy to `target` for as long as the context lasts; `address` is where it listens."""
    proxy, ready = Cutting(target), threading.Event()
    thread = threading.Thread(target=proxy._run, args=(ready,), name="cutting")
    thread.start()
    ready.wait(10)
    try:
        yield proxy
    finally:
        proxy._loop.call_soon_threadsafe(proxy._loop.stop)
        thread.join()
