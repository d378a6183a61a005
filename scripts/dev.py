"""What `make dev` runs: a hub with simulated boards and real agents in a folder that goes away, and before it the page
from its sources, anew with each change. One Ctrl-C ends all of it.

The page's server passes on to the hub what is not the page (web/vite.config.ts), so there is one address to open.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import page

WEB = page.ROOT / "web"
HOST, PORT = "127.0.0.1", 5173
PATIENCE = 30.0  # seconds for an orderly end
# Vite goes on when its input has ended; so it would outlive this where this is killed.
UNTIL_EOF = "data:text/javascript,process.stdin.on('end',()=>process.exit()).resume()"
LINK = re.compile(r"http://[^/\s]+(?=/s/)")


def main() -> int:
    """Run both until Ctrl-C, or until the demo ends by itself."""
    try:
        node = page.find_node()
        page.install(node, WEB)
    except (page.Unbuilt, page.Broken) as error:
        print(error, file=sys.stderr)
        return 1
    words = [sys.executable, "-m", "wacket", "demo", "--plain", "--no-browser", *sys.argv[1:]]
    with contextlib.suppress(KeyboardInterrupt), started(words, stdout=subprocess.PIPE, text=True) as demo, orderly():
        first = demo.stdout.readline()
        address = LINK.search(first)
        if address is None:
            return demo.wait()
        port = free(PORT)
        vite = [node.program, "--import", UNTIL_EOF, WEB / "node_modules" / "vite" / "bin" / "vite.js"]
        vite += ["--host", HOST, "--port", str(port), "--strictPort", "--logLevel", "warn"]
        with started(vite, stdin=subprocess.PIPE, cwd=WEB, env={**os.environ, "WACKET_HUB": address[0]}):
            tell(first, port)
            for line in demo.stdout:
                tell(line, port)
    return 0


def tell(line: str, port: int) -> None:
    """What the demo says, with the address of the page's own server in place of the hub's."""
    print(LINK.sub(f"http://{HOST}:{port}", line), end="", flush=True)


@contextlib.contextmanager
def started(words: list[Any], **more: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that Ctrl-C does not reach: it is ended here, in order."""
    process = subprocess.Popen(words, start_new_session=True, **more)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@contextlib.contextmanager
def orderly() -> Iterator[None]:
    """SIGTERM and a closed terminal end it as Ctrl-C does."""

    def end(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    for kind in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, end)
    yield


def free(port: int) -> int:
    """This port, or any other if it is taken."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError:
            attempt.bind((HOST, 0))
        return int(attempt.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
