"""Damaged segments and manifests, and crashes between files and manifest: what is lost is named, nothing is doubled."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.support.filled import START, expected, filled

from wacket.history import segments

pytestmark = pytest.mark.slow


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


def test_checksum_covers_every_byte(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(os.urandom(3 << 20))
    before = segments.checksum(path)
    raw = bytearray(path.read_bytes())
    raw[2 << 20] ^= 1
    Path(path).write_bytes(raw)
    assert segments.checksum(path) != before
