"""Two workers and a teacher at /hw_supervisor: the class protocol as document 000 describes it.

What each does next is a pure function of the status; `Classroom` carries it over HTTP.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from wacket.demo.ways import TIMEOUT, post
from wacket.settings import split_address

USERS = ("student-1", "student-2")
PROGRAM = "print(sum(range({n})))"


def teacher(status: Mapping[str, Any], turn: int) -> dict[str, str] | None:
    """What the teacher posts when the status is this; None while it is the worker's turn."""
    if status["state"] == 0:
        return {"command": "hw_command_request", "hw_comm": PROGRAM.format(n=10 + turn % 90)}
    if status["state"] == 3:
        return {"command": "server_analysis_provide", "server_anal": "correct"}
    return None


def worker(status: Mapping[str, Any], turn: int) -> dict[str, str] | None:
    """What the board posts: it collects the program, then answers with what it printed."""
    if status["state"] == 1:
        return {"command": "hw_command_retrieval"}
    if status["state"] == 2:
        n = 10 + turn % 90
        return {"command": "hw_response_provide", "hw_resp": str(n * (n - 1) // 2)}
    return None


class Classroom:
    """`step` lets everybody do one thing. `sent` counts requests, `acknowledged` the answered ones."""

    node, every = "class", 2.0

    def __init__(self, address: str) -> None:
        self.sent = self.acknowledged = 0
        self._turn = 0
        self._link = http.client.HTTPConnection(*split_address(address), timeout=TIMEOUT)

    def step(self) -> None:
        for user in USERS:
            status = self._say(user, {"command": "status_query"})
            move = teacher(status, self._turn) or worker(status, self._turn)
            if move:
                self._say(user, move)
        self._turn += 1

    def close(self) -> None:
        self._link.close()

    def _say(self, user: str, fields: Mapping[str, str]) -> dict[str, Any]:
        self.sent += 1
        body = urlencode({"user": user, **fields}).encode()
        status, answer = post(self._link, "/hw_supervisor", body, "application/x-www-form-urlencoded")
        if status != 200:
            raise ConnectionError(f"/hw_supervisor answered {status}")
        self.acknowledged += 1
        said: dict[str, Any] = json.loads(answer)
        return said
