"""Sealing: the same rows, sorted, in Parquet that says what it is; roll-ups that lose no spike."""

from __future__ import annotations

import threading

import duckdb
import pytest

from wacket.errors import Unavailable
from wacket.history import segments, store
from wacket.history.shapes import KINDS, ROLLUPS
from wacket.records import Series

pytestmark = pytest.mark.slow

START = 1_790_000_000_000_000
MINUTE = 60_000_000


def test_sealed_rows_are_sorted_and_ties_keep_their_order(bench):
    history = bench.open()
    history.append([bench.readings((2, START, 1.0), (1, START + 5, 2.0), (1, START, 3.0))])
    history.append([bench.readings((1, START + 5, 4.0), (1, START + 5, 1.0))])
    assert history.seal() == 5
    assert bench.stored(history) == [
        *((1, START, 3.0), (1, START + 5, 2.0), (1, START + 5, 4.0), (1, START + 5, 1.0)),
        (2, START, 1.0),
    ]
    with history.view() as view:
        segment = view.readings[0]
        assert view.tail_readings is None
    assert segment[1:9] == ("readings", 0, START, START + 5, 1, 2, 5, segment.bytes)
    assert segments.fault(segment, whole=True) == ""


def test_types_are_the_same_in_memory_and_in_the_file(bench):
    history = bench.open()
    history.append([bench.readings((1, START, 1.0)), bench.logs("x")])
    with history.view() as view, duckdb.connect() as connection:
        tails = [view.tail_readings, view.tail_logs]
        before = [connection.from_arrow(tail) for tail in tails]
        expected = [list(zip(r.columns, map(str, r.types), strict=True)) for r in before]
    history.seal()
    with history.view() as view, duckdb.connect() as connection:
        after = [connection.read_parquet(s.path) for s in (*view.readings, *view.logs)]
        assert [list(zip(r.columns, map(str, r.types), strict=True)) for r in after] == expected
        assert ("at", "TIMESTAMP") in expected[0]
        assert connection.execute(f"select observed_at from '{view.logs[0].path}'").fetchone() == (None,)


def test_a_file_says_what_it_is(bench):
    history = bench.open()
    history.append([bench.readings((3, START, 1.0)), bench.logs("x", node=9)])
    history.seal()
    with segments.engine(bench.folder) as connection:
        for segment in history.files.all():
            assert segments.describe(connection, bench.folder / segment.path) == segment
    assert sorted(segment.kind for segment in history.files.all()) == sorted(KINDS)


def test_a_view_stays_as_it_is_and_keeps_its_files(bench):
    history = bench.open()
    history.append([bench.readings((1, START, 1.0))])
    with history.view() as old:
        history.append([bench.readings((1, START, 2.0))])
        history.seal()
        assert old.readings == ()
        assert bench._select(old.tail_readings) == [(1, START, 1.0)]
        with history.view() as between:
            bench.now += 10**15
            history.settings.readings_days = 1
            history.retain([], bench.now)
            assert bench.rows_of(between.readings[0]) == [(1, START, 1.0), (1, START, 2.0)]
        assert bench.files() != []  # the older view was made before this file; it is asked for nothing
    assert bench.files() == []
    assert bench.stored(history) == []


def test_rows_are_in_exactly_one_place_at_any_moment(bench):
    """A thread that asks all the time while rows come and are sealed sees each prefix whole, nothing twice."""
    history = bench.open()
    seen, stop = [], threading.Event()

    def ask() -> None:
        while not stop.is_set():
            with history.view() as view:
                sealed = sum(segment.rows for segment in view.readings)
                seen.append(sealed + (view.tail_readings.num_rows if view.tail_readings else 0))

    asking = threading.Thread(target=ask)
    asking.start()
    for n in range(30):
        history.append([bench.readings((1, START + n, n))])
        if n % 10 == 9:
            history.seal()
    stop.set()
    asking.join()
    assert seen == sorted(seen)
    assert len(bench.stored(history)) == 30


def test_a_seal_that_fails_changes_nothing(bench, monkeypatch):
    history = bench.open()
    history.append([bench.readings((1, START, 1.0))])

    def fail(*_: object) -> None:
        raise OSError("no")

    with monkeypatch.context() as patched:
        patched.setattr(segments, "sync", fail)
        with pytest.raises(OSError, match="no"):
            history.seal()
    assert list(bench.folder.rglob("*.parquet*")) == []
    history.append([bench.readings((1, START, 2.0))])
    assert bench.stored(history) == [(1, START, 1.0), (1, START, 2.0)]
    assert history.seal() == 2
    assert bench.stored(bench.abandon()) == [(1, START, 1.0), (1, START, 2.0)]


