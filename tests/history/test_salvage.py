"""A journal's file that makes no sense: what can be read is in the new one, the rest is told, the old one is kept."""

from __future__ import annotations

import os
import shutil
import sqlite3

import pytest

from wacket.errors import Unavailable
from wacket.history import manifest, rescue, salvage
from wacket.history.shapes import Mark, StoredReceipt

START = 1_790_000_000_000_000
PAGE = 4096

pytestmark = pytest.mark.slow


def fill(bench, count, first=0):
    """So many rows that are not sealed, in the file and not in its log; the path of the file."""
    history = bench.open()
    for n in range(first, first + count):
        marks, receipts = [Mark("a", "1", ((0, n),))], [StoredReceipt("a", f"key {n}", b"{}", n)]
        history.append([bench.readings((1, START + n, float(n)))], marks, receipts)
    bench.close()
    return bench.folder / "journal.db"


def expected(count):
    return [(1, START + n, float(n)) for n in range(count)]


def leaves(path):
    """Where in the file the pages begin that hold batches."""
    raw = path.read_bytes()
    return [n for n in range(0, len(raw), PAGE) if raw[n] == 0x0D and b"readings" in raw[n : n + PAGE]]


def break_leaf(bench, path, number):
    bench.flip(path, leaves(path)[number])


def damage(history):
    return " | ".join(history.health()["damage"])


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_page_that_makes_no_sense_costs_the_rows_in_it(bench, number):
    path = fill(bench, 60)
    break_leaf(bench, path, number)
    damaged = path.read_bytes()
    history = bench.open()
    rows = bench.stored(history)
    assert 40 <= len(rows) < 60
    assert f"cannot be read: up to {60 - len(rows)}" in damage(history)
    assert history.load_marks() == [Mark("a", "1", ((0, 59),))]
    assert (bench.folder / "journal.damaged-1.db").read_bytes() == damaged
    assert sorted(file.name for file in bench.folder.glob("journal*")) == [
        "journal.damaged-1.db",
        "journal.db",
        "journal.db-wal",
        "journal.db-wal.length",
        "journal.db.head",
    ]
    history.append([bench.readings((1, START + 99, 99.0))])
    assert bench.stored(bench.open()) == [*rows, (1, START + 99, 99.0)]


@pytest.mark.parametrize("place", [0, 1, 3, 5, 7, 8, 9, 11, 13])
def test_a_damaged_page_that_leads_to_all_others_costs_nothing(bench, place):
    """The page that says where the batches are; sealed ones, which are still in pages out of use, stay away."""
    fill(bench, 60)
    history = bench.open()
    history.seal()
    path = fill(bench, 60, first=60)
    root = path.read_bytes().index(b"\x05", PAGE)
    assert root == PAGE
    bench.flip(path, root + place)
    history = bench.open()
    assert bench.stored(history) == expected(120)
    assert "journal.damaged-1.db" in damage(history) or place == 7
    assert "up to" not in damage(history)


