"""An HTTP server on a real socket that answers what a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Request(NamedTuple):
    """`target` is path and query as they came; names of headers are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Response(NamedTuple):
    """A length is added unless `headers` has one."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


@contextmanager
def serving(answer: Callable[[Request], Response], connected: Callable[[], None]) -> Iterator[str]:
    """The HOST:PORT at which `answer` is asked; `connected` is called for each connection."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body leave in two writes; without this each answer waits for a delayed ACK.
        disable_nagle_algorithm = True

        def setup(self) -> None:
            connected()
            super().setup()

        def reply(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            response = answer(Request(self.command, self.path, headers, body))
            self.send_response(response.status)
            for name, text in {"Content-Length": str(len(response.body)), **response.headers}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = reply  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
