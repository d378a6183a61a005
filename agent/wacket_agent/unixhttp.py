"""Asks a service on this machine over a Unix socket, as Docker and Podman answer: one HTTP GET, one whole answer.

Written here because `http.client` costs the agent more memory than it is worth. It speaks HTTP/1.0, so that the
answer ends with the connection and never comes in chunks. It does not follow redirects, keep connections or retry.
"""

from __future__ import annotations

import socket
import time

HEAD_LIMIT = 16384


class UnixHttpError(OSError):
    """The service is not there, did not answer in time, answered too much, or does not speak HTTP."""


def get(socket_path: str, path: str, timeout: float, limit: int) -> tuple[int, bytes]:
    """Status and body. `timeout` is for the whole exchange in seconds, `limit` for the body in bytes.

    Raises UnixHttpError. `path` goes into the request as it is and must therefore be printable ASCII without blanks.
    """
    if not path.startswith("/") or not all("!" <= letter <= "~" for letter in path):
        raise UnixHttpError(f"not a path for an HTTP request: {path!r}")
    try:
        answer = _exchange(socket_path, path, time.monotonic() + timeout, limit)
    except UnixHttpError:
        raise
    except OSError as error:
        raise UnixHttpError(f"{socket_path}: {error}") from error
    return _read_answer(answer, limit)


def _exchange(socket_path: str, path: str, deadline: float, limit: int) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_left(deadline))
        connection.connect(socket_path)
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode("ascii"))
        pieces: list[bytes] = []
        size = 0
        while size <= HEAD_LIMIT + limit:
            connection.settimeout(_left(deadline))
            piece = connection.recv(65536)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            size += len(piece)
    raise UnixHttpError(f"the answer to {path} has more than {limit} bytes")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise UnixHttpError("no whole answer in time")
    return left


def _read_answer(answer: bytes, limit: int) -> tuple[int, bytes]:
    head, blank, body = answer.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    status = lines[0].split(None, 2)
    if not blank or len(head) > HEAD_LIMIT or len(status) < 2 or not status[0].startswith(b"HTTP/1."):
        raise UnixHttpError("what came is no answer in HTTP")
    if not (len(status[1]) == 3 and status[1].isdigit()):
        raise UnixHttpError("the answer has no status")
    length = _length(lines[1:])
    if len(body) > limit:
        raise UnixHttpError(f"the answer has more than {limit} bytes")
    if length is not None and length != len(body):
        raise UnixHttpError(f"the answer has {len(body)} bytes and promised {length}")
    return int(status[1]), body


def _length(lines: list[bytes]) -> int | None:
    """The promised number of bytes, or None. Raises UnixHttpError for an answer in chunks."""
    length = None
    for line in lines:
        name, _, value = line.partition(b":")
        name, value = name.strip().lower(), value.strip().lower()
        if name == b"transfer-encoding" and value != b"identity":
            raise UnixHttpError("the answer comes in chunks, which HTTP/1.0 does not know")
        if name == b"content-length":
            if not value.isdigit() or len(value) > 12:
                raise UnixHttpError("the answer has a length that is no number")
            length = int(value)
    return length
