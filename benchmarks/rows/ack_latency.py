"""How long a sender waits for its acknowledgement at 2,000 points/s: 20 connections, 100 lines a second each."""

from __future__ import annotations

import selectors
import time

import numpy as np

from benchmarks.harness import Address, Hub, work_folder
from benchmarks.report import Figure, Options
from benchmarks.senders import Job, Ready, connect, run

CONNECTIONS = 20
RATE = 2000  # lines a second in all


class Board:
    """One connection: when each line was sent, and when the hub said that it is on disk."""

    def __init__(self, address: Address, number: int) -> None:
        self.socket = connect(address)
        self.socket.sendall(b"hello node=ack-%d ack=yes\n" % number)
        self.sent: list[float] = []
        self.waited: list[float] = []
        self._held = b""

    def send(self, value: int) -> None:
        self.sent.append(time.monotonic())
        self.socket.sendall(b"temp:%d.%02d\n" % (20 + value % 7, value % 100))

    def hear(self) -> None:
        now = time.monotonic()
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the hub closed the connection")
        *whole, self._held = (self._held + data).split(b"\n")
        for answer in whole:
            word, _, rest = answer.partition(b" ")
            if word != b"ok":
                raise RuntimeError(f"unexpected answer {answer[:200]!r}")
            self.waited += [now - at for at in self.sent[len(self.waited) : int(rest)]]


def job(address: Address, seconds: int) -> Job:
    def work(ready: Ready) -> list[float]:
        boards = [Board(address, number) for number in range(CONNECTIONS)]
        with selectors.DefaultSelector() as selector:
            for board in boards:
                selector.register(board.socket, selectors.EVENT_READ, board)
            ready()
            began, total = time.monotonic(), RATE * seconds
            for number in range(total):
                _listen(selector, began + number / RATE)
                boards[number % CONNECTIONS].send(number)
            while sum(len(board.waited) for board in boards) < total:
                _listen(selector, time.monotonic() + 0.01)
        for board in boards:
            board.socket.close()
        return [wait for board in boards for wait in board.waited]

    return work


def _listen(selector: selectors.BaseSelector, until: float) -> None:
    while (left := until - time.monotonic()) > 0:
        for key, _ in selector.select(left):
            key.data.hear()


def measure(options: Options) -> list[Figure]:
    with work_folder(options.folder) as folder, Hub(folder) as hub:
        run([job(hub.tcp, 1)])
        cpu = hub.cpu_seconds()
        seconds, (waits,) = run([job(hub.tcp, options.pick(15, 4))])
        share = (hub.cpu_seconds() - cpu) / seconds * 100
    p50, p99 = (float(x) * 1000 for x in np.percentile(waits, (50, 99)))
    note = f"{CONNECTIONS} TCP connections, ack=yes; worst {max(waits) * 1000:.0f} ms; hub used {share:.0f} % of a core"
    return [
        Figure("acknowledgement at 2,000 points/s, p50", p50, "ms", 20, 5, "low", note),
        Figure("acknowledgement at 2,000 points/s, p99", p99, "ms", 100, 50, "low", note),
    ]
