"""Two threads share one TLS connection: nothing is lost, and whoever waits can be ended."""

import asyncio
import contextlib
import socket
import ssl
import threading

import pytest

from wacket.cli.support import turns
from wacket.doors import certificate

NOW = 1_800_000_000_000_000
MESSAGES = 20_000


@contextlib.contextmanager
def echo(files):
    """A TLS server that answers what it hears; its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    loop, opened, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    address = []

    async def answer(reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve():
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        address.append(server.sockets[0].getsockname())
        opened.set()
        async with server:
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert opened.wait(10)
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


@pytest.fixture
def shared(tmp_path):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    files = certificate.ensure(tmp_path, NOW, ["127.0.0.1"])
    with echo(files) as address, contextlib.closing(socket.create_connection(address, 10)) as plain:
        connection = turns.TakingTurns(context.wrap_socket(plain))
        yield connection
        connection.close()


class Slow:
    """A connection whose `send` is not over before somebody else has come, and which tells who came too early."""

    def __init__(self):
        self.writing, self.came = threading.Event(), threading.Event()
        self.together = None

    def gettimeout(self):
        return None

    def setblocking(self, blocking):
        assert not blocking, "whoever waits inside would keep the other out"

    def send(self, data):
        self.writing.set()
        assert self.came.wait(10)
        self.writing.clear()
        return len(data)

    def recv(self, most):
        self.together = self.writing.is_set()
        self.came.set()
        return b"read"


def test_nobody_reads_inside_while_another_writes(monkeypatch):
    slow, turn = Slow(), threading.Lock()

    class Turn:
        def __enter__(self):
            if threading.current_thread() is reader:
                slow.came.set()
            turn.acquire()

        def __exit__(self, *_):
            turn.release()

    monkeypatch.setattr(turns, "Lock", Turn)
    connection = turns.TakingTurns(slow)
    reader = threading.Thread(target=lambda: slow.writing.wait(10) and connection.recv(10))
    reader.start()
    connection.sendall(b"written")
    reader.join()
    assert slow.together is False


@pytest.mark.parametrize(
    "messages",
    [
        [b"%07d\n" % number for number in range(MESSAGES)],
        [bytes(range(256)) * 40_000],  # more than the system takes at once
    ],
    ids=["many", "long"],
)
def test_one_reads_while_the_other_writes(shared, messages):
    sent, came = b"".join(messages), bytearray()

    def read():
        while len(came) < len(sent) and (data := shared.recv(65536)):
            came.extend(data)

    reader = threading.Thread(target=read)
    reader.start()
    for message in messages:
        shared.sendall(message)
    reader.join()
    assert bytes(came) == sent


def test_silence_is_told_after_the_seconds_that_were_set(shared):
    shared.settimeout(0.01)
    with pytest.raises(TimeoutError, match="says nothing"):
        shared.recv(10)


def test_whoever_waits_is_woken_when_it_is_closed(shared):
    ended = []

    def read():
        with contextlib.suppress(OSError, ValueError):
            ended.append(shared.recv(10))
        ended.append("over")

    reader = threading.Thread(target=read)
    reader.start()
    shared.close()
    reader.join(10)
    assert ended[-1] == "over"
