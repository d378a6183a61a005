"""A hub as a process of its own, for commands that need one for themselves: the demo, the crash test.

It is this very program (`python -m wacket up`), so what is shown is what a user gets. It ends with whoever started it,
however that ends: its standard input is a pipe from there, and it ends when nobody holds the other end any more.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from wacket.cli.support.client import Hub
from wacket.cli.support.errors import Failed
from wacket.cli.support.place import find
from wacket.settings import split_address

STARTING = 60.0  # seconds until it must have said where it listens
PATIENCE = 15.0  # seconds for an orderly end


class HubProcess:
    """A hub in `folder`. `addresses` maps doors to HOST:PORT while it runs."""

    def __init__(self, folder: Path, doors: dict[str, str]) -> None:
        self.folder, self.doors = folder, doors
        self.addresses: dict[str, str] = {}
        self.ready: dict[str, Any] = {}
        self.trouble = ""  # why it did not end well, if it did not
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens. Raises Failed with its own words when it does not come up."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        # -P: what lies in the folder where the user happens to be is not imported.
        words = [sys.executable, "-P", "-m", "wacket", "up", "--json", "--until-eof", "--data", str(self.folder)]
        words += [part for door, address in self.doors.items() for part in (f"--{door}", address)]
        # What the environment says of hubs and their settings is meant for another one.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WACKET_")}
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._words().open("ab") as complaints:
            self._process = subprocess.Popen(  # noqa: S603
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=environment,
                # Ctrl-C is for whoever started it, which then ends it in order.
                start_new_session=True,
            )
        self.ready = self._first_line()
        self.addresses = self.ready["addresses"]

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order; by force when it does not, and then `trouble` says so."""
        code = self._end(signal.SIGTERM)
        # Told to end before it had set up its signals, it ends by the signal itself.
        if code not in {None, 0, -signal.SIGTERM}:
            self.trouble = f"the hub ended with {code}: {self.complaints() or 'it said nothing'}"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def hub(self, timeout: float = 30.0) -> Hub:
        """A client with all rights."""
        return Hub(find(None, str(self.folder), None, {}), timeout)

    def complaints(self) -> str:
        """The last of what it wrote on standard error."""
        try:
            return self._words().read_text("utf-8", "replace")[-2000:].strip()
        except OSError:
            return ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _words(self) -> Path:
        return self.folder / "hub.err"

    def _first_line(self) -> dict[str, Any]:
        process = self._process
        assert process is not None and process.stdout is not None  # noqa: S101
        heard, _, _ = select.select([process.stdout], [], [], STARTING)
        try:
            ready = json.loads(process.stdout.readline()) if heard else None
        except ValueError:
            ready = None
        if not isinstance(ready, dict):
            self.kill()
            raise Failed(f"the hub did not start: {self.complaints() or 'it said nothing'}")
        return ready

    def _end(self, how: signal.Signals) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        if process.poll() is None:
            process.send_signal(how)
        try:
            return process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()


def free_or_any(address: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> str:
    """`address` if it can be listened on now, else the same host with any free port."""
    host, port = split_address(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as attempt:
        if kind == socket.SOCK_STREAM:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError:
            return f"[{host}]:0" if ":" in host else f"{host}:0"
    return address
