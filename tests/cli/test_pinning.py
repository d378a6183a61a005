"""A hub is known by its certificate: whoever shows another one hears nothing, on no connection."""

import contextlib
import socket
import ssl
import threading

import pytest

from wacket.cli.support import live
from wacket.cli.support.client import Hub
from wacket.cli.support.errors import Denied
from wacket.cli.support.place import find
from wacket.doors import certificate

NOW = 1_800_000_000_000_000
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@pytest.fixture
def hubs(tmp_path):
    """The hub's certificate and that of somebody who takes its place."""
    return [certificate.ensure(tmp_path / name, NOW, ["127.0.0.1"]) for name in ("own", "other")]


def _speaking(files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    return context


@contextlib.contextmanager
def answering(answer, shown):
    """A server whose first connection shows `shown[0]`, the next `shown[1]`; gives its port and what each heard."""
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        for files in shown:
            try:
                link, _ = listening.accept()
            except OSError:
                return
            said = b""
            with contextlib.suppress(OSError), _speaking(files).wrap_socket(link, server_side=True) as secure:
                said = secure.recv(65536)
                secure.sendall(answer)
            heard.append(said)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1], heard
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def client(port, files):
    return Hub(find(f"https://127.0.0.1:{port}#{files.fingerprint}", None, "wkt_secret", {}), 5)


def test_the_right_certificate_hears_the_token(hubs):
    with answering(OK, hubs[:1]) as (port, heard), contextlib.closing(client(port, hubs[0])) as hub:
        assert hub.get("/a") == {}
    assert b"wkt_secret" in heard[0]


def test_a_connection_that_is_opened_anew_is_looked_at_again(hubs):
    with answering(OK, hubs) as (port, heard), contextlib.closing(client(port, hubs[0])) as hub:
        hub.get("/a")
        with pytest.raises(Denied, match="another certificate"):
            hub.get("/a")
    assert heard[1] == b""


def test_logs_are_followed_on_the_very_connection_that_was_looked_at(hubs):
    refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with answering(refused, hubs) as (port, heard), pytest.raises(Denied, match="let you follow"):
        live.connected(client(port, hubs[0]), {}).__enter__()
    assert len(heard) == 1 and b"wkt_secret" in heard[0]


def test_logs_of_another_hub_are_not_followed(hubs):
    with answering(OK, hubs[1:]) as (port, heard), pytest.raises(Denied, match="another certificate"):
        live.connected(client(port, hubs[0]), {}).__enter__()
    assert heard == [b""]
