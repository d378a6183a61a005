"""Lets a teacher's check program judge an answer, in a process that is limited and thrown away.

The program gets the answer as JSON on standard input and prints its verdict. What it does is bounded in time, memory
and size, and where the system can (Linux with Landlock) it sees no file of the hub's and no network, and changes
nothing: CONFINES says so.
It does not know where answers come from nor where verdicts go.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wacket.classes import check_worker as worker
from wacket.classes.check_calls import calls
from wacket.classes.life import LONGEST_VALUE
from wacket.errors import Unavailable

SECONDS = 15.0  # on the clock; of processor time it has worker.CPU_SECONDS
DRAINING = 2.0  # seconds; only what is not confined could leave somebody behind who holds the pipes
AT_ONCE = 2
CALLS = calls(os.uname().machine) if hasattr(os, "uname") else b""
CONFINES = bool(CALLS) and worker.version() >= 1
FAILED = "CHECK FAILED: "  # begins what stands in for a verdict where there is none


class Checker:
    """Judges a few answers at once; more wait."""

    def __init__(self, seconds: float = SECONDS, confines: bool = CONFINES) -> None:
        self._seconds, self._confines = seconds, confines
        self._places = asyncio.Semaphore(AT_ONCE)

    async def verdict(self, program: str, answer: Mapping[str, Any]) -> str:
        """What the program prints, or FAILED and why there is no verdict. Raises Unavailable where no process can be
        had."""
        async with self._places:
            try:
                folder = await asyncio.to_thread(_prepared, program)
            except OSError as error:
                raise Unavailable(f"the check program could not be stored: {error.strerror}") from error
            try:
                return await self._judged(Path(folder.name), json.dumps(answer).encode())
            finally:
                await asyncio.to_thread(folder.cleanup)

    async def _judged(self, folder: Path, answer: bytes) -> str:
        process = await _started(folder, CALLS if self._confines else b"")
        try:
            async with asyncio.timeout(self._seconds):
                reading = _read(process, process.stdout), _read(process, process.stderr)
                out, err, _ = await asyncio.gather(*reading, _feed(process, answer))
                code = await process.wait()
        except TimeoutError:
            return f"{FAILED}it took longer than {self._seconds:g} s"
        finally:
            await _end(process)
        return _meaning(code, out, err)


def _prepared(program: str) -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="wacket-check-", ignore_cleanup_errors=True)
    try:
        (Path(folder.name) / "check.py").write_text(program, "utf-8")
    except OSError:
        folder.cleanup()
        raise
    return folder


async def _started(folder: Path, allowed: bytes) -> asyncio.subprocess.Process:
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder)}
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", worker.__file__, str(folder), allowed.hex()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
    except OSError as error:
        raise Unavailable(f"the check program could not be started: {error.strerror}") from error


async def _feed(process: asyncio.subprocess.Process, answer: bytes) -> None:
    """A program that does not read what it is given is none the worse for it."""
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(answer)
            await process.stdin.drain()
        process.stdin.close()


async def _read(process: asyncio.subprocess.Process, pipe: asyncio.StreamReader | None) -> bytes:
    """All that it says; one that says too much is ended."""
    said = b""
    while pipe is not None and (piece := await pipe.read(65536)):
        said = (said + piece)[: LONGEST_VALUE + 1]
        if len(said) > LONGEST_VALUE:
            _kill(process)
    return said


async def _end(process: asyncio.subprocess.Process) -> None:
    """Whatever it has begun ends with it, and nothing is left in its pipes: only then are they closed."""
    _kill(process)
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAINING):
            await asyncio.gather(_read(process, process.stdout), _read(process, process.stderr))
    await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _meaning(code: int, out: bytes, err: bytes) -> str:
    if max(len(out), len(err)) > LONGEST_VALUE:
        return f"{FAILED}it printed more than {LONGEST_VALUE} bytes"
    if code == 0:
        return out.decode("utf-8", "replace").strip("\n")
    if code == worker.UNCONFINED and not out:
        return f"{FAILED}the system did not confine it, so it was not begun"
    ended = f"signal {-code}" if code < 0 else f"exit {code}"
    last = err.decode("utf-8", "replace").strip().rpartition("\n")[2][:500]
    return f"{FAILED}{ended}" + (f": {last}" if last else "")
