"""The agent's journal on a real disk: what it promises to keep, and what it does when the disk does not."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wacket_agent
from wacket_agent.store import FILE, Store, Unwritten

EARLY, LATE = "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01K9ZZZZZZ0000000000000000"  # 2016 and 2025
LATE_AT = 1_763_000_000_000_000


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def lines(stream_rows):
    return b"".join(row.lines for row in stream_rows)


def everything(store, stream):
    return store.read(stream, 0, 1 << 40)


def full(store, is_full):
    """Let the file take no more pages, as a full disk would."""
    connection = store._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0] if is_full else 1 << 30
    connection.execute(f"PRAGMA max_page_count={pages}")


def damage(folder):
    path = folder / FILE
    path.write_bytes(b"SQLite format 3\0" + b"nonsense" * 1000)


def test_lines_are_numbered_and_come_back(store):
    store.add("metrics", b"a\nb\n", 5)
    assert store.waits("metrics")
    assert store.flush()
    store.add("metrics", b"c\n", 9)
    assert store.flush()
    assert [row[:4] for row in everything(store, "metrics")] == [(0, 1, 5, 5), (2, 2, 9, 9)]
    assert lines(everything(store, "metrics")) == b"a\nb\nc\n"
    stream = store.stream("metrics")
    assert (stream.first, stream.last, stream.since) == (0, 2, 5)
    assert store.stream("logs").first == store.stream("logs").last + 1 == 0
    assert not store.waits()


def test_reading_begins_with_the_row_that_holds_the_line_and_ends_when_there_is_enough(store):
    for number in range(10):
        store.add("logs", b"x" * 99 + b"\n", number)
        store.flush()
    assert [row.first for row in store.read("logs", 4, 150)] == [4]
    assert [row.first for row in store.read("logs", 4, 300)] == [4, 5]
    assert [row.first for row in store.read("logs", 9, 300)] == [9]
    assert store.read("logs", 10, 300) == []


def test_what_was_acknowledged_goes_with_the_next_flush(store):
    for number in range(3):
        store.add("logs", b"x\ny\n", number)
        store.flush()
    store.acknowledge("logs", 2)  # in the middle of the second row
    store.acknowledge("logs", 1)
    assert store.flush()
    assert store.stream("logs").first == 2
    store.acknowledge("logs", 5)
    assert store.flush()
    assert store.stream("logs")[5:] == (0, 6, 0)
    assert store.stream("logs").bytes == 0


def test_numbers_and_epochs_go_on_after_a_restart(store, tmp_path):
    store.add("logs", b"x\n", 5, {"logs/syslog": "17"})
    before = store.stream("logs").epoch
    store.close()
    again = Store.open(tmp_path)
    assert again.stream("logs").epoch == before != again.stream("metrics").epoch
    assert again.stream("logs").next == 1
    assert again.marks("logs/") == {"logs/syslog": "17"}
    assert again.marks("other") == {}
    again.forget_mark("logs/syslog")
    assert again.marks("") == {}
    again.close()


def test_only_one_agent_has_the_journal(store, tmp_path):
    store.add("logs", b"x\n", 1)
    store.flush()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wacket_agent.database._LOCK_SECONDS", 0)
        with pytest.raises(OSError, match="another agent"):
            Store.open(tmp_path)


def test_nobody_else_may_read_it(store, tmp_path):
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_full_disk_loses_nothing_while_there_is_room_in_memory(store):
    store.add("logs", b"x\n", 1)
    assert store.flush()
    full(store, True)
    big = b"".join(os.urandom(40).hex().encode() + b"\n" for _ in range(2000))
    store.add("logs", big, 2, {"file": "2"})
    assert not store.flush()
    assert not store.flush()
    assert store.statistics()["trouble"]
    assert store.marks("") == {}
    with pytest.raises(Unwritten):
        store.accept(LATE, "x" * 100_000, "boot", 1)
    assert store.known(LATE) is None
    full(store, False)
    assert store.flush()
    kept = lines(everything(store, "logs"))
    assert kept.startswith(b"x\n" + big)
    assert kept.count(b"cannot be written") == 1
    assert store.marks("") == {"file": "2"}
    assert store.flush()
    assert b"is written again" in lines(everything(store, "logs"))
    assert store.statistics()["trouble"] == ""


def test_what_memory_could_not_hold_is_a_gap(tmp_path):
    store = Store(tmp_path / FILE, room=1000)
    for number in range(10):
        store.add("metrics", b"x" * 99 + b"\n", number)
    assert store.flush()
    gap, kept = everything(store, "metrics")
    assert (gap.first, gap.last, gap.since, gap.until, gap.why) == (0, kept.first - 1, 0, kept.first - 1, "dropped")
    assert kept.last == 9
    assert store.statistics()["lost_lines"] == gap.last + 1
    store.close()


def test_readers_are_told_when_they_are_too_fast(store):
    told = []
    store.when_crowded = lambda: told.append(store.crowded)
    for number in range(3):
        assert not store.crowded
        store.add("logs", (b"x" * 999 + b"\n") * 400, number)
    assert store.crowded
    assert told == [True]
    store.flush()
    assert not store.crowded


def test_thinned_rows_become_one_gap_with_their_times(store):
    for number in range(6):
        store.add("metrics", b"x\ny\n", number * 10)
        store.flush()
    before = store.stream("metrics").bytes
    store.thin("metrics", [(2, 5)], "thinned", 6, 0)
    store.thin("metrics", [(6, 7)], "thinned", 8, 0)
    store.thin("metrics", [(10, 11)], "dropped", 12, 4)
    rows = everything(store, "metrics")
    assert [(row.first, row.last, row.since, row.until, row.why) for row in rows] == [
        (0, 1, 0, 0, ""),
        (2, 7, 10, 30, "thinned"),
        (8, 9, 40, 40, ""),
        (10, 11, 50, 50, "dropped"),
    ]
    stream = store.stream("metrics")
    assert (stream.once, stream.twice) == (12, 4)
    assert stream.bytes == sum(row.size for row in store.outline("metrics", 0, 99)) < before


def test_another_epoch_numbers_what_is_held_from_0(store):
    for number in range(5):
        store.add("logs", b"x\ny\n", number)
        store.flush()
    store.acknowledge("logs", 3)
    store.flush()
    before = store.stream("logs")
    store.renew("logs")
    after = store.stream("logs")
    assert after.epoch != before.epoch
    assert (after.first, after.next, after.bytes) == (0, 6, before.bytes)
    assert [row[:2] for row in everything(store, "logs")] == [(0, 1), (2, 3), (4, 5)]


def test_a_command_is_accepted_once(store, tmp_path):
    assert store.known(LATE) is None
    assert store.accept(LATE, "{}", "boot", 5)
    assert not store.accept(LATE, "{}", "boot", 6)
    assert store.known(LATE) == (LATE, "{}", "boot", 5, "accepted", "", False)
    store.set_state(LATE, "running", None, durable=False)
    store.set_state(LATE, "failed", '{"exit": 2}', durable=True)
    store.close()
    again = Store.open(tmp_path)
    (row,) = again.unsettled()
    assert (row.state, row.result) == ("failed", '{"exit": 2}')
    again.settled(LATE)
    assert again.unsettled() == []
    assert not again.accept(LATE, "{}", "boot", 7)
    again.forget_before(5)
    assert again.known(LATE).settled
    again.forget_before(6)
    assert again.known(LATE) is None
    again.close()


def test_unsettled_commands_are_not_forgotten(store):
    store.accept(LATE, "{}", "boot", 5)
    store.forget_before(1 << 60)
    assert store.known(LATE)


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
    assert json.loads(lines(everything(again, "logs")))["level"] == "error"
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
    kept = lines(everything(store, "logs"))
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


def test_a_journal_can_be_thrown_away(store, tmp_path):
    store.close()
    Store.discard(tmp_path)
    assert list(tmp_path.iterdir()) == []
    Store.discard(tmp_path)


def test_a_disk_that_gives_nothing_says_so(tmp_path):
    (tmp_path / "state").write_text("a file where a folder should be")
    with pytest.raises(OSError, match="state"):
        Store.open(tmp_path / "state")


KILLED = """
import sys
from wacket_agent.store import Store
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
    kept = lines(everything(store, "logs")).split()
    assert kept == [b"%d" % number for number in range(len(kept))]
    assert told <= len(kept) <= told + 1
    assert store.marks("") == {"read": str(len(kept) - 1)}
    assert told <= len(store.unsettled()) <= len(kept)
    store.close()


