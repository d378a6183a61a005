"""Senders that remember what the hub acknowledged, and what they cannot know. Each runs in a thread until stopped.

They behave as a careful board or program would: they keep what was not acknowledged and send it again, with the same
numbers or the same key. Anything that the hub should not do is kept in `trouble`.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import threading
from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import urlencode

from benchmarks.harness import Address, Hub
from benchmarks.payloads import energy_event

PATIENCE = 10.0  # seconds that a sender waits for an answer before it connects again


class Sender(ABC):
    """A thread that sends numbers 0, 1, 2 …; `acknowledged` grows, and only with the hub's word."""

    def __init__(self, hub: Hub, name: str, seed: int = 0) -> None:
        self.hub, self.name = hub, name
        self.chance = random.Random(seed)
        self.acknowledged = 0  # numbers below this are on disk, says the hub
        self.trouble: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(30)
        if self._thread.is_alive():
            self.trouble.append(f"{self.name} did not end")

    @property
    def http(self) -> Address:
        return self.hub.http

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.talk()
            except (OSError, http.client.HTTPException):
                self._stop.wait(0.02)  # the hub is down: that is what the test does to it
            except Exception as error:
                self.trouble.append(f"{self.name}: {type(error).__name__}: {error}")
                return

    @abstractmethod
    def talk(self) -> None:
        """One connection, until it breaks or the sender is stopped."""


class TcpSender(Sender):
    """TCP lines with ack=yes, an epoch and numbers; bytes leave in pieces that do not respect lines."""

    window = 3000  # lines under way

    def talk(self) -> None:
        first = self.acknowledged
        with socket.create_connection(self.hub.tcp, timeout=PATIENCE) as connection:
            connection.sendall(f"hello node={self.name} ack=yes epoch=e1 seq={first}\n".encode())
            answers = connection.makefile("rb")
            with answers:
                self._hear(answers.readline(), first)
                sent = first
                while not self._stop.is_set():
                    lines = self.chance.randrange(1, 200)
                    sent = self._send(connection, sent, lines)
                    while sent - self.acknowledged > self.window:
                        self._hear(answers.readline(), first, sent)
                while self.acknowledged < sent:
                    self._hear(answers.readline(), first, sent)

    def _send(self, connection: socket.socket, sent: int, lines: int) -> int:
        body = b"".join(b"n:%d\n" % number for number in range(sent, sent + lines))
        cut = self.chance.randrange(1, len(body))
        connection.sendall(body[:cut])
        connection.sendall(body[cut:])
        return sent + lines

    def _hear(self, answer: bytes, first: int, sent: int = 0) -> None:
        if not answer.endswith(b"\n"):
            raise ConnectionError("the hub went away")
        word, _, rest = answer.decode().strip().partition(" ")
        if word == "ok":
            now = first + int(rest)
            if now > sent:
                self.trouble.append(f"{self.name}: ok for {now}, but only {sent} were sent")
            self.acknowledged = max(self.acknowledged, now)
        elif word == "have":
            if int(rest) < self.acknowledged - 1:
                self.trouble.append(f"{self.name}: {answer!r}, yet {self.acknowledged} were acknowledged")
        else:
            self.trouble.append(f"{self.name}: {answer!r}")


class NdjsonSender(Sender):
    """NDJSON requests with an Idempotency-Key; a request is sent again with its key until it is answered."""

    lines = 150

    def talk(self) -> None:
        connection = http.client.HTTPConnection(*self.hub.http, timeout=PATIENCE)
        with contextlib.closing(connection):
            while not self._stop.is_set():
                first = self.acknowledged
                numbers = range(first, first + self.lines)
                body = "".join(f'{{"name":"n","value":{number}}}\n' for number in numbers)
                headers = {"Idempotency-Key": f"{self.name}-{first}"}
                connection.request("POST", f"/api/v1/ingest/ndjson?node={self.name}", body, headers)
                answer = connection.getresponse()
                said = json.loads(answer.read())
                if answer.status == 503:
                    self._stop.wait(0.05)
                    continue
                if answer.status != 200 or said["stored"] != self.lines:
                    self.trouble.append(f"{self.name}: {answer.status} {said}")
                self.acknowledged += self.lines


class StoreSender(Sender):
    """One energy event a request to /log/store. It has no key, so an unanswered event is not sent again."""

    def __init__(self, hub: Hub, name: str, seed: int = 0) -> None:
        super().__init__(hub, name, seed)
        self.next = 1_000_000 * (seed + 1)
        self.answered: set[int] = set()
        self.unsure: set[int] = set()

    def talk(self) -> None:
        connection = http.client.HTTPConnection(*self.hub.http, timeout=PATIENCE)
        with contextlib.closing(connection):
            while not self._stop.is_set():
                number = self.next
                self.next += 1
                self.unsure.add(number)
                connection.request("POST", "/log/store", energy_event(number), {"Content-Type": "text/plain"})
                answer = connection.getresponse()
                body = answer.read()
                self.unsure.discard(number)
                if answer.status == 200:
                    self.answered.add(number)
                    self.acknowledged += 1
                elif answer.status != 503:
                    self.trouble.append(f"{self.name}: {answer.status} {body[:200]!r}")


class ClassSender(Sender):
    """Rounds of the class protocol for one user, step by step. A step without an answer is made again: if it was made
    already the state does not allow it, and the answer is the same."""

    # Command, the value that it carries, and the field of the answer that shows the round.
    steps = (
        ("hw_command_request", "hw_comm", "hw_command"),
        ("hw_command_retrieval", "", "hw_command"),
        ("hw_response_provide", "hw_resp", "hw_response"),
        ("server_analysis_provide", "server_anal", "server_analysis"),
    )

    @classmethod
    def step(cls, number: int) -> tuple[str, dict[str, str]]:
        """The command of a step, counted from the first round on, and what it carries."""
        command, value, _ = cls.steps[number % len(cls.steps)]
        return command, {value: str(number // len(cls.steps))} if value else {}

    def talk(self) -> None:
        connection = http.client.HTTPConnection(*self.hub.http, timeout=PATIENCE)
        with contextlib.closing(connection):
            while not self._stop.is_set():
                command, carried = self.step(self.acknowledged)
                fields = {"user": self.name, "command": command, **carried}
                connection.request("POST", "/hw_supervisor?" + urlencode(fields))
                answer = connection.getresponse()
                said = json.loads(answer.read())
                if answer.status == 503:
                    self._stop.wait(0.05)
                    continue
                if answer.status != 200 or not self._is_after(self.acknowledged, said):
                    self.trouble.append(f"{self.name}: {answer.status} {said} after step {self.acknowledged}")
                self.acknowledged += 1

    def _is_after(self, number: int, status: dict[str, Any]) -> bool:
        round_, place = divmod(number, len(self.steps))
        return status["state"] == (place + 1) % len(self.steps) and status[self.steps[place][2]] == str(round_)
