"""The program `wacket` as a process of its own, against a running hub, as its owner."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import NamedTuple

from wacket.api.parts import Parts


class Ran(NamedTuple):
    code: int
    out: str
    err: str


async def wacket(hub: Parts, *words: str, given: str = "", cwd: Path | None = None) -> Ran:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WACKET_")}
    environment |= {"WACKET_HUB": f"http://{hub.addresses['http']}", "WACKET_TOKEN": hub.owner_key, "PYTHONUTF8": "1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wacket", *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        cwd=cwd,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate(given.encode())
    return Ran(process.returncode or 0, out.decode(), err.decode())
