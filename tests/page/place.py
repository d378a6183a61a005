"""A hub, agents and boards as processes and sockets of their own, for tests that look at the page from outside.

Nothing here knows how the page is made, nor waits for a time: it waits for a condition, with a deadline.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 30.0  # seconds for anything to come true
# What a browser says by itself while the hub is gone.
AWAY = (
    "ERR_CONNECTION_REFUSED",
    "WebSocket connection",
    "Failed to load resource",
    "Unable to preload",
    "dynamically imported",
)
AGENT = Path(__file__).parents[2] / "agent"
PASSWORD = "correct horse battery"


def until(ask: Callable[[], T], right: Callable[[T], bool] = bool) -> T:
    """The first answer that is right. Fails with the last one when PATIENCE is over."""
    end = time.monotonic() + PATIENCE
    while True:
        answer = ask()
        if right(answer):
            return answer
        assert time.monotonic() < end, f"still {answer!r}"
        time.sleep(0.05)


class Hub:
    """`wacket up` on a folder. `address` and `tcp` stay the same when it is ended and started again."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder, self._settings = folder, settings
        self._doors = {"http": "127.0.0.1:0", "tcp": "127.0.0.1:0", "udp": ""}
        self._process: subprocess.Popen[str] | None = None
        self.setup_link = ""

    @property
    def address(self) -> str:
        return f"http://{self._doors['http']}"

    @property
    def tcp(self) -> str:
        return self._doors["tcp"]

    def start(self) -> None:
        doors = [word for door, address in self._doors.items() for word in (f"--{door}", address)]
        command = [sys.executable, "-m", "wacket", "--json", "--data", str(self.folder), "up", *doors]
        environment = {name: text for name, text in os.environ.items() if not name.startswith("WACKET_")}
        with (self.folder.parent / "hub.log").open("a") as log:
            self._process = subprocess.Popen(
                command, env=environment | self._settings, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout
        ready = json.loads(self._process.stdout.readline())
        self._doors |= {door: ready["addresses"][door] for door in ("http", "tcp")}
        self.setup_link = ready["setup_link"]

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.communicate(timeout=PATIENCE)
            self._process = None

    def stop(self) -> None:
        """Neither ended nor answering, as behind a pulled plug."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """As the owner. Raises HTTPError."""
        key = (self.folder / "owner.key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        raw = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, raw, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            said = answer.read()
        return json.loads(said) if said else None

    def send(self, lines: str, node: str = "") -> None:
        """Lines over TCP as a board sends them, acknowledged: they are on disk when this returns."""
        host, _, port = self.tcp.rpartition(":")
        hello = f"hello node={node} ack=yes\n" if node else "hello ack=yes\n"
        with socket.create_connection((host, int(port)), PATIENCE) as link:
            link.sendall((hello + lines).encode())
            link.shutdown(socket.SHUT_WR)
            while link.recv(4096):
                pass

    def board(self, name: str) -> None:
        """A board that is let in already."""
        self.ask("POST", "/api/v1/nodes", {"name": name, "kind": "board"})

    def person(self, name: str, role: str) -> None:
        self.ask("POST", "/api/v1/people", {"name": name, "role": role, "password": PASSWORD})

    def _presence(self, name: str) -> str:
        return str(self.ask("GET", f"/api/v1/nodes/{name}")["presence"])

    def _allows(self, name: str) -> dict[str, bool]:
        return dict(self.ask("GET", f"/api/v1/nodes/{name}")["allows"] or {})

    def _node(self, name: str) -> dict[str, Any]:
        return dict(self.ask("GET", f"/api/v1/nodes/{name}"))

    def _let_in(self, name: str, allow: tuple[str, ...]) -> None:
        """A second agent on one machine waits for a person, whatever its token says."""
        if self._node(name)["state"] == "pending":
            self.ask("PATCH", f"/api/v1/nodes/{name}", {"state": "adopted"})
        until(lambda: self._node(name), lambda node: _is_up(node) and all(node["allows"][one] for one in allow))

    @contextmanager
    def machine(self, name: str, *allow: str, tags: dict[str, str] | None = None, token: str = "") -> Iterator[None]:
        """A real agent, a process of its own, that has joined and is up, or waits where `token` asks a person."""
        folder = self.folder.parent / f"machine-{name}"
        folder.mkdir()
        let_in = not token
        token = token or self.ask("POST", "/api/v1/join-tokens", {"accept": True, "tags": tags or {}})["token"]
        (folder / "token").write_text(token + "\n")
        where = ["--config", str(folder / "conf"), "--state", str(folder / "state")]
        _agent("join", self.address, "--token-file", str(folder / "token"), "--name", name, "--no-service", *where)
        if allow:
            _agent("allow", *allow, *(["root"] if os.getuid() == 0 else []), *where)
        process = subprocess.Popen(_command("run", *where), env=_environment(), stdout=subprocess.DEVNULL)
        try:
            until(lambda: self._node(name)["presence"], ("up", "pending").__contains__)
            if let_in:
                self._let_in(name, allow)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _is_up(node: dict[str, Any]) -> bool:
    return bool(node["presence"] == "up" and node["allows"])


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "wacket_agent", *words]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(AGENT)}


def _agent(*words: str) -> None:
    done = subprocess.run(
        _command(*words), check=False, env=_environment(), capture_output=True, timeout=PATIENCE, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
