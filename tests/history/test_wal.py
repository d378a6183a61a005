"""A write-ahead log with a wrong byte: what SQLite reads of it afterwards, and what was said and kept."""

from __future__ import annotations

import shutil
import sqlite3

import pytest

from wacket.history import wal

START = 1_790_000_000_000_000
HEADER, FRAME = 32, 24 + 4096

pytestmark = pytest.mark.slow


@pytest.fixture
def crashed(bench):
    """The folder of a hub that was killed with twenty rows in its log, and some in the file already."""
    history = bench.open()
    for n in range(25):
        history.append([bench.readings((1, START + n, float(n)))])
        if n == 4:
            history.journal.checkpoint()
    copy = bench.folder.with_name("crashed")
    shutil.copytree(bench.folder, copy)
    return copy


def rows(folder):
    """What SQLite finds, which may not use a log by itself that it did not write."""
    with sqlite3.connect(folder / "journal.db") as connection:
        found = [row[0] for row in connection.execute("select id from batches order by id")]
        assert connection.execute("pragma quick_check").fetchone() == ("ok",)
    connection.close()
    return found


@pytest.mark.parametrize("place", range(HEADER))
@pytest.mark.parametrize("change", [0x01, 0x80, 0xFF])
def test_a_wrong_byte_in_the_header_loses_nothing(bench, crashed, place, change):
    log = crashed / "journal.db-wal"
    raw = bytearray(log.read_bytes())
    raw[place] ^= change
    log.write_bytes(raw)
    assert "header" in wal.mend(log)
    assert log.with_name("journal.db-wal.damaged-1").read_bytes() == raw
    assert wal.mend(log) == ""
    assert len(rows(crashed)) == 25


@pytest.mark.parametrize("place", range(0, FRAME, 131))
def test_a_wrong_byte_in_the_last_frame_is_told(bench, crashed, place):
    """It may be the end of a transaction that was acknowledged, or what a power cut left of one that was not."""
    log = crashed / "journal.db-wal"
    bench.flip(log, -FRAME + place)
    said = wal.mend(log)
    assert "never acknowledged" in said or "1 of" in said
    assert len(rows(crashed)) >= 24


@pytest.mark.parametrize("place", [27, 31, 43, 47, 87, 259, 263, 267, 371, 387, 391, 423, 2071])
def test_a_wrong_byte_in_a_page_is_not_taken_for_another_page_number(bench, crashed, place):
    """The last byte of some words weighs as much in the checksum as that of the number of the page."""
    log = crashed / "journal.db-wal"
    raw = log.read_bytes()
    bench.flip(log, -FRAME + place)
    assert "never acknowledged" in wal.mend(log)
    assert raw.startswith(log.read_bytes())


def test_the_salts_of_the_last_frame_are_put_right(bench, crashed):
    log = crashed / "journal.db-wal"
    before = log.read_bytes()
    bench.flip(log, -FRAME + 8)
    assert "1 of" in wal.mend(log)
    assert log.read_bytes() == before


def test_a_wrong_byte_in_the_only_transaction_is_told(bench):
    history = bench.open()
    history.journal.checkpoint()
    history.append([bench.readings((1, START, 1.0))])
    log = shutil.copy(bench.folder / "journal.db-wal", bench.folder / "copy-wal")
    bench.flip(log, HEADER + 1000)
    assert "never acknowledged" in wal.mend(log)


def test_every_damaged_log_is_kept(bench, crashed):
    log = crashed / "journal.db-wal"
    for number in (1, 2):
        bench.flip(log, HEADER + 5 * FRAME + 100)
        damaged = log.read_bytes()
        assert f"damaged-{number}" in wal.mend(log)
        assert log.with_name(f"journal.db-wal.damaged-{number}").read_bytes() == damaged


@pytest.mark.parametrize("place", range(HEADER))
def test_frames_of_an_older_log_do_not_come_back(bench, crashed, place):
    """What stands behind the newest frames was moved into the file long ago, and has changed there since."""
    history = bench._open
    history.seal()
    history.append([bench.readings((1, START + 99, 99.0))])
    after = bench.folder.with_name("after")
    shutil.copytree(bench.folder, after)
    log = after / "journal.db-wal"
    size = log.stat().st_size
    bench.flip(log, place)
    assert "header" in wal.mend(log)
    assert log.stat().st_size < size / 2
    assert rows(after) == [26]
