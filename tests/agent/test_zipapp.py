"""The agent as the one file that the hub serves: it runs under any name, and installs the very file that it is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from wacket import agentfile

COPY = """
import sys
sys.path.insert(0, sys.argv[1])
from wacket_agent.service.machine import own_file
sys.stdout.buffer.write(own_file())
"""
pytestmark = pytest.mark.slow


@pytest.fixture(params=["wacket-agent.pyz", "tmp.Zf3Xq"])
def program(request, tmp_path):
    path = tmp_path / request.param
    path.write_bytes(agentfile.build())
    return path


def run(*command):
    return subprocess.run([sys.executable, "-I", "-S", *command], capture_output=True, timeout=60, check=False)


def test_it_installs_the_file_that_it_is(program):
    done = run("-c", COPY, program)
    assert done.returncode == 0, done.stderr
    assert done.stdout == program.read_bytes()


def test_it_explains_itself(program):
    done = run(program, "--help")
    assert done.returncode == 0, done.stderr
    assert b"join" in done.stdout
    assert b"uninstall" in done.stdout


def test_a_cut_file_does_not_run(program):
    whole = program.read_bytes()
    for size in (len(whole) // 2, len(whole) - 10):
        program.write_bytes(whole[:size])
        assert run(program, "--version").returncode != 0
