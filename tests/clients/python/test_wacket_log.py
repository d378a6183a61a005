"""The Python library for program logs, in this process and in programs of its own."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_log import Handler, lines
from wacket_log.writer import Writer

SOURCE = Path(__file__).parents[3] / "clients" / "python" / "src"


def read(folder: Path) -> list[list[dict[str, object]]]:
    """What each file holds, line by line; the oldest file first."""
    files = sorted(folder.glob("wacket_log_*"), key=lambda file: file.stat().st_mtime_ns)
    return [[json.loads(line) for line in file.read_bytes().splitlines()] for file in files]


def messages(folder: Path) -> list[object]:
    return [line["message"] for file in read(folder) for line in file[1:]]


def run(
    folder: Path, program: str, python: str = sys.executable, **options: object
) -> subprocess.CompletedProcess[bytes]:
    environment = {"PYTHONPATH": str(SOURCE), "WACKET_LOG_FOLDER": str(folder), "PATH": os.environ["PATH"]}
    asked = [python, "-W", "error", "-c", program]
    return subprocess.run(asked, env=environment, capture_output=True, timeout=60, check=True, **options)


@pytest.fixture
def logger(tmp_path: Path):
    handler = Handler(folder=str(tmp_path), program="oven")
    logger = logging.Logger("line.2")
    logger.addHandler(handler)
    yield logger
    handler._writer.close()


def test_the_first_line_says_who_writes(logger, tmp_path: Path) -> None:
    logger.warning("valve %d stuck", 3, extra={"valve": 3})
    ((first, second),) = read(tmp_path)
    start = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    assert first["wacket_log"] == 1
    assert (first["pid"], first["program"], first["start"], first["lock"]) == (os.getpid(), "oven", start, True)
    assert abs(second.pop("time") / 1e6 - time.time()) < 60
    place = second.pop("place")
    assert place.startswith("test_wacket_log.py:")
    assert second == {"level": "warn", "message": "valve 3 stuck", "logger": "line.2", "valve": "3"}


def test_a_traceback_is_one_line(logger, tmp_path: Path) -> None:
    try:
        raise ValueError("too hot")
    except ValueError:
        logger.exception("the oven\nfailed")
    (line,) = messages(tmp_path)
    assert line.startswith("the oven\nfailed\nTraceback (most recent call last):\n")
    assert line.endswith("ValueError: too hot")


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("no")


def test_what_cannot_be_formatted_does_not_raise(logger, tmp_path: Path) -> None:
    logger.info("%d of %d", *"x")
    logger.info(Unspeakable(), extra={"it": Unspeakable()})
    logger.info("half a pair \ud800")
    assert messages(tmp_path) == [
        "%d of %d (cannot be formatted: TypeError)",
        "(Unspeakable that cannot be written: RuntimeError) (cannot be formatted: RuntimeError)",
        "half a pair \ud800",
    ]


def test_logging_while_a_record_is_formatted_does_not_recurse(logger, tmp_path: Path) -> None:
    class Chatty:
        def __str__(self) -> str:
            logger.info("formatting")
            return "chatty"

    logger.info("%s", Chatty())
    assert messages(tmp_path) == ["chatty"]


@pytest.mark.slow
@given(st.text(), st.text(), st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.none())))
def test_any_line_is_one_object_in_one_line(message: str, level: str, fields: dict[str, object]) -> None:
    made = lines.line(7, level, message, fields)
    assert made.count(b"\n") == 1
    found = json.loads(made)
    assert found["time"] == 7
    assert found["level"] in lines.LEVELS
    assert "cut" in found or found["message"] == message


@pytest.mark.parametrize("letter", ["x", "\0", "\N{SNOWMAN}", "\U0001f600"])
def test_a_long_message_is_cut_and_says_so(letter: str) -> None:
    made = lines.line(7, "info", letter * 100_000, {"f": letter * 1000})
    found = json.loads(made)
    assert 10_000 < len(made) <= lines.LONGEST_LINE + 64
    assert found["cut"] == f"{100_000 - len(found['message'])} characters"


def test_a_full_file_is_followed_by_another_and_two_are_kept(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path), "oven", limit=1000)
    for number in range(100):
        writer.write(lines.line(number, "info", f"line {number}", {}))
    parts = [file[0]["part"] for file in read(tmp_path)]
    assert len(parts) == 2
    assert parts[1] == parts[0] + 1 == writer.statistics()["files"]
    assert messages(tmp_path)[-1] == "line 99"
    assert writer.statistics()["lost"] == 0
    writer.close()


def test_where_no_file_can_be_made_lines_are_counted_and_nothing_is_raised(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path / "none"), "oven")
    for _ in range(5):
        writer.write(b"x\n")
    assert writer.statistics() == {"lines": 0, "lost": 5, "files": 0}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_counted_and_nothing_is_raised(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path), "oven")
    writer.write(b"{}\n")
    with Path("/dev/full").open("wb") as full:
        os.dup2(full.fileno(), writer._file.descriptor)
        writer._file._identity = (os.fstat(full.fileno()).st_dev, os.fstat(full.fileno()).st_ino)
        writer.write(b"{}\n")
    assert writer.statistics() == {"lines": 1, "lost": 1, "files": 1}
    writer.close()


def test_a_program_that_closes_all_files_gets_a_new_one_and_keeps_its_own(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path), "oven")
    writer.write(lines.line(1, "info", "one", {}))
    number = writer._file.descriptor
    os.close(number)
    with (tmp_path / "precious").open("wb", buffering=0) as precious:
        assert precious.fileno() == number
        writer.write(lines.line(2, "info", "two", {}))
        writer.close()
        precious.write(b"mine")
    assert (tmp_path / "precious").read_bytes() == b"mine"
    assert messages(tmp_path) == ["one", "two"]


def test_a_half_written_line_is_ended_before_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(str(tmp_path), "oven")
    writer.write(b'{"message":"one"}\n')
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:5]))
    writer.write(b'{"message":"two"}\n')
    monkeypatch.undo()
    writer.write(b'{"message":"three"}\n')
    (file,) = tmp_path.iterdir()
    assert file.read_bytes().splitlines()[1:] == [b'{"message":"one"}', b'{"mes', b'{"message":"three"}']
    assert writer.statistics() == {"lines": 2, "lost": 1, "files": 1}
    writer.close()


@pytest.mark.slow
def test_threads_lose_and_tear_no_line(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path), "oven")
    together = threading.Barrier(8)

    def work(thread: int) -> None:
        together.wait()
        for number in range(500):
            writer.write(lines.line(number, "info", f"{thread} {number}", {}))

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(messages(tmp_path)) == sorted(f"{thread} {number}" for thread in range(8) for number in range(500))
    assert len(read(tmp_path)) == 1
    writer.close()


PYTHONS = [sys.executable, *sorted(map(str, Path.home().glob(".pyenv/versions/3.*/bin/python")))]
OLD_ENOUGH = [path for path in PYTHONS if not any(f"/3.{minor}." in path for minor in range(8))]


@pytest.mark.slow
@pytest.mark.parametrize("python", OLD_ENOUGH)
def test_each_python_writes_until_the_very_end(python: str, tmp_path: Path) -> None:
    program = """
