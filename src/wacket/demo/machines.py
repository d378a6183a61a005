"""Three real agents on this machine, as three computers of the place: what the hub serves, run as it would be there.

Each is a process of its own with settings in the demo's folder; its owner has allowed programs to be run. They end with
whoever started them, however that ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wacket import agentfile

NAMES = ("this-machine", "desk-1", "desk-2")
PATIENCE = 10.0  # seconds for an orderly end
JOINING = 60.0
LOGS = "[logs]\njournal = no\nkernel = no\ncontainers = no\nfolders = {folder}\n"
# What is the same on all three need not come three times.
FEWER = "[collect]\nports = off\npackages = off\nusb = off\nprocesses = off\n"


class Machine:
    """One agent; `hub` makes a client. `step` makes it join and start the first time, and complains if it ended."""

    every, acknowledged, sent = 2.0, None, 0

    def __init__(self, name: str, folder: Path, address: str, hub: Callable[[], Any]) -> None:
        self.name, self.failed, self.problem = name, 0, ""
        self.logs = folder / "logs"  # where its programs write theirs
        self._folder, self._address, self._hub = folder, address, hub
        self._file = folder / "wacket-agent.pyz"
        self._process: subprocess.Popen[bytes] | None = None

    def step(self) -> None:
        if self._process is None:
            self._join()
            self._process = self._start()
        elif (code := self._process.poll()) is not None:
            raise ConnectionError(f"its agent ended with {code}: {self._last_words()}")

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None  # noqa: S101
        process.stdin.close()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _join(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        self._file.write_bytes(agentfile.build())
        hub = self._hub()
        token = hub.post("/api/v1/join-tokens", {"accept": True, "tags": {"demo": ""}})["token"]
        self._say("join", f"http://{self._address}", "--name", self.name, "--no-service", words=token.encode())
        # Three nodes of one machine look like a copied card, and wait for a person's word.
        hub.patch(f"/api/v1/nodes/{quote(self.name)}", {"state": "adopted"})
        self._set_up()
        self._say("allow", "run", *(["root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []))

    def _set_up(self) -> None:
        settings = self._folder / "config" / "agent.conf"
        text = settings.read_text("utf-8").replace("[logs]\n", LOGS.format(folder=self.logs))
        settings.write_text(text if self.name == NAMES[0] else text.replace("[collect]\n", FEWER), "utf-8")

    def _say(self, *command: str, words: bytes = b"") -> None:
        """One word of the agent's command line. Raises OSError if it does not go well."""
        done = subprocess.run(  # noqa: S603
            self._words(*command), input=words, capture_output=True, timeout=JOINING, check=False
        )
        if done.returncode:
            raise ConnectionError(f"{command[0]}: {done.stderr.decode('utf-8', 'replace')[-300:].strip()}")

    def _start(self) -> subprocess.Popen[bytes]:
        with (self._folder / "agent.err").open("wb") as complaints:
            return subprocess.Popen(  # noqa: S603
                [*self._words("run"), "--until-eof"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                start_new_session=True,  # Ctrl-C is for the demo, which then ends it in order
            )

    def _words(self, *command: str) -> list[str]:
        folders = ["--config", str(self._folder / "config"), "--state", str(self._folder / "state")]
        return [sys.executable, "-I", "-S", str(self._file), *command, *folders]

    def _last_words(self) -> str:
        try:
            return (self._folder / "agent.err").read_text("utf-8", "replace")[-200:].strip()
        except OSError:
            return ""
