"""A damaged journal or write-ahead log: the rows that were hit are lost and named, all others are there in order."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3

import pytest
from tests.support.filled import START, expected

from wacket.errors import Unavailable
from wacket.history import History, wal
from wacket.history.shapes import Mark

pytestmark = pytest.mark.slow


def unsealed(bench, count=40):
    history = bench.open()
    for n in range(count):
        history.append([bench.readings((1, START + n, float(n)))], [Mark("a", "1", ((0, n),))])
    return history


def test_a_damaged_journal_row_costs_that_row_and_is_named(bench):
    unsealed(bench)
    bench.close()
    with sqlite3.connect(bench.folder / "journal.db") as connection:
        blob = connection.execute("select blob from batches where id = 7").fetchone()[0]
        connection.execute("update batches set blob = ? where id = 7", (b"\0" + blob[1:],))
    connection.close()
    history = bench.open()
    assert bench.stored(history) == expected(40, 6)
    assert [(d.path.rpartition("#")[2], d.kind, d.t_min, d.rows) for d in history.damages] == [
        ("7", "readings", START + 6, 1)
    ]
    history.seal()
    assert bench.stored(bench.open()) == expected(40, 6)
    assert len(bench.open().damages) == 1


def test_a_damaged_mark_is_forgotten_and_told(bench):
    unsealed(bench)
    bench.close()
    with sqlite3.connect(bench.folder / "journal.db") as connection:
        connection.execute("update marks set ranges = '[[0,99]]'")
    connection.close()
    history = bench.open()
    assert history.load_marks() == []
    assert "marks of senders are damaged" in history.health()["damage"][0]


@pytest.mark.parametrize("seed", range(40))
def test_a_flipped_byte_anywhere_in_the_journal_costs_little(bench, seed):
    """Whatever byte it is: the hub starts, keeps almost all rows in order, and nothing is lost without a word."""
    unsealed(bench, 60)
    bench.close()
    path = bench.folder / "journal.db"
    bench.flip(path, random.Random(seed).randrange(path.stat().st_size))
    history = bench.open()
    rows = bench.stored(history)
    assert rows == sorted(set(rows))
    assert set(rows) <= set(expected(60))
    if len(rows) < 60:
        assert history.health()["damage"] != []
    assert len(rows) >= 45  # a page of 4096 bytes holds about six such rows
    history.append([bench.readings((1, START + 999, 1.0))])
    history.seal()
    assert bench.stored(bench.open()) == [*rows, (1, START + 999, 1.0)]


@pytest.mark.parametrize("seed", range(30))
def test_a_flipped_byte_in_the_write_ahead_log_costs_little(bench, seed):
    """SQLite alone would forget everything behind the flipped byte, without a word."""
    unsealed(bench, 60)
    copy = bench.folder.with_name("copy")
    shutil.copytree(bench.folder, copy)
    bench.close()
    shutil.rmtree(bench.folder)
    copy.rename(bench.folder)
    log = bench.folder / "journal.db-wal"
    bench.flip(log, random.Random(seed).randrange(log.stat().st_size))
    history = bench.open()
    rows = bench.stored(history)
    assert rows == sorted(set(rows))
    assert len(rows) >= 45
    if len(rows) < 60:
        assert history.health()["damage"] != []
    history.append([bench.readings((1, START + 999, 1.0))])
    assert bench.stored(bench.open()) == [*rows, (1, START + 999, 1.0)]


@pytest.mark.parametrize("place", [*range(24), 32, 33, 34, 35, 40])
def test_every_part_of_a_frame_of_the_write_ahead_log_is_mended(bench, place):
    """Page number, size, salts and checksum of a frame; the page itself costs the rows in it."""
    unsealed(bench, 30)
    log = bench.folder / "journal.db-wal"
    before = log.read_bytes()
    bench.flip(log, 32 + 40 * 4120 + place)
    assert "1 of " in wal.mend(log) or place >= 16
    after = log.read_bytes()
    if place < 24:
        assert after == before[: len(after)]
    assert wal.mend(log) == ""


@pytest.mark.parametrize("cut", [0.0, 0.1, 0.5, 0.999])
def test_a_truncated_write_ahead_log_keeps_what_stands_before_the_cut(bench, cut):
    unsealed(bench, 60)
    copy = bench.folder.with_name("copy")
    shutil.copytree(bench.folder, copy)
    bench.close()
    shutil.rmtree(bench.folder)
    copy.rename(bench.folder)
    log = bench.folder / "journal.db-wal"
    os.truncate(log, int(log.stat().st_size * cut))
    history = bench.open()
    rows = bench.stored(history)
    assert rows == expected(60)[: len(rows)]
    assert len(rows) >= int(60 * cut) - 1
    assert ("instead of" in str(history.health()["damage"])) == (cut < 0.9)  # what is cut off otherwise is very little
    marks = history.load_marks()
    assert marks == ([Mark("a", "1", ((0, len(rows) - 1),))] if rows else [])


def test_a_whole_write_ahead_log_is_not_touched(bench):
    unsealed(bench)
    log = bench.folder / "journal.db-wal"
    before = log.read_bytes()
    assert len(before) > 100_000
    assert wal.mend(log) == ""
    assert log.read_bytes() == before


def test_a_journal_that_fails_while_running_is_set_aside_and_nothing_is_lost(bench):
    history = unsealed(bench, 60)
    history.seal()
    history.append([bench.readings((1, START + 60, 60.0))])
    history.journal.checkpoint()
    history.journal._hopeless = "the test says so"
    connection, history.journal._connection = history.journal._connection, None
    connection.close()
    bench.flip(bench.folder / "journal.db", 50_000)
    history.append([bench.readings((1, START + 61, 61.0))])
    assert history.due()
    history.seal()
    assert bench.stored(history) == expected(62)
    again = bench.abandon()
    assert bench.stored(again) == expected(62)
    assert again.load_marks() == [Mark("a", "1", ((0, 59),))]
    assert any("damaged" in line for line in again.health()["damage"])


def test_one_folder_serves_one_hub(bench):
    bench.open()
    with pytest.raises(Unavailable, match="locked"):
        History.open(bench.folder, bench._open.settings, lambda: START)
