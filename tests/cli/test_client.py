"""The client: one kept-alive connection, compression, and a connection that was closed meanwhile."""

import gzip
import json
import socket
import threading

import pytest

from wacket.cli.support.client import Hub
from wacket.cli.support.errors import Denied, TimedOut, Unreachable
from wacket.cli.support.place import Place, find


@pytest.fixture
def client(hub):
    made = Hub(find(hub.url, None, "wkt_x", {}), 5)
    yield made
    made.close()


def test_several_questions_share_one_connection_and_show_the_token(hub, client):
    hub.answers["GET /a"] = {"n": 1}
    assert [client.get("/a") for _ in range(3)] == [{"n": 1}] * 3
    assert hub.connections == 1
    assert hub.last().headers["authorization"] == "Bearer wkt_x"


def test_lists_in_a_query_repeat_the_name_and_none_is_left_out(hub, client):
    hub.answers["GET /a"] = {}
    client.get("/a", {"match": ("a/*", "b"), "node": None, "limit": 3})
    assert hub.last().query == {"match": ["a/*", "b"], "limit": ["3"]}


def test_a_compressed_answer_is_unpacked_whole_and_in_pieces(hub, client):
    text = json.dumps({"long": "x" * 100_000}).encode()
    hub.answers["GET /a"] = (200, gzip.compress(text), {"Content-Encoding": "gzip"})
    assert client.get("/a") == json.loads(text)
    assert b"".join(client.stream("/a")) == text


def test_a_refused_stream_raises_and_the_connection_still_works(hub, client):
    hub.answers["GET /a"] = (403, {"error": "not for you"}, {})
    hub.answers["GET /b"] = {"ok": True}
    with pytest.raises(Denied, match="not for you"):
        list(client.stream("/a"))
    assert client.get("/b") == {"ok": True}
    assert hub.connections == 1


@pytest.fixture
def hanging_up():
    """Answers one request on each connection and hangs up without having said so; counts what it read."""
    listening = socket.create_server(("127.0.0.1", 0))
    read: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                link, _ = listening.accept()
            except OSError:
                return
            with link:
                read.append(link.recv(65536))
                link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    thread = threading.Thread(target=serve)
    thread.start()
    yield Place("http", "127.0.0.1", listening.getsockname()[1], None), read
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def test_a_connection_that_was_closed_meanwhile_is_opened_again(hanging_up):
    place, read = hanging_up
    client = Hub(place, 5)
    assert [client.get("/a"), client.get("/a")] == [{}, {}]
    assert len(read) == 2
    client.close()


def test_a_first_connection_that_breaks_is_not_tried_again():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = Hub(Place("http", "127.0.0.1", taken.getsockname()[1], None), 5)
        with pytest.raises(Unreachable):
            client.get("/a")


@pytest.fixture
def broken_off():
    """Promises more than it sends; hangs up, or waits with the rest if `waits` is set."""
    listening = socket.create_server(("127.0.0.1", 0))
    waits, ended = threading.Event(), threading.Event()

    def serve() -> None:
        link, _ = listening.accept()
        with link:
            link.recv(65536)
            link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            if waits.is_set():
                ended.wait(30)

    thread = threading.Thread(target=serve)
    thread.start()
    yield Place("http", "127.0.0.1", listening.getsockname()[1], None), waits
    ended.set()
    thread.join()
    listening.close()


@pytest.mark.parametrize("ask", [lambda hub: hub.get("/a"), lambda hub: list(hub.stream("/a"))])
@pytest.mark.parametrize(("waits", "error"), [(False, Unreachable), (True, TimedOut)])
def test_an_answer_that_stops_in_the_middle_is_told_apart_from_a_slow_one(broken_off, ask, waits, error):
    place, waiting = broken_off
    if waits:
        waiting.set()
    with pytest.raises(error):
        ask(Hub(place, 0.2))
