"""Real agents and crowds of simulated ones, for the rows that need them. Measures nothing itself."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from benchmarks.harness import Address, Hub, Server, wait_until
from wacket import agentfile

RUN = ("run", "root") if os.geteuid() == 0 else ("run",)  # root runs commands as root, or as another account


def join_token(hub: Hub, uses: int) -> str:
    """A token that takes in so many machines without asking anybody."""
    words = [sys.executable, "-m", "wacket", "token", "create", "--uses", str(uses), "--accept", "--json"]
    done = subprocess.run(words, check=True, capture_output=True, env={**os.environ, "WACKET_DATA": str(hub.folder)})
    return str(json.loads(done.stdout)["token"])


class Agent(Server):
    """A real agent: the one file that the hub serves, run by this very Python without its packages."""

    name = "agent"

    def __init__(
        self, folder: Path, called: str, address: Address, allows: Sequence[str] = RUN, token: str = ""
    ) -> None:
        super().__init__(folder, {"PYTHONDONTWRITEBYTECODE": "1"})
        self.called, self._address, self._allows, self._token = called, address, allows, token
        self.config, self.state = folder / "config", folder / "state"
        self._file = folder / "wacket-agent.pyz"

    def join(self) -> None:
        """Make it a node of the hub. Once; its identity stays in its folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file.write_bytes(agentfile.build())
        words = self.program("join", f"http://{self._address[0]}:{self._address[1]}", "--name", self.called)
        done = subprocess.run(
            [*words, "--no-service"], input=self._token.encode(), capture_output=True, timeout=60, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the agent could not join: {done.stderr.decode()[-1000:]}")
        if self._allows:
            subprocess.run(self.program("allow", *self._allows), check=True, capture_output=True, timeout=30)

    def command(self) -> Sequence[str]:
        return self.program("run")

    def ready(self) -> bool:
        return True

    def program(self, *words: str) -> list[str]:
        folders = ["--config", str(self.config), "--state", str(self.state)]
        return [sys.executable, "-I", "-S", str(self._file), *words, *folders]


@contextlib.contextmanager
def agent(hub: Hub, folder: Path, called: str = "real", allows: Sequence[str] = RUN) -> Iterator[Agent]:
    """A real agent that is up, as the hub sees it."""
    made = Agent(folder, called, hub.http, allows, join_token(hub, 1))
    made.join()
    with made:
        wait_until(lambda: presence(hub, called) == "up", f"{called} is up", 30)
        yield made


def accept(hub: Hub, name: str) -> None:
    """As a person does who has compared the codes: a second node of one machine waits for that, whatever its token."""
    status, answer = hub.ask(
        "PATCH", f"/api/v1/nodes/{name}", b'{"state": "adopted"}', **{"Content-Type": "application/json"}
    )
    if status != 200:
        raise RuntimeError(f"{name} cannot be accepted: {status} {answer}")


def presence(hub: Hub, name: str) -> str:
    return str(hub.get(f"/api/v1/nodes/{name}")["presence"])


class Crowd:
    """So many simulated agents in a process of their own, connected when the context is entered."""

    def __init__(self, hub: Hub, count: int) -> None:
        self.hub, self.count = hub, count

    def __enter__(self) -> Self:
        host, port = self.hub.http
        words = [sys.executable, "-m", "benchmarks.simulated", host, str(port), str(self.count)]
        words.append(join_token(self.hub, self.count))
        source = Path(__file__).parents[1] / "agent"  # they speak with the agent's own codec
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(source)},
        )
        self.wait_connected(self.count, 300)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def say(self, word: str = "facts") -> dict[str, Any]:
        """`mark` begins to count anew; `report` lets each tell 3 series every 10 s, `tell` 10. What was counted."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def wait_connected(self, count: int, seconds: float) -> None:
        wait_until(lambda: self.say()["connected"] >= count, f"{count} agents are connected", seconds, 0.2)


class Asker:
    """Jobs over one kept-alive connection, each followed to its end."""

    def __init__(self, hub: Hub) -> None:
        self._link = http.client.HTTPConnection(*hub.http, timeout=300)
        key = (hub.folder / "owner.key").read_text("utf-8").strip()
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Accept": "application/x-ndjson",
        }

    def run(self, target: str, **job: Any) -> tuple[float, list[dict[str, Any]]]:
        """Seconds from the request to the last event, and the events that are not output."""
        body = json.dumps({"target": target, "kind": "exec", "timeout": 600, "expires": 600, **job}).encode()
        began = time.perf_counter()
        self._link.request("POST", "/api/v1/jobs", body, self._headers)
        answer = self._link.getresponse()
        if answer.status >= 300:
            raise RuntimeError(f"POST /api/v1/jobs: {answer.status} {answer.read()[:500]!r}")
        events = [event for event in map(json.loads, answer) if event["event"] != "output"]
        return time.perf_counter() - began, events

    def close(self) -> None:
        self._link.close()


def percentile(samples: Sequence[float], share: float) -> float:
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
