"""The process that runners are forked from has loaded little, as each of them keeps that in memory."""

import subprocess
from pathlib import Path

import pytest
from tests.support.pythons import pythons

import wacket_agent

LARGE = {"argparse", "asyncio", "inspect", "json", "logging", "pathlib", "ssl", "sqlite3", "subprocess", "typing"}
BEFORE_THE_FORK = """
import sys
sys.path.insert(0, sys.argv[1])
from wacket_agent.commands import nursery
def serve(state, requests):
    import wacket_agent.commands.runner
    print(*sys.modules)
    sys.stdout.flush()
nursery.serve = serve
from wacket_agent import __main__
sys.argv = ["wacket-agent", "run", "--config", sys.argv[2], "--state", sys.argv[2]]
sys.exit(__main__.main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("version", sorted(version for version in pythons() if version >= (3, 8)))
def test_a_nursery_loads_nothing_large(version, tmp_path):
    package = Path(wacket_agent.__file__).parents[1]
    words = [pythons()[version], "-I", "-S", "-B", "-c", BEFORE_THE_FORK, package, tmp_path]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60, check=False)
    loaded = set(done.stdout.split())
    assert "wacket_agent.commands.runner" in loaded
    assert loaded & LARGE == set()
