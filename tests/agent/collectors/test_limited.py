"""Calls that may never come back, and programs that are ended."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from wacket_agent.collectors._limited import Limited, Stuck
from wacket_agent.collectors._programs import ENVIRONMENT, LONGEST_ERRORS, run


@pytest.fixture
def gate():
    """What hanging calls wait for; opened at the end, so that no thread stays."""
    gate = threading.Event()
    yield gate
    gate.set()


def wait_until_none_is_late(limited):
    for _ in range(2000):
        if not limited.late:
            return
        time.sleep(0.002)
    raise AssertionError("the call never came back")


def fail():
    raise KeyError("own")


def be_late():
    raise TimeoutError("own")


def test_what_a_call_gives_and_raises():
    limited = Limited(1)
    assert limited.within(60, "a", lambda: 7) == 7
    with pytest.raises(KeyError, match="own"):
        limited.within(60, "a", fail)
    with pytest.raises(TimeoutError, match="own"):
        limited.within(60, "a", be_late)
    assert limited.late == 0


def test_a_call_that_hangs_is_not_made_again_until_it_has_come_back(gate):
    limited = Limited(2)
    with pytest.raises(Stuck, match=r"within 0\.01 s"):
        limited.within(0.01, "a", gate.wait)
    with pytest.raises(Stuck, match=r"within 0\.01 s"):
        limited.within(60, "a", lambda: 7)
    assert limited.within(60, "b", lambda: 8) == 8
    gate.set()
    wait_until_none_is_late(limited)
    assert limited.within(60, "a", lambda: 7) == 7


def test_only_so_many_may_hang(gate):
    limited = Limited(2)
    for key in "ab":
        with pytest.raises(Stuck):
            limited.within(0.01, key, gate.wait)
    with pytest.raises(Stuck, match="2 others"):
        limited.within(60, "c", lambda: 7)
    assert limited.late == 2


def test_one_that_came_back_in_the_last_moment_is_not_late():
    limited = Limited(1)
    future = limited.begin("a", lambda: 7)
    assert future.result(60) == 7
    limited.give_up("a", future, 60)
    assert limited.late == 0


def sh(text, seconds=60.0, most=1 << 20):
    return run(["/bin/sh", "-c", text], seconds, most)


def test_output_errors_and_exit_code():
    assert sh("echo out; echo err >&2; exit 3") == (3, "out\n", "err\n", "")


def test_the_environment_is_small_and_speaks_english():
    names = {line.partition("=")[0] for line in sh("env").out.splitlines()}
    assert names <= {"HOME", "PWD", "OLDPWD", "SHLVL", "_", *ENVIRONMENT}
    assert "LC_ALL=C\n" in sh("env").out


def test_what_is_missing_is_not_found():
    with pytest.raises(FileNotFoundError):
        run(["/no/such/program"], 60)


def test_one_that_prints_without_end_is_ended():
    ran = sh("exec yes", most=100_000)
    assert ran.exit == -9
    assert len(ran.out) == 100_000
    assert ran.why == "it printed more than 100000 bytes"


def test_errors_are_bounded_too():
    assert len(sh("yes >&2").err) == LONGEST_ERRORS


@pytest.mark.slow
@pytest.mark.parametrize("how", ["exec cat /dev/zero >/dev/null", "exec >&- 2>&-; cat /dev/zero >/dev/null"])
def test_one_that_takes_too_long_is_ended(how):
    ran = sh(how, seconds=0.15)
    assert (ran.exit, ran.why) == (-9, "it took too long")


@pytest.mark.slow
def test_what_it_started_ends_with_it():
    ran = sh("sleep 1000 & echo $!", seconds=0.2)
    assert ran.why == "it took too long"
    wait_until_gone(int(ran.out))


def wait_until_gone(pid):
    for _ in range(2000):
        try:
            os.kill(pid, 0)
            if ") Z " in Path(f"/proc/{pid}/stat").read_text():
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.002)
    raise AssertionError("it is still there")
