"""Compaction: fewer files, the same rows in the same order."""

from __future__ import annotations

import duckdb
import pytest

from wacket.history import compactor
from wacket.history.shapes import Segment

pytestmark = pytest.mark.slow

START = 1_790_000_000_000_000
HOUR = 3_600_000_000


def sealed(bench, history, count, rows=lambda n: [(1, START + n, float(n))]):
    for n in range(count):
        history.append([bench.readings(*rows(n)), bench.logs(f"line {n}", at=START + n)])
        history.seal()


def test_twelve_small_segments_become_one(bench):
    history = bench.open()
    sealed(bench, history, 12, lambda n: [(2, START, n), (1, START + n, n), (1, START, n)])
    before = bench.stored(history)
    assert history.compact() == 12 * 5
    expected = sorted(before, key=lambda row: row[:2])  # stable: ties in order of arrival
    assert bench.stored(history) == expected
    assert [len(bench.files(kind)) for kind in ("readings", "logs", "1m", "1h", "1d")] == [1] * 5
    with history.view() as view:
        assert [body for _, body in bench.lines(view)] == [f"line {n}" for n in range(12)]
        assert view.readings[0].level == 1
    assert bench.stored(bench.abandon()) == expected


def test_rollup_partials_are_merged(bench):
    history = bench.open()
    sealed(bench, history, 12, lambda n: [(1, START + n * 1_000_000, float(n))])
    history.compact()
    with history.view() as view, duckdb.connect() as connection:
        rows = connection.execute(
            f"select count, sum, min, max, first, last, rise from '{view.rollups['1d'][0].path}'"
        ).fetchall()
    assert rows == [(12, 66.0, 0.0, 11.0, 0.0, 11.0, 11.0)]


def test_only_neighbours_of_a_level_are_joined():
    def made(level: int, first: int, rows: int = 10, size: int = 1000) -> Segment:
        return Segment("", "readings", level, 0, 1, 1, 1, rows, size, first, 0, first, first)

    small = [made(0, n) for n in range(11)]
    assert compactor.plan("readings", small) == []
    assert compactor.plan("readings", [*small, made(0, 11)]) == [*small, made(0, 11)]
    assert compactor.plan("readings", [*small, made(1, 11), made(0, 12)]) == []
    assert len(compactor.plan("readings", [made(1, n) for n in range(30)])) == 24
    assert len(compactor.plan("readings", [made(2, n) for n in range(30)])) == 30
    assert compactor.plan("readings", [made(3, n) for n in range(99)]) == []


def test_large_segments_are_left_alone():
    def made(first: int, size: int, rows: int = 10) -> Segment:
        return Segment("", "readings", 0, 0, 1, 1, 1, rows, size, first, 0, first, first)

    large = [made(n, 200 << 20) for n in range(20)]
    assert compactor.plan("readings", large) == []
    medium = [made(n, 100 << 20) for n in range(5)]
    assert compactor.plan("readings", medium) == medium[:2]
    many = [made(n, 1000, rows=1 << 25) for n in range(5)]
    assert compactor.plan("readings", many) == many[:1]  # alone, to be packed better


def test_many_rows_are_joined_before_there_are_many_segments():
    def made(level: int, first: int, rows: int) -> Segment:
        return Segment("", "readings", level, 0, 1, 1, 1, rows, 1000, first, 0, first, first)

    half = [made(0, n, 1 << 17) for n in range(5)]
    assert compactor.plan("readings", half[:1]) == []
    assert compactor.plan("readings", half) == half[:2]
    hours = [made(1, n, 3 << 18) for n in range(5)]
    assert compactor.plan("readings", hours) == hours[:3]
    assert compactor.plan("readings", [made(1, 1, 1 << 24)]) == []


def test_nothing_is_compacted_when_the_disk_has_no_room(bench, monkeypatch):
    history = bench.open()
    sealed(bench, history, 12)
    monkeypatch.setattr(history.space, "has_room", lambda size: False)
    assert history.compact() == 0
    assert len(bench.files()) == 12


def test_a_damaged_input_costs_only_itself(bench):
    history = bench.open()
    sealed(bench, history, 13)
    bench.flip(bench.files()[3], 60)
    raw = bench.files()[3].read_bytes()
    bench.files()[3].write_bytes(raw[:4] + b"\0" * (len(raw) - 8) + raw[-4:])
    history.compact()
    history.compact()
    assert bench.stored(history) == [(1, START + n, float(n)) for n in range(13) if n != 3]
    assert [(told.kind, told.rows, told.t_min) for told in history.damages] == [("readings", 1, START + 3)]
