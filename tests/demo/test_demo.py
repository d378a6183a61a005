"""wacket demo as a process: every kind of board is heard, and nothing is left behind."""

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import closing
from random import Random

import psutil
import pytest
from benchmarks.harness import wait_until

from wacket.cli.support.client import Hub
from wacket.cli.support.place import find
from wacket.demo.board import fleet
from wacket.demo.events import energy_event
from wacket.demo.machines import NAMES

pytestmark = pytest.mark.slow


def demo(tmp_path, *words):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WACKET_")}
    return subprocess.Popen(
        [sys.executable, "-m", "wacket", "demo", "--http", "127.0.0.1:0", "--tcp", "127.0.0.1:0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "TMPDIR": str(tmp_path)},
    )


def nothing_runs(tmp_path):
    running = [" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])]
    return not [words for words in running if str(tmp_path) in words]


def nothing_left(tmp_path):
    return list(tmp_path.iterdir()) == [] and nothing_runs(tmp_path)


def test_every_kind_of_board_is_heard_and_nothing_is_left(tmp_path):
    process = demo(tmp_path, "--plain")
    watchdog = threading.Timer(90, process.kill)
    watchdog.start()
    word, link = process.stdout.readline().split()
    assert word == "open" and "lines over TCP" in process.stdout.readline()
    folder = process.stdout.readline().split()[-1]
    expected = {board.node for board in fleet()} - {"beacon"}  # UDP has no hello: its node is its address
    expected |= set(NAMES)
    heard, told = set(), ""
    with closing(Hub(find(None, folder, None, {}))) as hub:
        # A line every two seconds, until everybody was heard.
        while not (expected <= heard and hub.get("/api/v1/class")["users"]):
            told = process.stdout.readline()
            heard = {series["node"] for series in hub.get("/api/v1/series")["series"]}
            heard |= {log["node"] for log in hub.get("/api/v1/logs", {"find": "door"})["logs"]}
            assert told, f"ended before all were heard; missing: {expected - heard}"
        while "(3)" not in told:  # the three machines give one folded answer
            told = process.stdout.readline()
            assert told, "ended before the machines had answered"
        assert hub.get("/api/v1/logs", {"find": "oven at"})["logs"][0]["source"] == "oven.py"
        while "hub ok" not in told:
            told = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    watchdog.cancel()
    assert process.returncode == 0, err
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/s/[0-9A-Z]{4}-[0-9A-Z]{4}\?to=/series/1", link)
    assert "failed 0" in told and "hub ok" in told
    assert nothing_left(tmp_path)


def test_hub_and_agents_end_with_a_demo_that_is_killed(tmp_path):
    process = demo(tmp_path, "--plain")
    watchdog = threading.Timer(90, process.kill)
    watchdog.start()
    while "(3)" not in (line := process.stdout.readline()):
        assert line, "ended before the machines had answered"
    process.kill()
    process.communicate(timeout=60)
    watchdog.cancel()
    wait_until(lambda: nothing_runs(tmp_path), "hub and agents have ended too", 30)


def test_it_ends_by_itself_after_the_seconds_that_were_named(tmp_path):
    process = demo(tmp_path, "--seconds", "0.1")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "sent" in out.splitlines()[-1] and nothing_left(tmp_path)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(tmp_path, how):
    process = demo(tmp_path)
    process.stdout.readline()
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0 and "Traceback" not in err + out
    assert "ended" in err and nothing_left(tmp_path)


def test_events_are_replayed_one_a_request_and_their_clusters_shown(tmp_path):
    chance = Random(3)
    file = tmp_path / "events.txt"
    file.write_text("".join(energy_event(1_700_000_000_000_000, chance) + "\n" for _ in range(300)))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = demo(scratch, "--events", str(file))
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    out, err = process.communicate()
    watchdog.cancel()
    assert process.returncode == 0, err
    assert "300 events stored" in out
    table = out.split("fit none)\n")[1].splitlines()
    assert table[0].split()[:4] == ["LABEL", "COUNT", "ACTIVE", "W"]
    rows = [line.split() for line in table[1:]]
    assert sum(int(row[1]) for row in rows) == 300 and len(rows) >= 3 and "clusters (label -1" in out
    assert {round(float(row[2]), -2) for row in rows} >= {1800.0, 600.0, 100.0}
    assert nothing_left(scratch)
