"""The sketch of the documentation, run by MicroPython itself (as WebAssembly, under Node), feeds a real hub."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from pathlib import Path

import pytest
from tests.journeys.told import program, values
from tests.support.ask import ask

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "how-to" / "feed-from-boards.md"
PACKAGE = "@micropython/micropython-webassembly-pyscript"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def interpreter() -> Path:
    """MicroPython from npm; the test is skipped where it is not installed."""
    folder = Path(os.environ.get("WACKET_NODE_MODULES", Path(sys.prefix) / "node_modules"))  # where make setup puts it
    found = folder / PACKAGE / "micropython.mjs"
    if not found.exists():
        pytest.skip(f"MicroPython for Node is not here (npm install --no-save {PACKAGE})")
    return found


def sketches() -> list[str]:
    """The sketches of the page that open a socket, in order."""
    return [block for block in BLOCK.findall(PAGE.read_text("utf-8")) if "socket.socket(" in block]


async def run_on_a_board(folder: Path, sketch: str, *connections: socket.socket) -> str:
    """Run a sketch whose sockets are these connections; what it printed. Fails if it did not end well."""
    path = folder / "sketch.py"
    path.write_text(sketch, "utf-8")
    wires = [connection.fileno() for connection in connections]
    process = await asyncio.create_subprocess_exec(
        *(program("node", "nodejs"), str(HERE / "micropython.mjs"), str(interpreter())),
        *(str(HERE / "micropython_board.py"), str(path), ",".join(map(str, wires))),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        pass_fds=wires,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, err.decode()
    return out.decode()


async def test_the_shortest_sketch_feeds_the_hub(hub: Parts, tmp_path: Path) -> None:
    sketch = sketches()[0]
    assert len([line for line in sketch.splitlines() if line.strip()]) <= 10
    host, _, port = hub.addresses["tcp"].partition(":")
    with socket.create_connection((host, int(port))) as connection:
        await run_on_a_board(tmp_path, sketch, connection)
        connection.shutdown(socket.SHUT_WR)
        assert await asyncio.to_thread(connection.recv, 100) == b""  # closed when everything is on disk
    (series,) = (await ask(hub, "/api/v1/series"))["series"]
    assert (series["node"], series["name"]) == ("greenhouse", "temperature")
    assert await values(hub, "greenhouse/temperature") == [21.4] * 3


async def test_the_careful_sketch_sends_again_what_a_broken_connection_lost(hub: Parts, tmp_path: Path) -> None:
    sketch = next(one for one in sketches() if "epoch=" in one)
    host, _, port = hub.addresses["tcp"].partition(":")
    broken, other_end = socket.socketpair()
    other_end.close()
    with (
        socket.create_connection((host, int(port))) as first,
        broken,
        socket.create_connection((host, int(port))) as last,
    ):
        await run_on_a_board(tmp_path, sketch, first, broken, last)
    assert await values(hub, "temperature") == [21.4] * 3
    assert (await ask(hub, "/api/v1/health"))["statistics"]["intake"]["duplicates"] == 0


async def test_every_sketch_compiles_on_a_board(tmp_path: Path) -> None:
    for sketch in sketches():
        printed = await run_on_a_board(tmp_path, f"compile({sketch!r}, 'sketch', 'exec')\nprint('compiled')")
        assert printed == "compiled\n"
