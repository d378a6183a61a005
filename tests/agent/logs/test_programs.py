"""Program logs of real programs, and of whoever puts something else into the folder."""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wacket_agent.logs import following, programs
from wacket_agent.logs.outlet import OWN_SOURCE
from wacket_agent.logs.programs import ProgramLogs, open_safely
from wacket_agent.logs.writers import Folder

from .conftest import AT, Kept

SOURCE = Path(__file__).parents[3] / "clients" / "python" / "src"
HEAD = '{"wacket_log": 1, "pid": %d, "program": "oven", "user": "ada"}\n'
DEAD = 2**30  # no process has this number


class Machine:
    """An agent that reads program logs of one folder, and can be started again."""

    def __init__(self, folder: Path, kept: Kept, **about: object) -> None:
        self.folder, self.kept = Folder(str(folder), **about), kept
        self.now = 1000.0
        self.start()

    def start(self) -> None:
        self.outlet = self.kept.outlet()
        saved, ended = self.outlet.marked(programs.MARKS), self.outlet.marked(programs.ENDED_MARKS)
        self.logs = ProgramLogs(saved, ended, self.outlet, at_end=False)
        self.logs.look_in([self.folder])

    def restart(self) -> None:
        self.logs.close()
        self.start()

    def poll(self, seconds: float = 6.0) -> list[str]:
        self.now += seconds
        self.outlet.begin_turn()
        self.logs.poll(self.now, AT)
        return self.kept.messages()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def machine(folder: Path, kept: Kept):
    machine = Machine(folder, kept)
    yield machine
    machine.logs.close()


