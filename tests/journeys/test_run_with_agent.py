"""wacket run through a real hub and a real agent: programs, files there and back, time limits, and no second run."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.journeys.told import until
from tests.support.ask import ask, send
from tests.support.commandline import wacket

from wacket.api.parts import Parts

pytestmark = pytest.mark.slow

AGENT = Path(__file__).parents[2] / "agent"
PROGRAM = """
import os, sys
print(sys.argv[1:], sys.stdin.read(), os.environ["A"], open("data.csv").read().strip())
os.makedirs("out")
open("out/plot.txt", "w").write("brought")
print("odd", file=sys.stderr)
"""


@asynccontextmanager
async def machine(hub: Parts, folder: Path, name: str) -> AsyncIterator[None]:
    """An agent as a process of its own that has joined and allows all that these tests ask of it."""
    raw = json.dumps({"accept": True}).encode()
    _, _, made = await send(hub, "POST", "/api/v1/join-tokens", raw, owner=True, content_type="application/json")
    await asyncio.to_thread((folder / "token").write_text, json.loads(made)["token"] + "\n")
    where = ["--config", str(folder / "conf"), "--state", str(folder / "state")]
    token = ["--token-file", str(folder / "token"), "--name", name, "--no-service"]
    await finished("join", f"http://{hub.addresses['http']}", *token, *where)
    await finished("allow", "run", "files", *(["root"] if os.getuid() == 0 else []), *where)
    going = await begun("run", *where)
    try:
        await until(
            lambda: ask(hub, "/api/v1/nodes"),
            lambda found: {"up"} == {one["presence"] for one in found["nodes"] if one["name"] == name},
        )
        yield
    finally:
        going.terminate()
        await going.wait()


async def begun(*words: str) -> asyncio.subprocess.Process:
    environment = {**os.environ, "PYTHONPATH": str(AGENT)}
    command = (sys.executable, "-m", "wacket_agent", *words)
    return await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.DEVNULL)


async def finished(*words: str) -> None:
    async with asyncio.timeout(30):
        assert await (await begun(*words)).wait() == 0


async def test_a_program_gets_all_that_it_was_given_and_its_files_come_back(hub: Parts, tmp_path: Path) -> None:
    here = tmp_path / "here"
    await asyncio.to_thread(here.mkdir)
    files = {"program.py": PROGRAM, "data.csv": "1,2\n"}
    for name, text in files.items():
        await asyncio.to_thread((here / name).write_text, text)
    async with machine(hub, tmp_path, "demo-01"):
        words = ["--py", "program.py", "--env", "A=1", "--stdin", "-", "--send", "data.csv", "--bring", "out/*.txt"]
        ran = await wacket(hub, "run", "demo-01", *words, "--", "x", "--y", given="typed", cwd=here)
        assert (ran.code, ran.out) == (0, "['x', '--y'] typed 1 1,2\n")
        assert ran.err == "odd\n✓ 1 file in job-1/\n"
        assert await asyncio.to_thread((here / "job-1/demo-01/out/plot.txt").read_text) == "brought"


async def test_the_end_of_a_program_is_told_however_it_ends(hub: Parts, tmp_path: Path) -> None:
    async with machine(hub, tmp_path, "demo-01"):
        late = await wacket(hub, "run", "demo-01", "--timeout", "1", "--", "sleep", "60")
        assert late.code == 124 and "demo-01: timed out" in late.err
        missing = await wacket(hub, "run", "demo-01", "--", "no-such-program")
        assert missing.code == 1 and "there is no program 'no-such-program'" in missing.err
        shell = await wacket(hub, "run", "demo-01", "--exit-code", "--", "sh", "-c", "echo a; echo b >&2; exit 7")
        assert (shell.code, shell.out) == (7, "a\n") and shell.err.startswith("b\n")
        killed = await wacket(hub, "run", "demo-01", "--exit-code", "--", "sh", "-c", "kill -9 $$")
        assert killed.code == 137


async def test_a_job_that_is_cancelled_ends_on_its_machine(hub: Parts, tmp_path: Path) -> None:
    async with machine(hub, tmp_path, "demo-01"):
        assert (await wacket(hub, "run", "demo-01", "--no-wait", "--", "sleep", "600")).out == "1\n"
        await until(lambda: ask(hub, "/api/v1/jobs/1"), lambda job: job["nodes"][0]["state"] == "running")
        assert (await wacket(hub, "job", "cancel", "1")).code == 0
        followed = await wacket(hub, "job", "follow", "1")
        assert followed.code == 1 and "demo-01: cancelled" in followed.err