def test_a_second_salvage_finds_the_rows_after_the_first(bench):
    """The first one lets row numbers jump, so that those of lost rows are not given again."""
    break_leaf(bench, fill(bench, 60), 1)
    before = bench.stored(bench.open())
    path = fill(bench, 60, first=60)
    break_leaf(bench, path, len(leaves(path)) // 2)
    history = bench.open()
    rows = bench.stored(history)
    lost = len(before) + 60 - len(rows)
    assert 0 < lost < 20
    assert "journal.damaged-2.db" in damage(history)
    assert set(rows) <= set(expected(120))
    bench.close()
    assert bench.stored(bench.open()) == rows


def test_a_salvage_that_fails_changes_nothing(bench, monkeypatch):
    path = fill(bench, 60)
    break_leaf(bench, path, 1)
    damaged = path.read_bytes()

    def fail(*_):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(rescue, "copy", fail)
        for _ in range(2):
            with pytest.raises(Unavailable, match="disk is full"):
                bench.open()
    assert path.read_bytes() == damaged
    history = bench.open()
    assert len(bench.stored(history)) > 40
    assert "journal.damaged-1.db" in damage(history)


@pytest.mark.parametrize("renamed", [(), ("-wal",), ("-wal", "")], ids=["nothing", "the log", "the file"])
def test_a_crash_while_the_new_file_takes_its_place(bench, monkeypatch, renamed):
    fill(bench, 30)
    history = bench.open()
    for n in range(30, 60):
        history.append([bench.readings((1, START + n, float(n)))])
    crashed = bench.folder.with_name("crashed")
    shutil.copytree(bench.folder, crashed)
    bench.close()
    path = crashed / "journal.db"
    with monkeypatch.context() as patched:
        patched.setattr(salvage, "finish", lambda path: None)
        salvage.rebuild(path, "a test", START)
    for tail in renamed:
        path.with_name(f"journal.db{tail}").rename(crashed / f"journal.damaged-1.db{tail}")
    shutil.rmtree(bench.folder)
    crashed.rename(bench.folder)
    history = bench.open()
    assert bench.stored(history) == expected(60)
    assert "a test" in damage(history)
    assert len(list(bench.folder.glob("journal.damaged-*"))) == 2


def test_a_crash_while_the_new_file_is_made(bench):
    path = fill(bench, 10)
    for unfinished in ("journal.building.db", "journal.scratch.db"):
        (path.with_name(unfinished)).write_bytes(b"nonsense")
    assert bench.stored(bench.open()) == expected(10)


@pytest.mark.parametrize("harm", ["gone", "empty", "cut", "flagged", "zeroed"])
def test_a_file_that_lost_its_beginning_or_everything_is_told(bench, harm):
    path = fill(bench, 60)
    if harm == "gone":
        path.unlink()
    elif harm in ("empty", "cut"):
        os.truncate(path, 0 if harm == "empty" else path.stat().st_size // 2)
    elif harm == "flagged":
        bench.flip(path, 18)  # SQLite would take it for a file without a write-ahead log
    else:
        path.write_bytes(bytes(PAGE) + path.read_bytes()[PAGE:])
    history = bench.open()
    assert "journal.damaged-1.db" in damage(history)
    rows = bench.stored(history)
    assert rows == expected(60) if harm in ("flagged", "zeroed") else set(rows) <= set(expected(60))
    history.append([bench.readings((1, START + 99, 99.0))])
    assert bench.stored(bench.open()) == [*rows, (1, START + 99, 99.0)]


def test_a_changed_receipt_is_forgotten_and_told(bench):
    path = fill(bench, 3)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"key 1{}", b"key 1{?"))
    assert path.read_bytes() != raw
    history = bench.open()
    assert [one.key for one in history.load_receipts()] == ["key 0", "key 2"]
    assert "1 receipts of senders are damaged" in damage(history)
    history = bench.open()
    assert [one.key for one in history.load_receipts()] == ["key 0", "key 2"]
    assert damage(history).count("receipts") == 1


def test_damage_that_shows_only_when_it_is_read_does_not_stop_the_start(bench, monkeypatch):
    fill(bench, 10)
    failing = ["once"]

    def damages(connection):
        if failing and failing.pop():
            error = sqlite3.DatabaseError("database disk image is malformed")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error
        return told(connection)

    told = manifest.damages
    monkeypatch.setattr(manifest, "damages", damages)
    history = bench.open()
    assert bench.stored(history) == expected(10)
    assert "malformed" in damage(history)


def test_a_damaged_row_is_kept_in_a_file(bench):
    path = fill(bench, 10)
    with sqlite3.connect(path) as connection:
        blob = connection.execute("select blob from batches where id = 7").fetchone()[0]
        connection.execute("update batches set blob = ? where id = 7", (b"\0" + blob[1:],))
    connection.close()
    assert len(bench.stored(bench.open())) == 9
    assert (bench.folder / "quarantine" / "journal-row-7.arrows").read_bytes() == b"\0" + blob[1:]


def test_what_was_found_is_told_even_if_telling_failed_at_first(bench, monkeypatch):
    """The manifest is written anew from memory after the journal failed; that may fail too."""
    history = bench.open()
    history.append([bench.readings((1, START, 1.0))])
    connection, history.journal._connection = history.journal._connection, None
    connection.close()
    history.journal._hopeless = "the test says so"
    with monkeypatch.context() as patched:
        patched.setattr(history.files, "settle", lambda: (_ for _ in ()).throw(Unavailable("no")))
        history.load_marks()  # opens it again
        with pytest.raises(Unavailable):
            history.seal()
    history.seal()
    assert "the test says so" in damage(history)
    assert "the test says so" in damage(bench.open())
