"""Damage and crashes: what is lost is only what was damaged, and it is named; nothing is ever there twice."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from wacket.errors import Unavailable
from wacket.history import History, segments, wal
from wacket.history.shapes import Mark
from wacket.history.space import Space

START = 1_790_000_000_000_000


def filled(bench, count=3):
    """So many segments of each kind, each with one reading and one line."""
    history = bench.open()
    for n in range(count):
        history.append([bench.readings((1, START + n, float(n))), bench.logs(f"line {n}", at=START + n)])
        history.seal()
    return history


def expected(count, *without):
    return [(1, START + n, float(n)) for n in range(count) if n not in without]


# Segments


@pytest.mark.parametrize("harm", ["truncate", "delete", "head", "foot"])
def test_a_segment_that_is_visibly_damaged_is_found_when_the_hub_starts(bench, harm):
    filled(bench)
    bench.close()
    path = bench.files()[1]
    if harm == "truncate":
        os.truncate(path, 100)
    elif harm == "delete":
        path.unlink()
    else:
        bench.flip(path, 0 if harm == "head" else -1)
    history = bench.open()
    assert bench.stored(history) == expected(3, 1)
    told = history.damages
    assert [(d.path, d.kind, d.t_min, d.t_max, d.rows) for d in told] == [
        (str(path), "readings", START + 1, START + 1, 1)
    ]
    assert path.name in history.health()["damage"][0]
    assert "2026-09-21T14:13:20Z" in history.health()["damage"][0]
    assert len(history.damages) == len(bench.open().damages)
    with history.view() as view:
        assert len(view.rollups["1m"]) == 3


def test_a_flipped_byte_inside_is_found_by_verify_and_when_a_question_fails(bench):
    history = filled(bench)
    first, second, _ = bench.files()
    bench.flip(first, 50)
    history.report_damage(str(second), "a question failed")
    assert history.damages == []  # that file is as it was written
    history.report_damage(str(first), "a question failed")
    history.report_damage(str(first), "a question failed")
    assert [told.path for told in history.damages] == [str(first)]
    assert bench.stored(history) == expected(3, 0)
    bench.flip(bench.files("logs")[0], 70)
    found = history.verify()
    assert len(found) == 2
    assert "lost: 1 rows of logs" in found[1]
    assert len(list((bench.folder / "quarantine").iterdir())) == 2
    assert bench.open().verify() == found


# The manifest


def test_a_file_without_its_commit_is_removed_and_its_rows_are_still_there(bench, monkeypatch):
    history = bench.open()
    history.append([bench.readings((1, START, 1.0))])

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(history.files, "commit", crash)
    with pytest.raises(KeyboardInterrupt):
        history.seal()
    assert len(bench.files()) == 1
    history = bench.abandon()
    assert bench.files() == []
    assert bench.stored(history) == [(1, START, 1.0)]
    history.seal()
    assert bench.stored(history) == [(1, START, 1.0)]


def test_an_interrupted_compaction_leaves_its_inputs(bench, monkeypatch):
    history = filled(bench, 12)

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(history.files, "commit", crash)
    with pytest.raises(KeyboardInterrupt):
        history.compact()
    assert len(bench.files()) == 13
    history = bench.abandon()
    assert len(bench.files()) == 12
    assert bench.stored(history) == expected(12)


def test_files_that_were_replaced_are_removed_at_the_next_start(bench):
    history = filled(bench, 12)
    with history.view():
        history.compact()
        assert len(bench.files()) == 13
        history = bench.abandon()
    assert len(bench.files()) == 1
    assert bench.stored(history) == expected(12)


def test_a_stranger_is_moved_to_lost_and_found(bench):
    filled(bench)
    bench.close()
    stranger = bench.folder / "readings" / "holiday.parquet"
    stranger.write_bytes(b"not mine")
    (bench.folder / "readings" / "half.parquet.tmp").write_bytes(b"")
    copy = bench.folder / "readings" / "copy.parquet"
    shutil.copy(bench.files()[0], copy)
    history = bench.open()
    assert bench.stored(history) == expected(3)
    assert history.damages == []
    assert {path.name for path in (bench.folder / "lost+found").iterdir()} == {
        "readings-holiday.parquet",
        "readings-copy.parquet",
    }


@pytest.mark.parametrize("compacted", [False, True])
def test_a_lost_journal_costs_only_what_was_not_sealed(bench, compacted):
    history = filled(bench, 14)
    with history.view():  # keeps the replaced files, as a crash right after the commit would
        if compacted:
            history.compact()
        first = history.append([bench.logs("unsealed")])[0]
        shutil.copytree(bench.folder, bench.folder.with_name("copy"))
    bench.close()
    shutil.rmtree(bench.folder)
    bench.folder.with_name("copy").rename(bench.folder)
    for path in bench.folder.glob("journal.db*"):
        path.unlink()
    history = bench.open()
    assert bench.stored(history) == expected(14)
    with history.view() as view:
        assert [body for _, body in bench.lines(view)] == [f"line {n}" for n in range(14)]
    assert len(history.damages) == 1
    assert "made again" in history.damages[0].reason
    assert history.append([bench.logs("next")])[0] > first
    again = bench.open()
    assert bench.stored(again) == expected(14)
    assert len(again.damages) == 1


def test_a_changed_row_of_the_manifest_is_read_again_from_its_file(bench):
    filled(bench)
    bench.close()
    with sqlite3.connect(bench.folder / "journal.db") as connection:
        connection.execute("update segments set t_min = 5 where kind = 'readings'")
    connection.close()
    history = bench.open()
    assert bench.stored(history) == expected(3)
    with history.view() as view:
        assert view.readings[0].t_min == START


def test_a_compaction_whose_commit_was_lost_is_found_again(bench):
    """As after a write-ahead log that lost its end: the manifest names files that are gone."""
    filled(bench, 12)
    bench.close()
    shutil.copy(bench.folder / "journal.db", bench.folder.with_name("older.db"))
    history = bench.open()
    history.compact()
    bench.close()
    shutil.copy(bench.folder.with_name("older.db"), bench.folder / "journal.db")
    history = bench.open()
    assert len(bench.files()) == 1
    assert bench.stored(history) == expected(12)
    assert history.damages == []


# The journal


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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.999])
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
    history.journal._hopeless = True
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


# The disk


def test_nothing_is_taken_in_below_the_reserve_and_all_is_well_when_space_returns(bench, monkeypatch):
    history = bench.open()
    history.append([bench.readings((1, START, 0.0))])
    free = [0]
    monkeypatch.setattr(Space, "free", property(lambda self: free[0]))
    with pytest.raises(Unavailable, match="nearly full"):
        history.append([bench.readings((1, START, 5.0))])
    assert history.health()["ok"] is False
    assert history.seal() == 1  # what was taken in can still be put away
    free[0] = 1 << 40
    history.append([bench.readings((1, START + 1, 1.0))])
    assert history.health()["ok"] is True
    assert bench.stored(history) == expected(2)


def test_the_reserve_file_is_given_up_and_made_again(tmp_path, monkeypatch):
    space = Space(tmp_path, 4 << 20)
    space.tend()
    assert (tmp_path / "reserve").stat().st_size == 1 << 20
    with monkeypatch.context() as patched:
        patched.setattr(Space, "free", property(lambda self: 1000))
        space.tend()
        assert not (tmp_path / "reserve").exists()
        space.tend()
    space.tend()
    assert (tmp_path / "reserve").exists()


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 6 MB."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small file system")
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.decode()}")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.slow
def test_a_disk_that_runs_full_loses_nothing_and_needs_no_restart(bench, tiny_disk):
    bench.folder = tiny_disk / "history"
    history = bench.open(reserve_bytes=1)  # so that the disk is really full and not only nearly
    noise = random.Random(1)
    stored = []

    def fill() -> None:
        for _ in range(3000):
            rows = [(1, START + len(stored) + n, noise.random()) for n in range(500)]
            history.append([bench.readings(*rows)])
            stored.extend(rows)

    with pytest.raises(Unavailable, match="full"):
        fill()
    assert len(stored) > 10_000
    assert bench.stored(history) == stored
    with pytest.raises(Unavailable, match="full"):
        history.append([bench.readings(*[(1, START, noise.random()) for _ in range(20_000)])])
    ballast = tiny_disk / "ballast"
    assert not ballast.exists()
    subprocess.run(["mount", "-o", "remount,size=40m", tiny_disk], check=True)
    history.append([bench.readings((1, START + 10**9, 1.0))])
    stored.append((1, START + 10**9, 1.0))
    assert history.seal() == len(stored)
    assert bench.stored(history) == stored
    assert bench.stored(bench.open()) == stored
    bench.close()


@pytest.mark.slow
def test_sealing_on_a_full_disk_fails_cleanly_and_succeeds_later(bench, tiny_disk):
    bench.folder = tiny_disk / "history"
    history = bench.open(reserve_bytes=1)
    noise = random.Random(2)
    rows = [(1, START + n, noise.random()) for n in range(20_000)]
    history.append([bench.readings(*rows)])
    ballast = tiny_disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, history.space.free - 65536)
    with pytest.raises(Exception, match=r"(?i)space|full"):
        history.seal()
    assert bench.stored(history) == rows
    ballast.unlink()
    assert history.seal() == len(rows)
    assert bench.stored(history) == rows
    assert list(bench.folder.rglob("*.tmp")) == []
    bench.close()


def test_checksum_covers_every_byte(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(os.urandom(3 << 20))
    before = segments.checksum(path)
    raw = bytearray(path.read_bytes())
    raw[2 << 20] ^= 1
    Path(path).write_bytes(raw)
    assert segments.checksum(path) != before
