"""The ways in as boards use them: acknowledgements, and what happens when the hub goes away."""

import socket
import threading

import pytest

from wacket.demo.ways import Http, Tcp, Udp


@pytest.fixture
def lines():
    """A TCP server: `answers` are sent, one for each line that came; None hangs up. `came` is what came."""
    listening = socket.create_server(("127.0.0.1", 0))
    answers: list[bytes | None] = []
    came: list[bytes] = []
    answered = threading.Semaphore(0)

    def serve() -> None:
        while True:
            try:
                link, _ = listening.accept()
            except OSError:
                return
            with link, link.makefile("rb") as reader:
                for line in reader:
                    came.append(line)
                    answer = answers.pop(0) if answers else b""
                    if answer is None:
                        break
                    link.sendall(answer)
                    answered.release()
            answered.release()

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"127.0.0.1:{listening.getsockname()[1]}", answers, came, answered
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def wait(answered, times):
    for _ in range(times):
        assert answered.acquire(timeout=10)


def test_tcp_says_hello_and_counts_what_is_acknowledged_over_connections(lines):
    address, answers, came, answered = lines
    answers += [b"", b"ok 1\nno 2 bad", b" line\n", b"", b"ok 1\n"]
    way = Tcp(address, "bench", patience=10)
    way.send(b"a:1\n")
    assert (way.sent, way.acknowledged) == (1, 1)
    way.send(b"b:2\n")
    assert (way.sent, way.acknowledged) == (2, 2)
    way.close()
    wait(answered, 4)
    way.send(b"c:3\n")
    assert (way.sent, way.acknowledged) == (3, 3)
    way.close()
    assert came[:2] == [b"hello node=bench ack=yes\n", b"a:1\n"] and came.count(came[0]) == 2


def test_tcp_raises_when_the_hub_hangs_up_and_opens_a_new_connection_after_that(lines):
    address, answers, came, answered = lines
    answers += [None]
    way = Tcp(address, "bench", patience=0.01)
    with pytest.raises(OSError):
        while True:
            way.send(b"a:1\n")
    wait(answered, 1)
    way.send(b"c:3\n")
    wait(answered, 2)
    way.close()
    assert came[-1] == b"c:3\n"


def test_udp_sends_and_expects_nothing():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        door.settimeout(10)
        way = Udp(f"127.0.0.1:{door.getsockname()[1]}")
        way.send(b"a:1\nb:2\n")
        assert door.recv(100) == b"a:1\nb:2\n"
        assert (way.sent, way.acknowledged) == (2, None)
        way.close()


def test_http_counts_what_is_stored_and_keeps_its_connection(posts):
    posts.answer = lambda path, body: (200, b'{"stored": 2, "rejected": 0}')
    way = Http(posts.address, "rack one", "influx")
    way.send(b"a\nb\n")
    way.send(b"c\nd\n")
    assert (way.sent, way.acknowledged, posts.connections) == (4, 4, 1)
    assert posts.taken[0] == ("/api/v1/ingest/influx?node=rack%20one", b"a\nb\n")
    way.close()


def test_the_heading_of_a_table_is_no_line_that_could_be_lost(posts):
    posts.answer = lambda path, body: (200, b'{"stored": 1, "rejected": 0}')
    way = Http(posts.address, "logger", "csv")
    way.send(b"time,temp\n1,2\n")
    assert (way.sent, way.acknowledged) == (1, 1)
    way.close()


def test_a_refusal_is_an_error_with_the_hubs_words(posts):
    posts.answer = lambda path, body: (503, b'{"error": "disk full"}')
    way = Http(posts.address, "rack", "influx")
    with pytest.raises(ConnectionError, match="disk full"):
        way.send(b"a\n")
    way.close()
