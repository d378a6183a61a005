"""The ways in, as a board sees them: a TCP connection that says hello, UDP datagrams, HTTP posts.

Each counts what was sent and what the hub acknowledged. A broken connection raises OSError; the next send opens a
new one. Retrying is the caller's business.
"""

from __future__ import annotations

import http.client
import json
import socket
from typing import Protocol
from urllib.parse import quote

from wacket.settings import split_address

TIMEOUT = 10.0  # seconds


class Sender(Protocol):
    """`sent` and `acknowledged` count lines since the beginning; None is for a way on which nobody answers."""

    sent: int

    @property
    def acknowledged(self) -> int | None: ...

    def send(self, frame: bytes) -> None: ...

    def close(self) -> None: ...


class Tcp:
    """Lines over one TCP connection, acknowledged by the hub once they are on disk."""

    def __init__(self, address: str, node: str, patience: float = 0.25) -> None:
        self.sent = self.acknowledged = 0
        self._address, self._node, self._patience = split_address(address), node, patience
        self._socket: socket.socket | None = None
        self._before = 0  # acknowledged on earlier connections
        self._here = 0  # sent on this one
        self._half = b""

    def send(self, frame: bytes) -> None:
        """Send whole lines; wait a little for their acknowledgement, which may also come with the next ones."""
        try:
            link = self._socket or self._open()
            link.sendall(frame)
            self.sent += frame.count(b"\n")
            self._here += frame.count(b"\n")
            self._take(link)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._half, self._before, self._here = None, b"", self.acknowledged, 0

    def _open(self) -> socket.socket:
        self._socket = socket.create_connection(self._address, TIMEOUT)
        self._socket.sendall(f"hello node={self._node} ack=yes\n".encode())
        return self._socket

    def _take(self, link: socket.socket) -> None:
        link.settimeout(self._patience)
        try:
            while self.acknowledged < self._before + self._here:
                said = link.recv(65536)
                if not said:
                    raise ConnectionResetError("the hub closed the connection")
                *lines, self._half = (self._half + said).split(b"\n")
                self._count(lines)
        except TimeoutError:
            return
        finally:
            link.settimeout(TIMEOUT)

    def _count(self, answers: list[bytes]) -> None:
        for answer in answers:
            word, _, rest = answer.partition(b" ")
            number = rest.split(b" ", 1)[0]
            if word in {b"ok", b"no"} and number.isdigit():
                self.acknowledged = self._before + int(number)


class Udp:
    """Datagrams of whole lines; nobody answers."""

    acknowledged = None

    def __init__(self, address: str) -> None:
        self.sent = 0
        host, port = split_address(address)
        self._target = host, port
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)

    def send(self, frame: bytes) -> None:
        self._socket.sendto(frame, self._target)
        self.sent += frame.count(b"\n")

    def close(self) -> None:
        self._socket.close()


class Http:
    """Posts over one kept-alive connection; answered when the hub has the lines on disk."""

    def __init__(self, address: str, node: str, form: str) -> None:
        self.sent = self.acknowledged = 0
        self._link = http.client.HTTPConnection(*split_address(address), timeout=TIMEOUT)
        self._path = f"/api/v1/ingest/{form}?node={quote(node)}"
        self._headings = 1 if form == "csv" else 0  # lines of a body that are not stored

    def send(self, frame: bytes) -> None:
        self.sent += frame.count(b"\n") - self._headings
        status, body = post(self._link, self._path, frame, "text/plain")
        if status >= 300:
            raise ConnectionError(f"the hub answered {status}: {reason(body)}")
        self.acknowledged += json.loads(body)["stored"]

    def close(self) -> None:
        self._link.close()


def reason(body: bytes) -> str:
    """What a refusal says, at most 100 characters of it."""
    try:
        said = str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        said = body.decode("utf-8", "replace")
    return said[:100]


def post(link: http.client.HTTPConnection, path: str, body: bytes, media: str) -> tuple[int, bytes]:
    """One request on a kept-alive connection. Raises OSError, with the connection closed, when it did not go well."""
    try:
        link.request("POST", path, body, {"Content-Type": media})
        response = link.getresponse()
        return response.status, response.read()
    except http.client.HTTPException as error:
        link.close()
        raise ConnectionError(f"the hub's answer was broken: {error!r}") from error
    except OSError:
        link.close()
        raise
