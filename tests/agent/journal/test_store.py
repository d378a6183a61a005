"""The agent's journal on a real disk: what it promises to keep."""

from __future__ import annotations

import os
import sqlite3
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wacket_agent.journal.store import FILE, Store

LATE = "01K9ZZZZZZ0000000000000000"


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def lines(stream_rows):
    return b"".join(row.lines for row in stream_rows)


def everything(store, stream):
    rows = []
    while store.stream(stream).next > (seq := rows[-1].last + 1 if rows else store.stream(stream).first):
        rows += store.read(stream, seq, 1 << 40)
    return rows


def test_reading_ends_with_a_gap_as_what_is_behind_it_is_another_report(store):
    for number in range(6):
        store.add("metrics", b"x\n", number)
        store.flush()
    store.thin("metrics", [(2, 3)], "thinned", 4, 0)
    assert [[row.first for row in store.read("metrics", seq, 1 << 40)] for seq in (0, 2, 3, 4)] == [
        [0, 1, 2],
        [2],
        [2],
        [4, 5],
    ]


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
        patch.setattr("wacket_agent.journal.database._LOCK_SECONDS", 0)
        with pytest.raises(OSError, match="another agent"):
            Store.open(tmp_path)


def test_nobody_else_may_read_it(store, tmp_path):
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


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
    again.settled(LATE, "failed", '{"exit": 2}')
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


def test_a_journal_can_be_thrown_away(store, tmp_path):
    store.close()
    Store.discard(tmp_path)
    assert list(tmp_path.iterdir()) == []
    Store.discard(tmp_path)


DO = st.sampled_from(["add", "add", "flush", "ack", "thin", "renew", "reopen"])


@pytest.mark.slow
@settings(max_examples=40)
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
        kept = [row for row in everything(store, "logs") if not row.why]
        assert all(row.lines.count(b"\n") == row.last - row.first + 1 for row in kept)
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
    store.tidy()
    assert connection.execute("PRAGMA freelist_count").fetchone()[0] < before


def test_lines_are_packed(store, tmp_path):
    store.add("logs", b"the same again\n" * 1000, 1)
    store.close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        (packed,) = connection.execute("SELECT lines FROM logs").fetchone()
    connection.close()
    assert len(packed) < 500
    assert zlib.decompress(packed) == b"the same again\n" * 1000
