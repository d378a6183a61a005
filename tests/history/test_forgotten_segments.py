"""Segments that the journal forgot when it lost its write-ahead log: every row counts once, whatever is there."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from wacket.history import compactor

pytestmark = pytest.mark.slow

START = 1_790_000_000_000_000


def more(bench, history, first, count):
    for n in range(first, first + count):
        history.append([bench.readings((1, START + n, float(n))), bench.logs(f"line {n}", at=START + n)])


def expected(count):
    return [(1, START + n, float(n)) for n in range(count)]


def lines(bench, history):
    with history.view() as view:
        return [body for _, body in bench.lines(view)]


def counted(bench, history):
    """How many readings the roll-ups of each width speak of."""
    with history.view() as view:
        return {kind: sum(map(bench.counted, files)) for kind, files in view.rollups.items()}


class Folder:
    """Copies of a history's folder, and of its journal's file, as they are on disk at one moment."""

    def __init__(self, bench):
        self.bench = bench

    def journal(self) -> Path:
        """The journal's file without its write-ahead log: what is left when that is lost."""
        return shutil.copy(self.bench.folder / "journal.db", self.bench.folder.with_name("kept.db"))

    def lose_log(self, kept: Path) -> None:
        """As if nothing had reached the journal's file since, and the write-ahead log were lost."""
        self.bench.close()
        shutil.copy(kept, self.bench.folder / "journal.db")
        for tail in ("-wal", "-shm"):
            (self.bench.folder / f"journal.db{tail}").unlink(missing_ok=True)


@pytest.fixture
def disk(bench):
    return Folder(bench)


def test_a_sealed_file_is_kept_when_the_journal_has_only_some_of_its_rows(bench, disk):
    history = bench.open()
    more(bench, history, 0, 6)
    history.journal.checkpoint()
    kept = disk.journal()
    more(bench, history, 6, 4)
    history.seal()
    assert len(bench.files()) == 1
    disk.lose_log(kept)
    history = bench.open()
    assert bench.stored(history) == expected(10)
    assert lines(bench, history) == [f"line {n}" for n in range(10)]
    more(bench, history, 10, 1)
    history.seal()
    assert bench.stored(history) == expected(11)
    assert counted(bench, history) == {"1m": 11, "1h": 11, "1d": 11}
    assert bench.stored(bench.open()) == expected(11)


@pytest.mark.parametrize("damage", [False, True], ids=["sound", "damaged"])
def test_a_sealed_file_is_deleted_only_if_all_its_rows_are_sound_in_the_journal(bench, disk, damage):
    history = bench.open()
    more(bench, history, 0, 6)
    history.journal.checkpoint()
    kept = disk.journal()
    if damage:
        with sqlite3.connect(kept) as connection:
            connection.execute("update batches set blob = x'00' where id = 3")
        connection.close()
    history.seal()
    disk.lose_log(kept)
    history = bench.open()
    assert len(bench.files()) == int(damage)
    history.seal()
    assert bench.stored(history) == expected(6)
    assert lines(bench, history) == [f"line {n}" for n in range(6)]
    assert counted(bench, history) == {"1m": 6, "1h": 6, "1d": 6}


@pytest.mark.parametrize("kinds", [None, ("1m", "1h", "1d"), ("readings", "logs")], ids=["all", "roll-ups", "raw"])
def test_compacted_files_and_their_journal_rows_do_not_both_count(bench, disk, monkeypatch, kinds):
    monkeypatch.setattr(compactor, "_FAN", (3, 24, 30))
    history = bench.open()
    more(bench, history, 0, 6)
    history.journal.checkpoint()
    kept = disk.journal()
    bench.close()
    shutil.copy(kept, bench.folder / "journal.db")
    history = bench.open(seal_rows=4)
    while history.due():
        history.seal()
    if kinds:
        monkeypatch.setattr("wacket.history.care.KINDS", kinds)
    history.compact()
    disk.lose_log(kept)
    history = bench.open(seal_rows=100_000)
    history.seal()
    assert bench.stored(history) == expected(6)
    assert lines(bench, history) == [f"line {n}" for n in range(6)]
    assert counted(bench, history) == {"1m": 6, "1h": 6, "1d": 6}
    assert bench.stored(bench.open()) == expected(6)
