"""A hub that answers what a test tells it to, over a real socket, and remembers what it was asked."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result
from tests.support.serving import Request, Response, serving

from wacket.cli.support.lazy import root
from wacket.cli.support.report import told


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


@dataclass
class FakeHub:
    """`answers["GET /path"]` is JSON, or (status, body, headers), or a function from Asked to one of these."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    def last(self) -> Asked:
        return self.asked[-1]

    def connected(self) -> None:
        self.connections += 1

    def reply(self, request: Request) -> Response:
        parts = urlsplit(request.target)
        asked = Asked(request.method, parts.path, parse_qs(parts.query), dict(request.headers), request.body)
        self.asked.append(asked)
        known = self.answers.get(f"{asked.method} {asked.path}", (404, {"error": "no such thing"}, {}))
        known = known(asked) if callable(known) else known
        status, value, more = known if isinstance(known, tuple) else (200, known, {})
        return Response(status, value if isinstance(value, bytes) else json.dumps(value).encode(), more)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    with serving(fake.reply, fake.connected) as address:
        fake.url = f"http://{address}"
        yield fake


@dataclass
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def wacket(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line against the fake hub, in this process, with its output taken."""
    for name in ("WACKET_HUB", "WACKET_DATA", "WACKET_TOKEN", "NO_COLOR", "WACKET_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WACKET_HUB", hub.url)

    def run(*words: str, input: str | None = None) -> Ran:  # noqa: A002
        outcome: list[int] = []

        def main(args: list[str], **_: Any) -> None:
            with told() as ended, root.make_context("wacket", args) as context:
                root.invoke(context)
            outcome.append(ended.code)

        runner = CliRunner()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(root, "main", main)
            result: Result = runner.invoke(root, list(words), input=input)
        if result.exception is not None:
            raise result.exception
        return Ran(outcome[0], result.stdout, result.stderr)

    return run
