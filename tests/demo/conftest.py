"""A server that answers posts as a test tells it to, and counts connections."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Posts:
    """`answer(path, body)` gives (status, body); `taken` is every (path, body) that came."""

    address: str = ""
    answer: object = lambda path, body: (200, b"{}")
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0


@pytest.fixture
def posts() -> Iterator[Posts]:
    made = Posts()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            made.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.taken.append((self.path, body))
            status, payload = made.answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