DO = st.sampled_from(["add", "add", "flush", "ack", "thin", "renew", "reopen"])


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(steps=st.lists(st.tuples(DO, st.integers(0, 40)), max_size=40))
def test_rows_stand_without_holes_and_sizes_are_right(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("journal")
    store = Store.open(folder)
    for step, number in steps:
        store = take(store, folder, step, number)
        stream, rows = store.stream("logs"), store.outline("logs", 0, 1000)
        following = [row.first for row in rows[1:]] + [stream.next]
        assert [row.last + 1 for row in rows] == (following if rows else [])
        assert stream.bytes == sum(row.size for row in rows)
        assert stream.first == (rows[0].first if rows else stream.next)
        assert all(
            row.lines.count(b"\n") == row.last - row.first + 1 for row in everything(store, "logs") if not row.why
        )
    store.close()


def take(store, folder, step, number):
    stream, rows = store.stream("logs"), store.outline("logs", 0, 1000)
    if step == "add":
        store.add("logs", b"x\n" * (number + 1), number)
    elif step == "ack":
        store.acknowledge("logs", min(stream.first + number, stream.last))
    elif step == "thin" and rows:
        row = rows[number % len(rows)]
        store.thin("logs", [(row.first, row.last)], "thinned", 0, 0)
    elif step == "renew":
        store.renew("logs")
    elif step == "reopen":
        store.close()
        return Store.open(folder)
    store.flush()
    return store


@pytest.mark.slow
def test_room_that_is_not_needed_is_given_back(store, tmp_path):
    for _ in range(4):
        store.add("logs", b"".join(os.urandom(500).hex().encode() + b"\n" for _ in range(3_000)), 1)
        store.flush()
    store.acknowledge("logs", store.stream("logs").last)
    store.flush()
    connection = store._database._connection
    before = connection.execute("PRAGMA freelist_count").fetchone()[0]
    assert before > 1024
    store.give_back()
    assert connection.execute("PRAGMA freelist_count").fetchone()[0] < before


def test_lines_are_packed(store, tmp_path):
    store.add("logs", b"the same again\n" * 1000, 1)
    store.close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        (packed,) = connection.execute("SELECT lines FROM logs").fetchone()
    connection.close()
    assert len(packed) < 500
    assert zlib.decompress(packed) == b"the same again\n" * 1000
