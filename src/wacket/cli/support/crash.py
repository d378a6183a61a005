"""Kills a private hub again and again while a sender that remembers what was acknowledged keeps sending, then counts.

The sender is a board as the protocol asks it to be: it numbers its lines, keeps those that are not acknowledged, and
sends them again to the next hub. Every acknowledged line must be there exactly once, the others at most once.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from wacket.cli.support.client import Hub
from wacket.cli.support.process import HubProcess
from wacket.settings import split_address

NODE = "crash-test"
BURST = 200  # lines between two looks at the acknowledgements
WINDOW = 5000  # lines that may wait for their acknowledgement
PATIENCE = 15.0  # seconds for the first acknowledgement after a start
DOORS = {"http": "127.0.0.1:0", "tcp": "127.0.0.1:0", "udp": ""}


class Verdict(NamedTuple):
    """What was found in the store after the last start."""

    kills: int
    acknowledged: int
    missing: int
    doubled: int
    damage: tuple[str, ...] = ()
    stalled: int = 0  # starts after which nothing was acknowledged
    trouble: str = ""  # a good line that was refused, and how

    @property
    def passed(self) -> bool:
        return self.acknowledged > 0 and not (
            self.missing or self.doubled or self.damage or self.stalled or self.trouble
        )


class Sender(threading.Thread):
    """Sends numbered lines as fast as they are acknowledged. `acknowledged` lines, from 0, are on disk."""

    def __init__(self) -> None:
        super().__init__(name="crash-sender", daemon=True)
        self.acknowledged = 0
        self.trouble = ""  # how a good line was refused, if one was
        self._address: str | None = None
        self._changed = threading.Condition()
        self._ended = False
        self._progress = threading.Event()

    def turn_to(self, address: str | None) -> None:
        """The hub is here now; None while there is none."""
        with self._changed:
            self._address = address
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self.join()

    def wait_for_progress(self, seconds: float) -> bool:
        """Whether anything is acknowledged from now on within so many seconds."""
        self._progress.clear()
        return self._progress.wait(seconds)

    def run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._address is not None)
                if self._ended:
                    return
                address = self._address
            try:
                self._converse(address or "")
            except OSError:
                self._forget(address)

    def _forget(self, address: str | None) -> None:
        """That hub is gone: wait to be told of the next one."""
        with self._changed:
            if self._address == address:
                self._address = None

    def _converse(self, address: str) -> None:
        """One connection, from the first line that is not acknowledged."""
        start, heard = self.acknowledged, b""
        following = start
        with socket.create_connection(split_address(address), 5) as link:
            link.sendall(f"hello node={NODE} ack=yes epoch=crash seq={start}\n".encode())
            while not self._ended:
                if following - self.acknowledged < WINDOW:
                    link.sendall(b"".join(line(n) for n in range(following, following + BURST)))
                    following += BURST
                *said, heard = (heard + link.recv(65536)).split(b"\n")
                for answer in said:
                    self._take(answer, start)

    def _take(self, answer: bytes, start: int) -> None:
        words = answer.split(b" ", 2)
        if len(words) >= 2 and words[0] == b"ok" and words[1].isdigit():
            self.acknowledged = max(self.acknowledged, start + int(words[1]))
            self._progress.set()
        elif words[0] not in {b"", b"have"}:
            self.trouble = f"the hub refused a good line: {answer[:200]!r}"
            raise ConnectionError(self.trouble)


def line(number: int) -> bytes:
    """Readings and sentences by turns, so that both kinds of store are tried."""
    return b"crash:%d\n" % number if number % 2 == 0 else b"crash line %d\n" % number


def torture(
    folder: Path, kills: int, chance: Random, pause: Callable[[float], None], told: Callable[[int], None]
) -> Verdict:
    """Kill the hub in `folder` `kills` times. `pause` waits so many seconds; `told` hears of each kill."""
    process, sender, stalled = HubProcess(folder, DOORS), Sender(), 0
    sender.start()
    try:
        for number in range(kills):
            process.start()
            sender.turn_to(process.addresses["tcp"])
            stalled += not sender.wait_for_progress(PATIENCE)
            pause(chance.uniform(0.02, 0.4))
            sender.turn_to(None)
            process.kill()
            told(number + 1)
        sender.end()
        process.start()
        with contextlib.closing(process.hub()) as hub:
            return _verdict(hub, kills, sender.acknowledged)._replace(stalled=stalled, trouble=sender.trouble)
    finally:
        if sender.is_alive():
            sender.end()
        process.stop()


def _verdict(hub: Hub, kills: int, acknowledged: int) -> Verdict:
    found = Counter(stored_numbers(hub))
    missing = sum(1 for number in range(acknowledged) if number not in found)
    doubled = sum(1 for times in found.values() if times > 1)
    damage = hub.get("/api/v1/health").get("history", {}).get("damage") or ()
    return Verdict(kills, acknowledged, missing, doubled, tuple(map(str, damage)))


def stored_numbers(hub: Hub) -> list[int]:
    """The number of every line that the hub has, as often as it has it."""
    asked = {"node": NODE, "format": "ndjson"}
    readings = b"".join(hub.stream("/api/v1/export/readings", asked)).splitlines()
    logs = b"".join(hub.stream("/api/v1/export/logs", asked)).splitlines()
    numbers = [int(json.loads(row)["value"]) for row in readings]
    sentence = re.compile(r"crash line (\d+)")
    return numbers + [int(hit[1]) for row in logs if (hit := sentence.fullmatch(json.loads(row)["body"]))]
