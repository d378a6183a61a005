"""Hub all the machines of the demo the same, now and then, and keeps the folded answer for who watches."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

QUESTIONS = (["uname", "-sr"], ["df", "-h", "/"], ["sh", "-c", "echo this one went wrong >&2; exit 3"])
TARGET = "tag:demo"


class Asking:
    """`step` looks at the last job, and makes the next one once it is over. `answer` is what `wacket run` would say."""

    name, every, acknowledged, sent = "questions", 4.0, None, 0

    def __init__(self, hub: Callable[[], Any]) -> None:
        self.failed, self.problem = 0, ""
        self.answer: list[str] = []
        self._hub = hub
        self._client: Any = None
        self._questions = cycle(QUESTIONS)
        self._job: tuple[int, str] | None = None

    def step(self) -> None:
        self._client = self._client or self._hub()
        if self._job is not None and not self._look(self._client, *self._job):
            return
        present = [node for node in self._client.get("/api/v1/nodes")["nodes"] if "demo" in node["tags"]]
        if any(node["presence"] == "up" for node in present):
            words = next(self._questions)
            job = self._client.post("/api/v1/jobs", {"target": TARGET, "kind": "exec", "argv": words, "timeout": 30})
            self._job = job["id"], " ".join(words)

    def close(self) -> None:
        pass

    def _look(self, hub: Any, job: int, words: str) -> bool:
        """Whether the job is over; then its answer is kept."""
        if hub.get(f"/api/v1/jobs/{job}")["open"]:
            return False
        answers = hub.get(f"/api/v1/jobs/{job}/answers")["answers"]
        self.answer = [f"$ wacket run {TARGET} -- {words}", *map(_line, answers)]
        return True


def _line(answer: dict[str, Any]) -> str:
    said = (answer["out"] or answer["err"] or answer["state"]).strip().rpartition("\n")[2]
    mark = "" if answer["state"] == "succeeded" else f"✗ exit {answer['exit']}: "
    return f"{mark}{said}   {answer['nodes']}   ({answer['count']})"
