"""What journeys ask the hub, and how they wait: for a condition, with a deadline, never for a time."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from tests.support.ask import ask

from wacket.api.parts import Parts

T = TypeVar("T")


async def until(question: Callable[[], Awaitable[T]], right: Callable[[T], bool], seconds: float = 10) -> T:
    """Ask again and again until the answer is right; fails with the last answer when the time is over."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        answer = await question()
        if right(answer):
            return answer
        assert asyncio.get_running_loop().time() < deadline, f"after {seconds} s still {answer!r}"
        await asyncio.sleep(0.01)


async def points(hub: Parts, match: str) -> list[list[float]]:
    """Every reading of the series that fit, as [at in µs, value], series after series."""
    found = await ask(hub, "/api/v1/series/values", match=match, since="2015-01-01T00:00:00Z", step="raw")
    return [point for one in found["series"] for point in one["points"]]


async def values(hub: Parts, match: str) -> list[float]:
    return [value for _, value in await points(hub, match)]


def program(name: str, package: str) -> str:
    """The path of an installed program; the test is skipped where there is none."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed here (Debian: apt-get install {package})")
    return path


async def run(*command: str, given: bytes = b"") -> tuple[int, bytes, bytes]:
    """Run a program with this standard input: its exit status, output and errors."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(given), 30)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, out, err
