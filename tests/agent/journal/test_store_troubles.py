"""What the agent's journal keeps when the disk is full or damaged, memory short, or the agent killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import wacket_agent
from wacket_agent.journal.store import FILE, Store, Unwritten

EARLY, LATE = "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01K9ZZZZZZ0000000000000000"  # 2016 and 2025
LATE_AT = 1_763_000_000_000_000


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def lines(store, stream="logs"):
    return b"".join(row.lines for row in store.read(stream, 0, 1 << 40))


def full(store, is_full):
    """Let the file take no more pages, as a full disk would."""
    connection = store._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0] if is_full else 1 << 30
    connection.execute(f"PRAGMA max_page_count={pages}")


def damage(folder):
    path = folder / FILE
    path.write_bytes(b"SQLite format 3\0" + b"nonsense" * 1000)


def test_a_full_disk_loses_nothing_while_there_is_room_in_memory(store):
    store.add("logs", b"x\n", 1)
    assert store.flush()
    full(store, True)
    big = b"".join(os.urandom(40).hex().encode() + b"\n" for _ in range(40_000))
    store.add("logs", big, 2, {"file": "2"})
    assert not store.flush()
    assert not store.flush()
    assert store.statistics()["trouble"]
    assert store.marks("") == {}
    with pytest.raises(Unwritten):
        store.accept(LATE, "x" * 2_000_000, "boot", 1)
    assert store.known(LATE) is None
    full(store, False)
    assert store.flush()
    kept = lines(store)
    assert kept.startswith(b"x\n" + big)
    assert kept.count(b"cannot be written") == 1
    assert store.marks("") == {"file": "2"}
    assert store.flush()
    assert b"is written again" in lines(store)
    assert store.statistics()["trouble"] == ""


def test_what_memory_could_not_hold_is_a_gap(tmp_path):
    store = Store(tmp_path / FILE, room=1000)
    for number in range(10):
        store.add("metrics", b"x" * 99 + b"\n", number)
    assert store.flush()
    (gap,) = store.read("metrics", 0, 1 << 40)
    (kept,) = store.read("metrics", gap.last + 1, 1 << 40)
    assert (gap.first, gap.last, gap.since, gap.until, gap.why) == (0, kept.first - 1, 0, kept.first - 1, "dropped")
    assert kept.last == 9
    assert store.statistics()["lost_lines"] == gap.last + 1
    store.close()


@pytest.mark.parametrize("also_the_log", [False, True])
def test_a_damaged_journal_is_moved_aside(store, tmp_path, also_the_log):
    store.add("logs", b"x\n", 1)
    before = store.stream("logs").epoch
    store.close()
    damage(tmp_path)
    if also_the_log:
        (tmp_path / (FILE + "-wal")).write_bytes(b"nonsense" * 100)
    again = Store.open(tmp_path)
    assert again.stream("logs").epoch != before
    assert (tmp_path / (FILE + ".damaged")).exists()
    assert again.flush()
    assert json.loads(lines(again))["level"] == "error"
    again.close()


def test_damage_while_it_is_open_begins_a_new_one(store):
    store.add("logs", b"x\n", 1)
    store.flush()
    before = store.stream("logs").epoch
    store.acknowledge("logs", 0)
    store._database._connection.execute("PRAGMA writable_schema=ON")
    store._database._connection.execute("UPDATE sqlite_master SET rootpage = 999999 WHERE name = 'logs'")
    store._database._connection.execute("PRAGMA writable_schema=RESET")
    store.add("logs", b"y\n", 2)
    assert not store.flush()
    assert store.stream("logs").epoch != before
    assert store.flush()
    kept = lines(store)
    assert b"y\n" in kept
    assert b"damaged" in kept
    assert store.stream("logs").first == 0


def test_after_a_loss_no_command_from_before_it_is_begun(tmp_path):
    Store.open(tmp_path).close()
    damage(tmp_path)
    store = Store.open(tmp_path)
    assert not store.accept(LATE, "{}", "boot", 1)  # the hub has not said yet what time it is
    store.date_loss(LATE_AT - 10**14)
    store.date_loss(LATE_AT)  # only the first counts
    store.close()
    again = Store.open(tmp_path)
    assert not again.accept(EARLY, "{}", "boot", 1)
    lost = again.known(EARLY)
    assert (lost.state, lost.settled) == ("lost_reboot", False)
    assert "damaged" in json.loads(lost.result)["reason"]
    assert again.accept(LATE, "{}", "boot", 1)
    assert again.known(LATE).state == "accepted"
    again.close()


def test_a_machine_that_lost_nothing_takes_old_commands(store):
    store.date_loss(LATE_AT)
    assert store.accept(EARLY, "{}", "boot", 1)


def test_a_disk_that_gives_nothing_says_so(tmp_path):
    (tmp_path / "state").write_text("a file where a folder should be")
    with pytest.raises(OSError, match="state"):
        Store.open(tmp_path / "state")


KILLED = """
import sys
from wacket_agent.journal.store import Store
store = Store.open(sys.argv[1])
number = 0
while True:
    store.add("logs", b"%d\\n" % number, number, {"read": str(number)})
    assert store.flush() and store.accept("%026d" % number, "{}", "boot", 1)
    number += 1
    print(number, flush=True)
"""


@pytest.mark.slow
def test_what_was_durable_survives_a_kill(tmp_path):
    path = {"PYTHONPATH": str(Path(wacket_agent.__file__).parents[1])}
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, env=path, stdout=subprocess.PIPE) as going:
        said = [going.stdout.readline() for _ in range(50)]
        going.send_signal(signal.SIGKILL)
        said += going.stdout.readlines()
    told = int(said[-1])
    store = Store.open(tmp_path)
    kept = lines(store).split()
    assert kept == [b"%d" % number for number in range(len(kept))]
    assert told <= len(kept) <= told + 1
    assert store.marks("") == {"read": str(len(kept) - 1)}
    assert told <= len(store.unsettled()) <= len(kept)
    store.close()
