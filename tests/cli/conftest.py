"""A hub that answers what a test tells it to, over a real socket, and remembers what it was asked."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

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


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body leave in two writes; without this each answer waits for a delayed ACK.
        disable_nagle_algorithm = True

        def setup(self) -> None:
            hub.connections += 1
            super().setup()

        def answer(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            asked = Asked(self.command, parts.path, parse_qs(parts.query), headers, body)
            hub.asked.append(asked)
            known = hub.answers.get(f"{self.command} {parts.path}", (404, {"error": "no such thing"}, {}))
            known = known(asked) if callable(known) else known
            status, value, more = known if isinstance(known, tuple) else (200, known, {})
            payload = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            for name, text in {"Content-Length": str(len(payload)), **more}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


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
