"""Runs the boards, each in a thread of its own, until told to stop. A board that cannot send tries again later."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Protocol

from wacket.demo.asking import Asking
from wacket.demo.board import Board, fleet
from wacket.demo.classroom import Classroom
from wacket.demo.machines import NAMES, Machine
from wacket.demo.program import Program
from wacket.demo.ways import Http, Sender, Tcp, Udp


class Life(Protocol):
    """Something that does one thing every so often. `problem` is why it could not the last time."""

    name: str
    every: float
    failed: int
    problem: str

    @property
    def sent(self) -> int: ...

    @property
    def acknowledged(self) -> int | None: ...

    def step(self) -> None: ...

    def close(self) -> None: ...


class BoardLife:
    """A board and its way to the hub."""

    def __init__(self, board: Board, sender: Sender, clock: Callable[[], int]) -> None:
        self.name, self.every = board.node, board.every
        self.failed, self.problem = 0, ""
        self._board, self._sender, self._clock = board, sender, clock

    @property
    def sent(self) -> int:
        return self._sender.sent

    @property
    def acknowledged(self) -> int | None:
        return self._sender.acknowledged

    def step(self) -> None:
        self._sender.send(self._board.frame(self._clock()))

    def close(self) -> None:
        self._sender.close()


class ClassLife(Classroom):
    """The classroom as one more thing that runs."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.name, self.failed, self.problem = self.node, 0, ""


def lives(addresses: Mapping[str, str], seed: int = 1) -> list[Life]:
    """A board of every kind for the doors that are open. `addresses` maps http, tcp, udp to HOST:PORT."""
    senders: dict[str, Callable[[Board], Sender]] = {
        "tcp": lambda board: Tcp(addresses["tcp"], board.node),
        "udp": lambda _: Udp(addresses["udp"]),
        "http": lambda board: Http(addresses["http"], board.node, board.format),
    }
    found: list[Life] = [
        BoardLife(board, senders[board.way](board), _now) for board in fleet(seed) if addresses.get(board.way)
    ]
    return [*found, ClassLife(addresses["http"])] if addresses.get("http") else found


def machines(folder: Path, address: str, hub: Callable[[], Any]) -> list[Life]:
    """Computers with agents, a program that logs on the first of them, and somebody who asks them all."""
    made = [Machine(name, folder / name, address, hub) for name in NAMES]
    oven = Program(made[0].logs, Random("oven"), _now)  # noqa: S311
    return [*made, oven, Asking(hub)]


@contextmanager
def running(living: Sequence[Life]) -> Iterator[None]:
    """All of them live while this is open; all have ended when it is left."""
    stop = threading.Event()
    threads = [threading.Thread(target=_live, args=(life, stop), name=life.name, daemon=True) for life in living]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _live(life: Life, stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            try:
                life.step()
            except OSError as error:
                life.failed, life.problem = life.failed + 1, f"{life.name}: {error}"
            stop.wait(life.every)
    finally:
        life.close()


def _now() -> int:
    return time.time_ns() // 1000