import atexit, logging, wacket_log
wacket_log.log("before", atexit.__name__)
logging.getLogger().addHandler(wacket_log.Handler())
atexit.register(logging.getLogger().error, "at exit")
class Late:
    def __del__(self): wacket_log.log("at the very end", level="debug", kind="late")
late = Late()
print(wacket_log.statistics())
"""
    done = run(tmp_path, program, python)
    ((first, *rest),) = read(tmp_path)
    assert first["program"] == "python"
    assert [(line["level"], line["message"]) for line in rest[:2]] == [("info", "before"), ("error", "at exit")]
    assert rest[2]["kind"] == "late"
    assert done.stdout == b"{'lines': 1, 'lost': 0, 'files': 1}\n"
    assert done.stderr == b""


@pytest.mark.slow
def test_a_storm_of_forks_gives_each_process_its_own_file(tmp_path: Path) -> None:
    program = """
import os, threading, warnings, wacket_log
warnings.simplefilter("ignore")
wacket_log.log("parent")
busy = threading.Event()
def chatter():
    while not busy.is_set(): wacket_log.log("chatter")
thread = threading.Thread(target=chatter); thread.start()
children = []
for number in range(60):
    child = os.fork()
    if not child:
        wacket_log.log(f"child {number}", pid=os.getpid())
        os._exit(0)
    children.append(child)
for child in children: os.waitpid(child, 0)
busy.set(); thread.join()
wacket_log.log("end")
"""
    run(tmp_path, program)
    files = read(tmp_path)
    assert len(files) == 61
    of_children = [(head["pid"], line) for head, *rest in files for line in rest if line["message"].startswith("child")]
    assert sorted(int(line["message"].split()[1]) for _, line in of_children) == list(range(60))
    assert all(str(pid) == line["pid"] for pid, line in of_children)
    (parent,) = [rest for _, *rest in files if rest[0]["message"] == "parent"]
    assert parent[-1]["message"] == "end"


@pytest.mark.slow
def test_a_signal_in_the_middle_of_a_line_does_not_hang(tmp_path: Path) -> None:
    program = """
import logging, signal, wacket_log
root = logging.getLogger(); root.addHandler(wacket_log.Handler()); root.setLevel("DEBUG")
rung = []
def ring(*_):
    rung.append(1); wacket_log.log("signal")
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for number in range(20000): wacket_log.log("line")
signal.setitimer(signal.ITIMER_REAL, 0)
wacket_log.log(str(len(rung)), "warn")
"""
    run(tmp_path, program)
    told = messages(tmp_path)
    assert told.count("line") == 20000
    assert told.count("signal") == int(told[-1]) > 0


@pytest.mark.slow
def test_only_old_files_of_ended_programs_are_removed(tmp_path: Path) -> None:
    living = Writer(str(tmp_path), "living")
    living.write(b"{}\n")
    run(tmp_path, "import wacket_log; wacket_log.log('ended')")
    foreign = tmp_path / "wacket_log_of-a-c-program"
    foreign.write_text('{"wacket_log":1,"pid":1}\n')
    before = set(tmp_path.iterdir())
    for file in before:
        os.utime(file, (time.time() - 90_000,) * 2)
    link = tmp_path / "wacket_log_link"
    link.symlink_to(foreign)
    run(tmp_path, "import wacket_log; wacket_log.log('next')")
    gone = before - set(tmp_path.iterdir())
    assert len(gone) == 1
    assert {living._file.path, str(foreign), str(link)} <= set(map(str, tmp_path.iterdir()))
    living.close()
