"""72 hours without a hub, in minutes: how the agent's memory grows, and what its journal takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.harness import work_folder
from benchmarks.report import Figure, Options
from wacket import agentfile

SCRIPT = Path(__file__).parents[1] / "absent_agent.py"


def measure(options: Options) -> list[Figure]:
    hours = options.pick(72, 6)
    with work_folder(options.folder) as folder:
        program = folder / "wacket-agent.pyz"
        program.write_bytes(agentfile.build())
        words = [sys.executable, "-I", "-S", str(SCRIPT), str(program), str(folder), str(hours)]
        facts = json.loads(subprocess.run(words, check=True, capture_output=True, timeout=3000).stdout)
    lines = sum(stream["lines"] for stream in facts["kept"].values())
    size = sum(stream["bytes"] for stream in facts["kept"].values()) / 1e6
    note = (
        f"{facts['end'] / 1000:.1f} MB RSS at the end; {facts['turns']:,} turns took {facts['cpu']:.0f} s; "
        f"{lines:,} lines kept in {size:.0f} MB"
    )
    growth = (facts["end"] - facts["after_an_hour"]) * 1024 / 1e6
    return [Figure(f"{hours} simulated hours without a hub: growth of memory", growth, "MB RSS", 2, None, "low", note)]