@pytest.mark.parametrize("done", [False, True], ids=["not on disk", "on disk"])
def test_a_seal_whose_commit_is_in_doubt_is_done_once(bench, monkeypatch, done):
    history = bench.open()
    history.append([bench.readings((1, START, 1.0))])
    real = history.journal.transaction
    import contextlib

    @contextlib.contextmanager
    def doubtful(undo_from=None):
        if not done:
            raise Unavailable("injected")
        with real(undo_from) as connection:
            yield connection
        raise Unavailable("injected")

    history.files.settle()
    with monkeypatch.context() as patched, pytest.raises(Unavailable):
        patched.setattr(history.files._journal, "transaction", doubtful)
        history.files.commit(*_sealed_by_hand(history))
    history.append([bench.readings((1, START, 2.0))])
    history.seal()
    history.seal()
    assert sorted(bench.stored(history)) == [(1, START, 1.0), (1, START, 2.0)]
    assert sorted(bench.stored(bench.abandon())) == [(1, START, 1.0), (1, START, 2.0)]


def _sealed_by_hand(history):
    from wacket.history import sealer

    part = history.tail.freeze()
    return sealer.seal(part, history.folder, history.files.number), (), part


@pytest.mark.parametrize("seconds", [0, 5])
def test_older_rows_follow_when_the_journal_is_larger_than_memory_allows(bench, monkeypatch, seconds):
    monkeypatch.setattr(store, "_START_SECONDS", seconds)
    history = bench.open()
    for n in range(20):
        history.append([bench.readings((1, START + n, n), (2, START + n, n))])
    bench.close()
    history = bench.open(seal_rows=6)
    assert history.tail.size[0] == (4 if seconds else 6)
    assert history.due() == (seconds == 0)
    assert len(bench.stored(history)) == (40 if seconds else 6)
    history.append([bench.readings((1, START + 99, 99.0))])
    assert history.seal() == (5 if seconds else 41)
    assert sorted(bench.stored(history)) == sorted(
        [(s, START + n, float(n)) for n in range(20) for s in (1, 2)] + [(1, START + 99, 99.0)]
    )
    assert sorted(bench.stored(bench.open())) == sorted(bench.stored(history))


def test_lines_are_sorted_by_time_and_then_by_id(bench):
    history = bench.open()
    ids = [history.append([bench.logs(f"{n} a", f"{n} b", at=START + n * 7 % 5)])[0] for n in range(5)]
    history.append([bench.readings((1, START, 1.0))])
    history.seal()
    with history.view() as view:
        rows = duckdb.execute(f"select epoch_us(\"at\") - {START}, id, body from '{view.logs[0].path}'").fetchall()
    assert rows == sorted((n * 7 % 5, ids[n] + k, f"{n} {'ab'[k]}") for n in range(5) for k in (0, 1))


def test_rollups_of_a_sealed_part(bench):
    history = bench.open()
    values = [5.0, 7.0, 2.0, 3.0, float("nan")]
    history.append([bench.readings(*((1, START + n * 10_000_000, v) for n, v in enumerate(values)))])
    history.append([bench.readings((1, START + 5 * MINUTE, 100.0), (2, START, float("nan")))])
    history.seal()
    with history.view() as view, duckdb.connect() as connection:
        for kind, width in ROLLUPS.items():
            rows = connection.execute(
                f"select series, epoch_us(bucket), count, sum, min, max, first, last, epoch_us(t_first), "
                f"epoch_us(t_last), rise from '{view.rollups[kind][0].path}'"
            ).fetchall()
            assert [row[0] for row in rows] == [1] * len(rows)
            assert all(row[1] % width == 0 for row in rows)
            assert sum(row[2] for row in rows) == 5
            assert max(row[5] for row in rows) == 100.0
            if kind == "1m":
                first = rows[0]
                assert first[2:] == (4, 17.0, 2.0, 7.0, 5.0, 3.0, START, START + 30_000_000, 2.0 + 2.0 + 1.0)


def test_catalogue_is_written_for_other_programs(bench):
    history = bench.open()
    history.write_catalogue([Series(7, 2, "lab", "temp", {"b": "1", "a": "2"}, "°C")])
    with duckdb.connect() as connection:
        rows = connection.execute(f"select * from '{bench.folder}/series.parquet'").fetchall()
    assert rows == [(7, 2, "lab", "temp", '{"a": "2", "b": "1"}', "°C")]
    history.write_catalogue([])
    assert bench.open().verify() == []


async def test_the_background_work_seals_and_ends(bench):
    import asyncio

    history = bench.open(seal_rows=2, compact_seconds=0)
    going = asyncio.create_task(history.run(lambda: []))
    history.append([bench.readings((1, START, 1.0), (1, START, 2.0))])
    async with asyncio.timeout(10):
        while history.statistics()["segments_readings"] == 0:  # noqa: ASYNC110 - history has nothing to wait for
            await asyncio.sleep(0.01)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert history.statistics()["unsealed_rows"] == 0
