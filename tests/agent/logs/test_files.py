"""Log files under rotation, truncation, deletion and restarts of the agent: each line once, in order."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wacket_agent.logs import files, tail
from wacket_agent.logs.following import LEAVING_SECONDS, SLEEP_SECONDS

from .conftest import Kept
from .machine import Machine, append


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "a.log"


@pytest.fixture
def machine(tmp_path: Path, kept: Kept):
    machine = Machine(tmp_path, kept)
    yield machine
    machine.logs.close()


def test_lines_are_read_as_they_come(machine: Machine, log: Path) -> None:
    log.write_text("one\nERROR two\r\n\n")
    machine.poll()
    append(log, "three\n")
    machine.poll(1)
    assert [(line["message"], line["level"], line["source"]) for line in machine.kept.lines] == [
        ("one", "info", str(log)),
        ("ERROR two", "error", str(log)),
        ("three", "info", str(log)),
    ]


def test_what_was_there_before_the_first_start_is_left_out(tmp_path: Path, kept: Kept, log: Path) -> None:
    log.write_text("old\nolder\nhalf a li")
    machine = Machine(tmp_path, kept, at_end=True)
    assert machine.poll() == []
    append(log, "ne\nnew\n")
    (tmp_path / "later.log").write_text("whole\n")
    assert sorted(machine.poll()) == ["new", "whole"]
    machine.restart()
    assert len(machine.poll()) == 2
    machine.logs.close()


def test_a_half_line_waits_for_the_rest_but_not_for_ever(machine: Machine, log: Path) -> None:
    log.write_text("one\ntw")
    assert machine.poll(1) == ["one"]
    append(log, "o\nthr")
    assert machine.poll(1) == ["one", "two"]
    assert machine.poll(files.MANNER.patience + 0.1) == ["one", "two", "thr"]


def test_a_renamed_file_is_finished_before_the_new_one(machine: Machine, log: Path) -> None:
    log.write_text("one\n")
    machine.poll()
    append(log, "two\n")
    log.rename(log.with_suffix(".log.1"))
    append(log.with_suffix(".log.1"), "three\n")
    log.write_text("four\n")
    assert machine.poll(1) == ["one", "two", "three", "four"]
    append(log.with_suffix(".log.1"), "a late line of a program that still has the old file\n")
    assert len(machine.poll(1)) == 5
    machine.poll(LEAVING_SECONDS + 1)
    append(log.with_suffix(".log.1"), "too late\n")
    assert len(machine.poll()) == 5


def test_a_file_that_was_renamed_while_the_agent_was_away_is_finished(machine: Machine, log: Path) -> None:
    log.write_text("one\n")
    machine.poll()
    append(log, "two\n")
    log.rename(log.with_suffix(".log.1"))
    log.write_text("three\n")
    machine.restart()
    assert machine.poll() == ["one", "two", "three"]
    machine.restart()
    assert machine.poll() == ["one", "two", "three"]


def test_another_file_that_has_the_inode_of_one_that_is_gone_is_not_read(machine: Machine, log: Path) -> None:
    log.write_text("one\n")
    machine.poll()
    machine.logs.close()
    secret = log.with_name("secret")
    log.rename(secret)  # the same inode; the contents are another file's
    secret.write_text("nobody asked for this, and it is longer\n")
    machine.start()
    assert machine.poll() == ["one"]
    assert machine.outlet.marked(files.MARKS) == {}


def test_a_deleted_file_is_read_to_its_end(machine: Machine, log: Path) -> None:
    log.write_text("one\n")
    machine.poll()
    append(log, "two\n")
    log.unlink()
    assert machine.poll(1) == ["one", "two"]
    machine.poll(LEAVING_SECONDS + 1)
    assert machine.outlet.marked(files.MARKS) == {}


def test_a_file_that_was_emptied_is_read_from_its_beginning(machine: Machine, log: Path) -> None:
    log.write_text("one\ntwo\n")
    machine.poll()
    log.write_text("3\n")
    assert machine.poll(1) == ["one", "two", "3"]


def test_a_file_that_was_emptied_and_grew_beyond_is_noticed_too(machine: Machine, log: Path) -> None:
    log.write_text("one\n")
    machine.poll()
    log.write_text("two\nthree\nfour\n")
    assert machine.poll(1) == ["one", "two", "three", "four"]
    machine.restart()
    log.write_text("five\nsix\nseven\neight\n")
    assert machine.poll()[4:] == ["five", "six", "seven", "eight"]


def test_a_pattern_that_also_fits_rotated_files_reads_each_once(tmp_path: Path, kept: Kept, log: Path) -> None:
    machine = Machine(tmp_path, kept, "a.log*")
    log.write_text("one\n")
    machine.poll()
    for number in (2, 3):
        for old in (2, 1):
            if (tmp_path / f"a.log.{old}").exists():
                (tmp_path / f"a.log.{old}").rename(tmp_path / f"a.log.{old + 1}")
        log.rename(tmp_path / "a.log.1")
        log.write_text(f"{number}\n")
        (tmp_path / "a.log.9.gz").write_bytes(b"\x1f\x8b")
        machine.poll()
        machine.restart()
    assert machine.poll() == ["one", "2", "3"]
    machine.logs.close()


def test_a_quiet_file_is_closed_and_read_on_when_it_grows(machine: Machine, log: Path) -> None:
    log.write_text("one\n")
    before = open_files()
    machine.poll()
    assert open_files() == before + 1
    machine.poll(SLEEP_SECONDS + 1)
    assert open_files() == before
    append(log, "two\n")
    assert machine.poll() == ["one", "two"]


def test_what_is_no_regular_file_is_not_opened(machine: Machine, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.log")
    (tmp_path / "folder.log").mkdir()
    (tmp_path / "zero.log").symlink_to("/dev/zero")
    (tmp_path / "dangling.log").symlink_to("nowhere")
    assert machine.poll() == []


def test_a_name_that_becomes_a_pipe_is_refused_and_told_once(machine: Machine, log: Path, monkeypatch) -> None:
    def refuse(path: str) -> int:
        raise PermissionError(13, "Permission denied")

    machine.logs._following._opener = refuse
    log.write_text("one\n")
    machine.poll()
    assert machine.poll() == [f"{log} cannot be read: Permission denied"]


def test_who_is_too_far_behind_goes_on_near_the_end(machine: Machine, log: Path, monkeypatch) -> None:
    monkeypatch.setattr(tail, "KEPT_BEHIND", 100)
    log.write_text("one\n")
    machine.poll()
    machine.logs._following._tails[log.stat().st_dev, log.stat().st_ino]._manner = tail.Manner(2.0, 1000)
    append(log, "".join(f"{number:04}\n" for number in range(400)))
    told = machine.poll(1)
    assert told[:3] == ["one", "1900 bytes left out: too far behind", "0381"]
    assert told[-1] == "0399"


@pytest.mark.slow
def test_a_turn_ends_when_there_is_no_more_room_and_goes_on_later(machine: Machine, log: Path) -> None:
    log.write_text("".join(f"{number:06}\n" for number in range(30_000)))
    counts = [len(machine.poll(1)) for _ in range(8)]
    assert 5_000 < counts[0] < 15_000
    assert machine.kept.messages() == [f"{number:06}" for number in range(30_000)]


WRITER = """
import os, sys
path, rotated = sys.argv[1], 0
file = open(path, "a", buffering=1)
for number in range(20000):
    file.write(f"line {number}\\n")
    if number % 500 == 499:
        rotated += 1
        file.close(); os.rename(path, f"{path}.{rotated}")
        file = open(path, "a", buffering=1)
"""


@pytest.mark.slow
def test_rotation_under_a_busy_writer_and_restarts_lose_and_repeat_nothing(tmp_path: Path, kept: Kept) -> None:
    """The machine is polled as fast as it goes and started again each time; the writer never waits for it."""
    machine, log = Machine(tmp_path, kept, "a.log*"), tmp_path / "a.log"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(log)]) as writer:
        while writer.poll() is None:
            machine.poll(0.001)
            machine.restart()
            machine.now += 20
    deadline = time.monotonic() + 30
    while len(machine.poll(0.1)) < 20_000 and time.monotonic() < deadline:
        pass
    assert sorted(machine.kept.messages()) == sorted(f"line {number}" for number in range(20_000))
    machine.logs.close()
