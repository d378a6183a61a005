"""Starts servers as child processes on loopback, tells what they cost, and ends them.

A server gets a folder of its own and is ended when its `with` block is left, also on errors. CPU time and memory
are those of the whole process tree, from /proc. Knows nothing of what is being measured.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import psutil  # type: ignore[import-untyped]

Address = tuple[str, int]

# Quotas that guard a real hub against a mad device would only end a measurement early.
ROOMY = {
    "WACKET_DEBUG": "1",  # a hub that ends by itself tells where
    "WACKET_HUB_OWN_MACHINE": "false",  # what is measured is what is sent
    "WACKET_DOORS_UDP": "127.0.0.1:0",
    "WACKET_INTAKE_NEW_SERIES_PER_HOUR": "100000",
    "WACKET_INTAKE_SERIES_PER_NODE": "100000",
}


def end_in_order() -> None:
    """Let SIGTERM unwind the `with` blocks, so that no server is left behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60.0, pause: float = 0.01) -> None:
    """Returns as soon as `condition()` holds; raises TimeoutError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(pause)


def answers(address: Address) -> bool:
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def work_folder(parent: Path) -> Iterator[Path]:
    """A fresh folder below `parent` that is gone afterwards."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """One child process. Subclasses say `command()`, `ready()` and may write files in `prepare()`."""

    name = "server"

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self.ready_seconds = 0.0

    def prepare(self) -> None:
        """Write configuration; called before each start."""

    def command(self) -> Sequence[str]:
        raise NotImplementedError

    def ready(self) -> bool:
        raise NotImplementedError

    def start(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.prepare()
        began = time.monotonic()
        with (self.folder / f"{self.name}.output").open("ab") as output:
            self._process = subprocess.Popen(
                self.command(), stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=self._environment
            )
        try:
            wait_until(self._ready_or_dead, f"{self.name} ready", pause=0.002)
        except BaseException:
            self.kill()
            raise
        self.ready_seconds = time.monotonic() - began
        return self

    def _ready_or_dead(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self._process.returncode}: {self.output()[-2000:]}")
        return self.ready()

    def output(self) -> str:
        return (self.folder / f"{self.name}.output").read_text("utf-8", "replace")

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError(f"{self.name} is not running")
        return self._process.pid

    def _tree(self) -> list[psutil.Process]:
        own = psutil.Process(self.pid)
        return [own, *own.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """User and system time of the process and its children so far."""
        total = 0.0
        for process in self._tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    def rss(self) -> int:
        """Resident bytes of the process and its children."""
        total = 0
        for process in self._tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
        return total

    def end(self) -> int:
        """SIGTERM, and SIGKILL when that does not help within 30 s; the exit status."""
        return self._leave(signal.SIGTERM)

    def kill(self) -> int:
        """SIGKILL to the server and the children it had."""
        return self._leave(signal.SIGKILL)

    def _leave(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        children: list[psutil.Process] = []
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(how)
        try:
            status = process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        return status

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.end()


class Hub(Server):
    """A real hub on free ports; `http`, `tcp` and `udp` are where it really listens."""

    name = "hub"

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, {**ROOMY, **(environment or {})})
        self.http: Address = ("", 0)
        self.tcp: Address = ("", 0)
        self.udp: Address = ("", 0)

    def command(self) -> Sequence[str]:
        doors = ("--http", f"127.0.0.1:{self.http[1]}", "--tcp", f"127.0.0.1:{self.tcp[1]}")
        return (sys.executable, "-m", "wacket", "up", "--data", str(self.folder), *doors)

    def prepare(self) -> None:
        # A killed hub leaves its card behind; believing it would mean talking to nobody.
        (self.folder / "hub.json").unlink(missing_ok=True)

    def ready(self) -> bool:
        try:
            card = json.loads((self.folder / "hub.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return False
        if card.get("pid") != self.pid or not card.get("http"):
            return False
        self.http, self.tcp, self.udp = (_address(card.get(door)) for door in ("http", "tcp", "udp"))
        return answers(self.http)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        """One request as the owner: status and decoded JSON (or the text when it is not JSON)."""
        return _decoded(*self._ask(method, path, body, {**self._owner(), **headers}))

    def tell(self, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
        """One POST as a device of this machine sends it, without any token."""
        return _decoded(*self._ask("POST", path, body, headers))

    def ask_raw(self, method: str, path: str) -> bytes:
        """The body of an answer that must be 200."""
        status, raw = self._ask(method, path, None, self._owner())
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {raw[:500]!r}")
        return raw

    def _owner(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {(self.folder / 'owner.key').read_text('utf-8').strip()}"}

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(*self.http, timeout=120)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()

    def get(self, path: str) -> Any:
        """The JSON of a GET that must succeed."""
        status, value = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {value}")
        return value


def _decoded(status: int, raw: bytes) -> tuple[int, Any]:
    try:
        return status, json.loads(raw) if raw else None
    except ValueError:
        return status, raw.decode("utf-8", "replace")


def _address(text: str | None) -> Address:
    host, _, port = (text or "").rpartition(":")
    return (host.removeprefix("http://").removeprefix("//").strip("[]"), int(port)) if port.isdigit() else ("", 0)