def run(folder: Path, program: str) -> subprocess.Popen[bytes]:
    environment = {"PYTHONPATH": str(SOURCE), "WACKET_LOG_FOLDER": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_a_log_says_who_wrote_it(machine: Machine, folder: Path) -> None:
    (folder / "dvic_log_1").write_text(HEAD % os.getpid() + 'WARN valve 3 stuck\n{"msg": "x", "valve": 3}\n')
    machine.poll()
    who = {"pid": str(os.getpid()), "user": "ada", "owner": pwd.getpwuid(os.getuid()).pw_name, "source": "oven"}
    assert machine.kept.lines == [
        {"time": AT, "level": "info", "message": "oven began", "began": "true", **who},
        {"time": AT, "level": "warn", "message": "valve 3 stuck", **who},
        {"time": AT, "level": "info", "message": "x", "field.valve": "3", **who},
    ]


def test_a_log_without_a_first_line_is_read_all_the_same(machine: Machine, folder: Path) -> None:
    (folder / "wacket_log_1").write_text("one\n  two\nERROR three\n")
    assert machine.poll() == ["one\n  two", "three"]
    assert {line["source"] for line in machine.kept.lines} == {"program"}


def test_that_a_program_ended_is_told_once(machine: Machine, folder: Path) -> None:
    (folder / "wacket_log_1").write_text(HEAD % DEAD + "one\n")
    assert machine.poll() == ["oven began", "one", "oven ended"]
    assert machine.kept.lines[-1]["ended"] == "true"
    machine.restart()
    assert machine.poll() == ["oven began", "one", "oven ended"]


def test_another_process_with_the_number_is_not_the_program(machine: Machine, folder: Path) -> None:
    start = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    for token, began in (("a", start), ("b", start + 1)):
        first = {"pid": os.getpid(), "program": token, "start": began}
        (folder / f"wacket_log_{token}").write_text(json.dumps(first) + "\nx\n")
    assert [message for message in machine.poll() if "ended" in message] == ["b ended"]


@pytest.mark.parametrize("claimed", ["journal", "kernel", OWN_SOURCE])
def test_no_program_is_taken_for_a_source_of_ours(machine: Machine, folder: Path, claimed: str) -> None:
    (folder / "wacket_log_1").write_text(json.dumps({"pid": 1, "program": claimed}) + "\nx\n")
    machine.poll()
    assert {line["source"] for line in machine.kept.lines} == {f"program {claimed}"}


def test_of_a_container_the_container_is_told_and_the_owner_is_a_number(folder: Path, kept: Kept) -> None:
    machine = Machine(folder, kept, proc="/none", attrs={"container": "shop"})
    (folder / "wacket_log_1").write_text(HEAD % DEAD + "x\n")
    machine.poll()
    assert [line["message"] for line in kept.lines] == ["oven began", "x"]  # nobody knows whether it runs
    assert {(line["container"], line["owner"]) for line in kept.lines} == {("shop", str(os.getuid()))}
    machine.logs.close()


def test_a_log_that_its_owner_keeps_private_is_told_once(machine: Machine, folder: Path) -> None:
    def refuse(path: str) -> int:
        raise PermissionError(13, "Permission denied")

    machine.logs._following._opener = refuse
    (folder / "wacket_log_1").write_text("one\n")
    machine.poll()
    assert machine.poll(100) == [f"{folder}/wacket_log_1 cannot be read: Permission denied"]


def test_only_regular_files_of_the_folder_are_opened(machine: Machine, folder: Path, tmp_path_factory) -> None:
    secret = tmp_path_factory.mktemp("home") / "wacket_log_secret"
    secret.write_text("nobody may see this\n")
    os.mkfifo(folder / "wacket_log_pipe")
    (folder / "wacket_log_folder").mkdir()
    (folder / "wacket_log_link").symlink_to(secret)
    (folder / "wacket_log_empty").touch()
    (folder / "other_log_x").write_text("x\n")
    assert machine.poll() == []
    with pytest.raises(OSError, match=r"symbolic"):
        open_safely(str(folder / "wacket_log_link"))


def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path, kept: Kept) -> None:
    """A container's root may make its /tmp a link, which would lead into the machine's own files."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "wacket_log_1").write_text("one\n")
    (tmp_path / "tmp").symlink_to("real")
    machine = Machine(tmp_path / "tmp", kept)
    assert machine.poll() == []
    with pytest.raises(NotADirectoryError):
        open_safely(str(tmp_path / "tmp" / "wacket_log_1"))
    machine.logs.close()


def test_a_folder_is_seen_through_another_process(folder: Path, kept: Kept) -> None:
    """As the files of a container are."""
    (folder / "wacket_log_1").write_text("one\n")
    machine = Machine(Path(f"/proc/{os.getpid()}/root{folder}"), kept)
    assert machine.poll() == ["one"]
    machine.logs.close()


def test_a_name_that_becomes_a_link_while_it_is_looked_at_is_refused(machine: Machine, folder: Path) -> None:
    log = folder / "wacket_log_1"
    log.write_text("one\n")
    machine.logs._scan(AT)
    log.unlink()
    log.symlink_to("/etc/passwd")
    machine.logs._scan_at = machine.now + 100
    assert machine.poll(1) == []


def test_so_many_files_and_no_more(machine: Machine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "MOST_FILES", 5)
    for number in range(8):
        (folder / f"wacket_log_{number}").write_text("x\n")
    machine.poll()
    assert len(machine.poll()) == 6
    assert machine.kept.messages(OWN_SOURCE) == ["there are more than 5 program logs; the others are not read"]


@pytest.mark.slow
def test_many_files_are_not_open_at_once(machine: Machine, folder: Path) -> None:
    for number in range(600):
        (folder / f"wacket_log_{number}").write_text("one\n" if number % 2 else "half a line")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        machine.poll()
        assert len(list(Path("/proc/self/fd").iterdir())) <= before + following.MOST_OPEN
    assert sorted(machine.kept.messages()) == ["half a line"] * 300 + ["one"] * 300


@pytest.mark.slow
def test_a_line_without_end_is_cut(machine: Machine, folder: Path) -> None:
    (folder / "wacket_log_1").write_text("x" * 3_000_000)
    machine.poll()
    machine.poll()
    (line,) = machine.kept.lines
    assert len(line["message"]) < 20_000
    assert int(line["cut"].split()[0]) > 0


def test_a_file_that_two_folders_show_is_read_once(machine: Machine, folder: Path) -> None:
    inside = folder / "inside"
    inside.mkdir()
    (folder / "wacket_log_1").write_text("one\n")
    os.link(folder / "wacket_log_1", inside / "wacket_log_1")
    machine.logs.look_in([machine.folder, Folder(str(inside), attrs={"container": "shop"})])
    assert machine.poll() == ["one"]
    assert "container" not in machine.kept.lines[0]


@pytest.mark.slow
def test_a_program_of_the_library_lives_as_long_as_its_lock(machine: Machine, folder: Path) -> None:
    with run(
        folder, "import wacket_log; wacket_log.log('up', valve=1); print('ready', flush=True); input()"
    ) as program:
        program.stdout.readline()
        assert machine.poll() == ["python began", "up"]
        machine.restart()
        assert machine.poll() == ["python began", "up"]
        program.communicate(b"\n", timeout=30)
    assert machine.poll() == ["python began", "up", "python ended"]


@pytest.mark.slow
def test_a_program_that_is_killed_in_the_middle_of_a_line_loses_nothing_it_wrote(
    machine: Machine, folder: Path
) -> None:
    text = """
import os, wacket_log
number = 0
while True:
    wacket_log.log(f"line {number}"); number += 1
    if number == 2000: print("ready", flush=True)
    if number == 3000:
        writer = wacket_log.plain.shared()
        os.write(writer._file.descriptor, b"half a li")
        os.kill(os.getpid(), 9)
"""
    with run(folder, text) as program:
        program.stdout.readline()
        machine.poll()
        machine.restart()
        assert program.wait(30) == -signal.SIGKILL
    machine.poll()
    machine.poll()
    assert machine.poll() == [
        "python began",
        *(f"line {number}" for number in range(3000)),
        "half a li",
        "python ended",
    ]


@pytest.mark.slow
def test_a_storm_of_forks_is_read_whole_by_an_agent_that_is_restarted(machine: Machine, folder: Path) -> None:
    text = """
import os, wacket_log
for number in range(100):
    if not os.fork():
        wacket_log.log(f"child {number}")
        os._exit(0)
for number in range(100): os.wait()
"""
    with run(folder, text) as program:
        while program.poll() is None:
            machine.poll()
            machine.restart()
    deadline = time.monotonic() + 30
    while len(machine.poll()) < 300 and time.monotonic() < deadline:
        pass
    counted = sorted(machine.kept.messages())
    assert counted == sorted(["python began", "python ended"] * 100 + [f"child {number}" for number in range(100)])
