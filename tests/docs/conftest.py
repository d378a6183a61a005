"""What the documentation tests share: the pages, their code blocks, and a real hub to run the blocks against.

Blocks marked `sh` and `python` are run, in the order in which they stand on the page; `console`, `toml`, `cpp` and
`text` are shown only, because they need another machine, root, or a board.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if not path.relative_to(ROOT).as_posix().startswith("docs/decisions/")
)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK_SECONDS = 60
A_HUB = "192.168.1.10"  # as boards' sketches call theirs


class Block(NamedTuple):
    """One fenced block; `line` is where its first line stands."""

    language: str
    text: str
    line: int


def blocks_of(page: str) -> list[Block]:
    return [
        Block(found[1], found[2], page.count("\n", 0, found.start()) + 2)
        for found in FENCE.finditer(page)
        if found[1] in ("sh", "python")
    ]


@dataclass
class Hub:
    """A hub that `wacket up` started, and a folder in which to type commands."""

    folder: Path
    addresses: dict[str, str]
    environment: dict[str, str]
    said: list[str] = field(default_factory=list)  # what the commands printed

    def aim(self, text: str) -> str:
        """The text with the default ports, and a hub elsewhere on the network, replaced by those of this hub."""
        ports = {door: address.rpartition(":")[2] for door, address in self.addresses.items()}
        lines = []
        for line in text.splitlines():
            lines_port = ports["udp" if "nc -u" in line else "tcp"]
            aimed = line.replace("127.0.0.1:8080", f"127.0.0.1:{ports['http']}")
            aimed = aimed.replace("127.0.0.1 8090", f"127.0.0.1 {lines_port}")
            lines.append(aimed.replace(f'"{A_HUB}", 8090', f'"127.0.0.1", {lines_port}'))
        return "\n".join(lines) + "\n"

    def command(self, block: Block) -> list[str]:
        text = self.aim(block.text)
        if block.language == "python":
            return [sys.executable, "-c", text]
        return ["bash", "-e", "-o", "pipefail", "-c", text]

    def run(self, block: Block) -> None:
        """Run a block to its end; it must succeed."""
        done = subprocess.run(
            self.command(block),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=BLOCK_SECONDS,
            check=False,
        )
        self.said.append(done.stdout)
        assert done.returncode == 0, f"line {block.line}:\n{block.text}\n{done.stdout}\n{done.stderr}"

    def run_for_ever(self, block: Block, arrived: str) -> None:
        """Run a block that does not end until `wacket series ls` shows the series `arrived`."""
        with subprocess.Popen(
            self.command(block), cwd=self.folder, env=self.environment, stderr=subprocess.PIPE, text=True
        ) as going:
            try:
                self.wait_for_series(arrived, going)
            finally:
                going.kill()

    def wait_for_series(self, name: str, going: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + BLOCK_SECONDS
        while time.monotonic() < deadline:
            if going.poll() is not None:
                raise AssertionError(f"the program ended:\n{going.stderr.read() if going.stderr else ''}")
            asked = self.wacket("series", "ls", "--json", name)
            if asked.returncode == 0 and name.rpartition("/")[2] in asked.stdout:
                return
            time.sleep(0.2)
        raise AssertionError(f"{name} did not arrive")

    def wacket(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "wacket", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=BLOCK_SECONDS,
            check=False,
        )


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """`wacket up` in an empty folder, on free ports; what the page's commands find as this machine's hub."""
    typed = tmp_path / "typed"
    typed.mkdir()
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        **{f"WACKET_DOORS_{door}": "127.0.0.1:0" for door in ("HTTP", "TCP", "UDP")},
    }
    with subprocess.Popen(
        [sys.executable, "-m", "wacket", "up", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as going:
        assert going.stdout and going.stderr
        ready = going.stdout.readline()
        try:
            assert ready, going.stderr.read()
            yield Hub(typed, json.loads(ready)["addresses"], environment)
        finally:
            going.send_signal(signal.SIGTERM)
            try:
                going.wait(20)
            except subprocess.TimeoutExpired:
                going.kill()


def require_tools(text: str) -> None:
    """Skip where a command that the text uses is not installed."""
    for tool in ("nc", "curl"):
        if re.search(rf"\b{tool} ", text) and not shutil.which(tool):
            pytest.skip(f"{tool} is not installed; this page's commands need it")
