"""Cheap senders in processes of their own: raw sockets, bytes rendered beforehand, the same for every server.

A job connects, calls `ready()`, sends, and returns when the server has answered for everything. Time runs from the
moment all jobs are ready to the end of the last. Jobs are forked, so what they send needs no copying.
"""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from benchmarks.harness import Address

Ready = Callable[[], object]
Job = Callable[[Ready], Any]


def run(jobs: Sequence[Job], seconds: float = 900.0) -> tuple[float, list[Any]]:
    """Seconds from the common start to the last end, and what each job returned."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(len(jobs) + 1)
    pipes = [context.Pipe(duplex=False) for _ in jobs]
    children = [
        context.Process(target=_child, args=(job, barrier, ours, seconds), daemon=True)
        for job, (_, ours) in zip(jobs, pipes, strict=True)
    ]
    for child in children:
        child.start()
    try:
        barrier.wait(seconds)
        began = time.monotonic()
        outcomes = [_outcome(theirs, seconds) for theirs, _ in pipes]
    finally:
        for child in children:
            child.join(5)
            child.kill()
    return max(end for end, _ in outcomes) - began, [value for _, value in outcomes]


def _outcome(pipe: Connection, seconds: float) -> tuple[float, Any]:
    if not pipe.poll(seconds):
        raise TimeoutError(f"a sender did not finish within {seconds:g} s")
    end, value, trouble = pipe.recv()
    if trouble:
        raise RuntimeError(f"a sender failed:\n{trouble}")
    return end, value


def _child(job: Job, barrier: Barrier, pipe: Connection, seconds: float) -> None:
    try:
        value = job(lambda: barrier.wait(seconds))
        pipe.send((time.monotonic(), value, ""))
    except BaseException:
        barrier.abort()
        pipe.send((0.0, None, traceback.format_exc()))


def connect(address: Address) -> socket.socket:
    connection = socket.create_connection(address, timeout=120)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def request(path: str, body: bytes, kind: str = "text/plain", extra: str = "") -> bytes:
    """A whole HTTP/1.1 request, ready to be sent."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}{extra}\r\n".encode() + body


class Answers:
    """Reads HTTP/1.1 answers with a Content-Length (or none, as with 204) from one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._held = b""

    def next(self) -> tuple[int, bytes]:
        while True:
            found = split_answer(self._held)
            if found:
                status, body, self._held = found
                return status, body
            data = self._connection.recv(65536)
            if not data:
                raise ConnectionError(f"the server closed the connection; it had sent {self._held[:200]!r}")
            self._held += data


def split_answer(held: bytes) -> tuple[int, bytes, bytes] | None:
    """(status, body, what follows) of the first whole answer in `held`, or None when there is no whole one."""
    head, found, rest = held.partition(b"\r\n\r\n")
    if not found:
        return None
    length = 0
    for line in head.lower().split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            length = int(value)
    if len(rest) < length:
        return None
    return int(head[9:12]), rest[:length], rest[length:]


def poster(address: Address, requests: Sequence[bytes]) -> Job:
    """One kept-alive connection, one request after the other; every answer must be 2xx."""

    def job(ready: Ready) -> int:
        with connect(address) as connection:
            answers = Answers(connection)
            ready()
            for raw in requests:
                connection.sendall(raw)
                status, body = answers.next()
                if status // 100 != 2:
                    raise RuntimeError(f"answered {status}: {body[:500]!r}")
        return len(requests)

    return job


def posters(address: Address, requests: Sequence[bytes], connections: int) -> Job:
    """Many kept-alive connections in one process, each with one request under way; requests are shared out."""

    def job(ready: Ready) -> int:
        waiting = iter(requests)
        done = 0
        with selectors.DefaultSelector() as selector:
            for _ in range(connections):
                selector.register(connect(address), selectors.EVENT_READ, bytearray())
            ready()
            for key in list(selector.get_map().values()):
                _send_next(key, waiting, selector)
            while selector.get_map():
                for key, _ in selector.select():
                    done += _take_answer(key)
                    if not key.data:
                        _send_next(key, waiting, selector)
        return done

    return job


def _send_next(key: selectors.SelectorKey, waiting: Iterable[bytes], selector: selectors.BaseSelector) -> None:
    connection: Any = key.fileobj
    for raw in waiting:
        connection.sendall(raw)
        return
    selector.unregister(connection)
    connection.close()


def _take_answer(key: selectors.SelectorKey) -> int:
    connection: Any = key.fileobj
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server closed a kept-alive connection")
    key.data.extend(data)
    found = split_answer(bytes(key.data))
    if not found:
        return 0
    status, body, rest = found
    if status // 100 != 2:
        raise RuntimeError(f"answered {status}: {body[:500]!r}")
    key.data[:] = rest
    return 1


def streamer(address: Address, chunks: Sequence[bytes], hello: bytes = b"", lines: int = 0) -> Job:
    """One TCP connection that streams `chunks`. With `lines`, waits until the server has said `ok lines`."""

    def job(ready: Ready) -> int:
        with connect(address) as connection:
            if hello:
                connection.sendall(hello)
            ready()
            if not lines:
                for chunk in chunks:
                    connection.sendall(chunk)
                return 0
            return _stream_acknowledged(connection, chunks, lines)

    return job


def _stream_acknowledged(connection: socket.socket, chunks: Sequence[bytes], lines: int) -> int:
    held, acknowledged = b"", 0
    connection.setblocking(False)
    unsent = iter(chunks)
    chunk = memoryview(next(unsent, b""))
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while acknowledged < lines:
            events = selector.select(120)[0][1]
            if events & selectors.EVENT_READ:
                data = connection.recv(65536)
                if not data:
                    raise ConnectionError(f"closed after ok {acknowledged}")
                *whole, held = (held + data).split(b"\n")
                acknowledged = _highest(whole, acknowledged)
            if events & selectors.EVENT_WRITE:
                chunk = chunk[connection.send(chunk) :] or memoryview(next(unsent, b""))
                if not chunk:
                    selector.modify(connection, selectors.EVENT_READ)
    return acknowledged


def _highest(answers: Sequence[bytes], before: int) -> int:
    for answer in answers:
        word, _, rest = answer.partition(b" ")
        if word == b"no":
            raise RuntimeError(f"a line was refused: {answer[:200]!r}")
        if word == b"ok":
            before = max(before, int(rest))
    return before
