"""What counts when the hub starts: files that are damaged or gone and put back, and files that were replaced."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from wacket.errors import Unavailable
from wacket.history import compactor, opening, segments
from wacket.history.shapes import RetentionRule

pytestmark = pytest.mark.slow

START = 1_790_000_000_000_000
DAY = 86_400_000_000


def filled(bench, count=3):
    """So many segments of each kind, each with one reading and one line."""
    history = bench.open()
    more(bench, history, 0, count)
    return history


def more(bench, history, first, count, seal=True):
    for n in range(first, first + count):
        history.append([bench.readings((1, START + n, float(n))), bench.logs(f"line {n}", at=START + n)])
        if seal:
            history.seal()


def expected(count, *without):
    return [(1, START + n, float(n)) for n in range(count) if n not in without]


def damaged(bench, path):
    """The bytes of a file that was then found to be damaged."""
    good = path.read_bytes()
    bench.flip(path, 50)
    bench._open.report_damage(str(path), "a question failed")
    return good


def test_a_file_that_is_put_back_counts_again(bench):
    history = filled(bench)
    path = bench.files()[1]
    good = damaged(bench, path)
    assert bench.stored(history) == expected(3, 1)
    bench.close()
    path.write_bytes(good)
    history = bench.open()
    assert bench.stored(history) == expected(3)
    assert history.damages == []
    assert history.verify() == []
    history = bench.open()
    assert bench.stored(history) == expected(3)
    assert not (bench.folder / "lost+found").exists()


def test_a_file_that_is_put_back_while_the_hub_runs_is_left_there(bench):
    history = filled(bench)
    path = bench.files()[1]
    with history.view():
        path.write_bytes(damaged(bench, path))
        more(bench, history, 3, 1)
    with history.view():
        pass
    assert path.exists()
    assert bench.stored(history) == expected(4, 1)
    assert bench.stored(bench.open()) == expected(4)


def test_a_file_that_is_gone_at_one_start_and_back_at_a_later_one_counts(bench):
    filled(bench)
    bench.close()
    path, away = bench.files()[1], bench.folder.with_name("away.parquet")
    path.rename(away)
    history = bench.open()
    assert bench.stored(history) == expected(3, 1)
    more(bench, history, 3, 1)
    assert [told.reason for told in bench.open().damages] == ["the file is gone"]
    bench.close()
    away.rename(path)
    history = bench.open()
    assert bench.stored(history) == expected(4)
    assert history.damages == []


def test_a_damaged_file_that_is_put_back_is_set_aside_beside_the_first(bench):
    filled(bench)
    path = bench.files()[1]
    good = damaged(bench, path)
    bench.close()
    path.write_bytes(good[:60] + bytes([good[60] ^ 1]) + good[61:])
    history = bench.open()
    assert bench.stored(history) == expected(3, 1)
    assert len(history.damages) == 1
    kept = sorted((bench.folder / "quarantine").iterdir())
    assert [one.name for one in kept] == [f"1-readings-{path.name}", f"readings-{path.name}"]
    assert len({one.read_bytes() for one in kept}) == 2


def test_nothing_is_joined_across_a_gap(bench):
    history = filled(bench, 13)
    path = bench.files()[3]
    good = damaged(bench, path)
    history.compact()
    more(bench, history, 13, 13)
    history.compact()
    assert bench.stored(history) == expected(26, 3)
    assert len(bench.files()) == 14  # three before the gap, twelve of those after it in one, ten
    bench.close()
    path.write_bytes(good)
    history = bench.open()
    assert bench.stored(history) == expected(26)
    assert history.damages == []


def test_a_missing_file_is_a_barrier_for_compaction(bench):
    small = [segments.Segment("", "readings", 0, 0, 1, 1, 1, 10, 1000, n, 0, n, n) for n in range(14)]
    assert len(compactor.plan("readings", [*small[:4], *small[5:]], [])) == 12
    assert compactor.plan("readings", [*small[:4], *small[5:]], [small[4]]) == []


def test_what_is_missing_is_remembered_when_the_manifest_is_written_anew(bench):
    history = filled(bench)
    path = bench.files()[1]
    good = damaged(bench, path)
    history.files.restore([])
    bench.close()
    path.write_bytes(good)
    assert bench.stored(bench.open()) == expected(3)


def test_what_is_missing_expires_too(bench):
    history = filled(bench)
    path = bench.files()[1]
    good = damaged(bench, path)
    history.retain([RetentionRule(None, 1, 0)], START + 9 * DAY)
    assert history.files.missing("readings") == []
    bench.close()
    path.write_bytes(good)
    assert bench.stored(bench.open()) == []
    assert [lost.name for lost in (bench.folder / "lost+found").iterdir()] == [f"readings-{path.name}"]


def test_a_start_without_any_file_of_a_kind_is_refused_until_somebody_says_so(bench):
    filled(bench, 4)
    bench.close()
    place, away = bench.folder / "readings", bench.folder.with_name("away")
    place.rename(away)
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"all files of .*readings are gone \(it had 4\): put them back"):
            bench.open()
    away.rename(place)
    history = bench.open()
    assert bench.stored(history) == expected(4)
    assert history.damages == []
    bench.close()
    place.rename(away)
    place.mkdir()
    (place / opening.GO_ON).touch()
    history = bench.open()
    assert bench.stored(history) == []
    assert len(history.damages) == 4
    assert list(place.iterdir()) == []
    more(bench, history, 4, 1)
    bench.close()
    for path in away.iterdir():
        path.rename(place / path.name)
    history = bench.open()
    assert bench.stored(history) == expected(5)
    assert history.damages == []


def test_a_name_among_the_replaced_files_never_costs_one_that_counts(bench):
    filled(bench)
    bench.close()
    names = [f"readings/{path.name}" for path in bench.files()]
    with sqlite3.connect(bench.folder / "journal.db") as connection:
        good = opening.manifest._row_crc((names[0],))
        connection.execute("insert into obsolete values(?, ?)", (names[0], good))
        connection.execute("insert into obsolete values(?, ?)", ("journal.db.head", good))
    connection.close()
    history = bench.open()
    assert bench.stored(history) == expected(3)
    assert (bench.folder / "journal.db.head").exists()


def test_expired_files_that_could_not_be_deleted_are_deleted_at_the_next_start(bench, monkeypatch):
    history = filled(bench)

    def refused(path, missing_ok=False):
        raise PermissionError(path)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refused)
        assert history.retain([RetentionRule(None, 1, 1)], START + 9 * DAY) > 0
    more(bench, history, 3, 1)
    assert len(bench.files()) == 4
    with monkeypatch.context() as patched:
        real = Path.unlink
        patched.setattr(Path, "unlink", lambda path, **more: refused(path) if "readings" in str(path) else real(path))
        assert bench.stored(bench.open()) == expected(4, 0, 1, 2)
    assert bench.stored(bench.open()) == expected(4, 0, 1, 2)
    assert len(bench.files()) == 1
    assert not (bench.folder / "lost+found").exists()


def test_folders_are_made_to_last(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(segments, "sync", synced.append)
    segments.make_folder(tmp_path / "a" / "b")
    assert synced == [tmp_path, tmp_path / "a"]
    segments.make_folder(tmp_path / "a" / "b")
    assert len(synced) == 2


def test_the_folders_of_a_new_history_are_made_to_last(bench, monkeypatch):
    synced = []
    real = segments.sync

    def sync(path):
        synced.append(path)
        real(path)

    monkeypatch.setattr(segments, "sync", sync)
    history = bench.open()
    assert bench.folder.parent in synced
    more(bench, history, 0, 1)
    assert bench.folder in synced
