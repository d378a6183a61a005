"""Machines with agents, for the fault runs: each agent a process of its own behind a network that can be cut.

A machine's commands write what they did into its folder, outside of everything that agent and hub keep.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.agents import RUN
from benchmarks.harness import Server
from tests.support.cutting import Cutting

CONFIGURATION = "[allow]\nrun = yes\n[collect]\nenabled = no\n"


class Machine(Server):
    """`start` begins its agent; the identity and everything else on its disk stays over kills."""

    name = "agent"

    def __init__(self, folder: Path, called: str, file: Path, network: Cutting) -> None:
        super().__init__(folder, {"PYTHONDONTWRITEBYTECODE": "1"})
        self.called, self.file, self.network = called, file, network
        self.marks = folder / "marks"
        self.config, self.state = folder / "config", folder / "state"

    def join(self, token: str) -> None:
        """Make it a node of the hub at the other end of its network."""
        host, port = self.network.address
        words = [*self._program("join"), f"http://{host}:{port}", "--name", self.called, "--no-service"]
        self.folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(words, input=token.encode(), capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr.decode()
        subprocess.run(self._program("allow", *RUN), check=True, capture_output=True, timeout=30)

    def command(self) -> Sequence[str]:
        return self._program("run")

    def ready(self) -> bool:
        return True

    def marked(self) -> list[str]:
        """The ids that its commands wrote, in order."""
        return self.marks.read_text("utf-8").split() if self.marks.exists() else []

    def kill(self) -> int:
        """SIGKILL to the agent alone: what it began goes on, as it does when a real agent dies."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.kill()
        return process.wait()

    def _program(self, *words: str) -> list[str]:
        folders = ["--config", str(self.config), "--state", str(self.state)]
        return [sys.executable, "-I", "-S", str(self.file), *words, *folders]
