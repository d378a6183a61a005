"""The HTTP client for Unix sockets, against a socket that says what each test wants."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path

import pytest

from wacket_agent.unixhttp import UnixHttpError, get


@contextlib.contextmanager
def answering(folder: Path, answer: bytes, *, closes: bool = True):
    """A service that answers one request with these bytes; gives the socket's path and what was asked."""
    path, asked = str(folder / "s.sock"), []
    enough = threading.Event()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                asked.append(connection.recv(65536))
                with contextlib.suppress(OSError):  # the client may have heard enough
                    connection.sendall(answer)
                if not closes:
                    enough.wait(30)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield path, asked
        finally:
            enough.set()
            thread.join(30)


def test_status_and_body_are_given(tmp_path: Path) -> None:
    with answering(tmp_path, b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n[]") as (path, asked):
        assert get(path, "/v1.40/containers/json?all=1", 10, 100) == (200, b"[]")
    assert asked == [b"GET /v1.40/containers/json?all=1 HTTP/1.0\r\nHost: localhost\r\n\r\n"]


def test_a_body_without_length_ends_with_the_connection(tmp_path: Path) -> None:
    with answering(tmp_path, b"HTTP/1.1 404 Not Found\r\nX: y\r\n\r\nno such\r\n\r\nthing") as (path, _):
        assert get(path, "/", 10, 100) == (404, b"no such\r\n\r\nthing")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "no answer in HTTP"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "no answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", "no answer in HTTP"),
        (b"HTTP/1.1 2xx OK\r\n\r\n", "no status"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhal", "promised 5"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhal", "no number"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "chunks"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 101, "more than 100 bytes"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000, "more than 100 bytes"),
    ],
)
def test_anything_else_is_an_error_that_says_why(tmp_path: Path, answer: bytes, why: str) -> None:
    with answering(tmp_path, answer) as (path, _), pytest.raises(UnixHttpError, match=why):
        get(path, "/", 10, 100)


@pytest.mark.slow
def test_a_service_that_goes_on_for_ever_is_left_in_time(tmp_path: Path) -> None:
    with answering(tmp_path, b"HTTP/1.1 200 OK\r\n\r\n", closes=False) as (path, _), pytest.raises(UnixHttpError):
        get(path, "/", 0.2, 100)


def test_no_service_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnixHttpError, match="No such file"):
        get(str(tmp_path / "none.sock"), "/", 1, 100)


@pytest.mark.parametrize("path", ["", "json", "/a b", "/a\r\nHost: x", "/ä"])
def test_a_path_cannot_add_to_the_request(path: str) -> None:
    with pytest.raises(UnixHttpError, match="not a path"):
        get("/nowhere", path, 1, 100)
