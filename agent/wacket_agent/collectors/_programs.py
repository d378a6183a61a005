"""Runs a program for what it prints: bounded in time and output, and always ended together with what it started.

For short looks at the machine only. What people send to be run goes another way (`commands`), with other promises.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from typing import IO, Callable, Mapping, NamedTuple, Sequence

from wacket_agent import memory_cap

LONGEST_OUTPUT = 1 << 20  # bytes
LONGEST_ERRORS = 8192
# Programs print numbers and words in the same way everywhere only in this locale.
ENVIRONMENT = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin",
}


class Ran(NamedTuple):
    """What came of it. `why` is why it was ended by force, "" if it was not."""

    exit: int
    out: str
    err: str
    why: str = ""


Run = Callable[[Sequence[str], float], Ran]


def run(
    argv: Sequence[str],
    seconds: float,
    most: int = LONGEST_OUTPUT,
    env: Mapping[str, str] = ENVIRONMENT,
    cwd: str = "/",
) -> Ran:
    """Raises FileNotFoundError and other OSErrors where it cannot be started."""
    deadline = time.monotonic() + seconds
    with subprocess.Popen(  # noqa: S603 - what to run is written in the collectors, or put there by the owner
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env={"HOME": os.environ.get("HOME", "/"), **env},
        start_new_session=True,
    ) as process:
        memory_cap.lift_of(process.pid)
        heard = {process.stdout: bytearray(), process.stderr: bytearray()}
        limits = {process.stdout: most, process.stderr: LONGEST_ERRORS}
        why = _read(heard, limits, deadline) or _wait(process, deadline)
        if why:
            # Not waited for yet, so that its number is still its own.
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        out, err = (bytes(told).decode("utf-8", "replace") for told in heard.values())
    return Ran(code, out, err, why)


def _read(heard: dict[IO[bytes], bytearray], limits: Mapping[IO[bytes], int], deadline: float) -> str:
    """Fills `heard` until all is said. Why it stopped before, or ""."""
    with selectors.DefaultSelector() as selector:
        for pipe in heard:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                return "it took too long"
            for key, _ in selector.select(left):
                pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]
                piece = os.read(key.fd, 65536)
                room = limits[pipe] - len(heard[pipe])
                heard[pipe] += piece[:room]
                if len(piece) > room:
                    return f"it printed more than {limits[pipe]} bytes"
                if not piece:
                    selector.unregister(pipe)
    return ""


def _wait(process: subprocess.Popen[bytes], deadline: float) -> str:
    """It has closed its outputs; it need not have ended."""
    try:
        process.wait(max(deadline - time.monotonic(), 0.01))
    except subprocess.TimeoutExpired:
        return "it took too long"
    return ""
