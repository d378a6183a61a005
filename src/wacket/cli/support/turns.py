"""A TLS connection that two threads may use at once, one reading and one writing.

OpenSSL's connections are not made for that, and not every Python makes threads take turns: what one writes while the
other reads may be lost, and the process may crash. So each call is short and has the connection to itself, and waiting
happens outside. Does only what `websockets` asks of a socket.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
from threading import Lock
from typing import Any


class TakingTurns:
    """Takes over a connection. Raises as a socket does; TimeoutError after the seconds that were set."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket, self._seconds = connection, connection.gettimeout()
        self._turn = Lock()
        connection.setblocking(False)

    def settimeout(self, seconds: float | None) -> None:
        self._seconds = seconds

    def recv(self, most: int) -> bytes:
        while True:
            with self._turn, contextlib.suppress(ssl.SSLWantReadError):
                return self._socket.recv(most)
            self._wait([self._socket], [])

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            sent = 0
            with self._turn, contextlib.suppress(ssl.SSLWantWriteError):
                sent = self._socket.send(rest)
            rest = rest[sent:]
            if not sent:
                self._wait([], [self._socket])

    def shutdown(self, how: int) -> None:
        """Of the connection below: what is still to come is decrypted all the same."""
        socket.socket.shutdown(self._socket, how)

    def close(self) -> None:
        """Whoever waits is woken, which closing alone does not do."""
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)
        with self._turn:
            self._socket.close()

    def _wait(self, readable: list[socket.socket], writable: list[socket.socket]) -> None:
        if not any(select.select(readable, writable, [], self._seconds)):
            raise TimeoutError("the other end says nothing, or takes nothing")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)
