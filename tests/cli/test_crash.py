"""The crash test itself, against hubs that do not keep what they promise."""

import contextlib
import socket
import threading
from random import Random

import pytest

from wacket.cli.support import crash

pytestmark = pytest.mark.slow


class Pretender:
    """Listens as a hub does and gives every line that comes `answer`, or none."""

    answer = b""

    def __init__(self, *_):
        self._listening: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def start(self):
        listening = socket.create_server(("127.0.0.1", 0))
        self.addresses = {"tcp": f"127.0.0.1:{listening.getsockname()[1]}"}
        self._listening.append(listening)
        self._threads.append(threading.Thread(target=self._serve, args=[listening]))
        self._threads[-1].start()

    def _serve(self, listening):
        with contextlib.suppress(OSError):
            while True:
                link, _ = listening.accept()
                self._listening.append(link)
                link.recv(65536)
                if self.answer:
                    link.sendall(self.answer)

    def kill(self):
        for one in self._listening:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join()

    stop = kill

    def hub(self):
        return socket.socket()


def tried(monkeypatch, answer):
    monkeypatch.setattr(crash, "HubProcess", type("Fake", (Pretender,), {"answer": answer}))
    monkeypatch.setattr(crash, "PATIENCE", 0.05)
    monkeypatch.setattr(crash, "_verdict", lambda _, kills, acknowledged: crash.Verdict(kills, acknowledged, 0, 0))
    return crash.torture(None, 2, Random(1), lambda _: None, lambda _: None)


def test_a_hub_that_acknowledges_nothing_fails_at_every_start(monkeypatch):
    found = tried(monkeypatch, b"")
    assert (found.stalled, found.passed) == (2, False)


def test_a_hub_that_refuses_a_good_line_fails_and_its_words_are_kept(monkeypatch):
    found = tried(monkeypatch, b"ok 1\nno 2 I do not like it\n")
    assert "I do not like it" in found.trouble and not found.passed
