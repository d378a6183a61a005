"""An agent that is killed again and again while files are written and renamed: each line once, in the real journal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from wacket_agent.journal.store import Store

AGENT = Path(__file__).parents[3] / "agent"
LINES, ROUNDS = 400, 6

READER = """
import asyncio, sys, types
from wacket_agent.logs import LogReading, reading
from wacket_agent.journal.store import Store
reading.TURN_SECONDS = 0.002
options = {"files": sys.argv[2] + "/a.log*", "folders": sys.argv[2], "journal": "no", "containers": "no"}
config = types.SimpleNamespace(allows=types.SimpleNamespace(logs=True), options={"logs": options})

async def main():
    store = Store.open(sys.argv[1])
    work = LogReading(store, config, lambda: 1795262400000000)
    task = asyncio.ensure_future(work.run())
    while not task.done():
        await asyncio.sleep(0.005)
        store.flush()
        print(work.statistics()["entries"], flush=True)

asyncio.run(main())
"""


@pytest.mark.slow
def test_an_agent_that_is_killed_loses_and_repeats_nothing(tmp_path: Path) -> None:
    logs, state = tmp_path / "log", tmp_path / "state"
    logs.mkdir()
    program = logs / "wacket_log_1"
    program.write_text('{"pid": 1, "program": "oven"}\n')
    written: list[str] = []
    for turn in range(ROUNDS):
        reader = subprocess.Popen(
            [sys.executable, "-S", "-c", READER, str(state), str(logs)],
            env={"PYTHONPATH": str(AGENT)},
            stdout=subprocess.PIPE,
        )
        try:
            if turn == 0:  # what is there before the first look is not read
                wait_for(reader, 1)
            for number in range(LINES):
                written.append(f"line {turn} {number}")
                with (logs / "a.log" if number % 2 else program).open("a") as file:
                    file.write(written[-1] + "\n")
                if number == LINES // 2 + turn:
                    (logs / "a.log").rename(logs / f"a.log.{turn}")
            # Killed with lines in its memory, in the journal, and not read yet; the last one may finish.
            if turn < ROUNDS - 1:
                wait_for(reader, LINES // 4)
            else:
                wait_until_quiet(reader)
        finally:
            reader.kill()
            reader.communicate()
    store = Store.open(state)
    lines = [json.loads(line) for row in store.read("logs", 0, 10**9) for line in row.lines.splitlines()]
    store.close()
    assert sorted(line["message"] for line in lines) == sorted(["oven began", *written])


def wait_for(reader: subprocess.Popen[bytes], entries: int) -> None:
    """Return when so many entries were read since the reader began."""
    for line in reader.stdout:
        if int(line) >= entries:
            return
    raise AssertionError("the reader ended by itself")


def wait_until_quiet(reader: subprocess.Popen[bytes]) -> None:
    """Return when nothing more was read for a long row of turns."""
    turns, last = 0, b""
    for line in reader.stdout:
        turns, last = (turns + 1 if line == last else 0), line
        if turns > 600:  # a half line waits for two seconds
            return
    raise AssertionError("the reader ended by itself")
