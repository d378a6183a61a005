"""What append promises: all or nothing, on disk on return, numbered in order."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from wacket.errors import Unavailable
from wacket.history import codec
from wacket.history.packing import pack
from wacket.history.shapes import MOST_ROWS, Mark, StoredReceipt
from wacket.records import Batch, Logs, Readings, StringColumn

from .conftest import Failing

START = 1_790_000_000_000_000


def test_what_was_appended_is_there_after_a_crash(bench):
    history = bench.open()
    history.append([bench.readings((1, START, 1.5), (2, START, 2.5)), bench.logs("one", "zwei ü")])
    history.append([bench.readings((1, START + 1, 3.5))])
    history = bench.abandon()
    assert bench.stored(history) == [(1, START, 1.5), (2, START, 2.5), (1, START + 1, 3.5)]
    with history.view() as view:
        assert [body for _, body in bench.lines(view)] == ["one", "zwei ü"]


def test_ids_of_lines_are_journal_row_and_place_and_never_come_again(bench):
    history = bench.open()
    first, second = history.append([bench.logs("a", "b"), bench.logs("c")])
    assert (first >> 20, second - first) == (1, 2)
    third = history.append([bench.logs("d")])[0]
    with history.view() as view:
        assert bench.lines(view) == [(first, "a"), (first + 1, "b"), (second, "c"), (third, "d")]
    history.seal()
    history = bench.open()
    assert history.append([bench.logs("e")])[0] > third


def test_many_small_batches_share_a_journal_row(bench):
    batches = [bench.readings((1, START + n, n)) for n in range(50)] + [bench.logs("x")] * 2
    packed, ids = pack(batches, 7, 0)
    assert [(one.row.id, one.row.kind, one.row.rows) for one in packed] == [
        (7, "readings", 50),
        (8, "logs", 2),
    ]
    assert ids == [(7 << 20) + n for n in range(50)] + [8 << 20, (8 << 20) + 1]


def test_a_journal_row_never_holds_more_rows_than_its_ids_allow(bench):
    half = Readings(*(np.zeros(MOST_ROWS // 2 + 1, t) for t in (np.uint32, np.int64, np.float64, np.uint8)))
    packed, ids = pack([Batch(readings=half), Batch(readings=half)], 1, 0)
    assert [one.row.id for one in packed] == [1, 2]
    assert ids == [1 << 20, 2 << 20]
    whole = Readings.concat([half, half])
    with pytest.raises(ValueError, match="at most"):
        pack([Batch(readings=whole)], 1, 0)


def test_empty_batches_cost_nothing(bench):
    history = bench.open()
    assert len(history.append([Batch(readings=Readings.empty()), Batch(logs=Logs.empty())])) == 2
    assert history.append([]) == []
    assert history.seal() == 0


def test_a_mark_without_ranges_takes_one_away_and_those_stored_last_come_last(bench):
    history = bench.open()
    old, kept, new = (Mark("a", epoch, ((0, 4),)) for epoch in "321")
    history.append([], [old, kept])
    history.append([], [new, Mark("a", "3", ())])
    history.append([], [kept])
    assert bench.abandon().load_marks() == [new, kept]


def test_marks_and_receipts_come_back_and_are_replaced(bench):
    history = bench.open()
    history.append([], [Mark("a", "1", ((0, 4),)), Mark("b", "1", ((7, 7), (9, 12)))])
    history.append([], [Mark("a", "1", ((0, 9),))], [StoredReceipt("a", "k", b"{}", 5)])
    history.append([], (), [StoredReceipt("a", "l", b"[]", 9)])
    history = bench.abandon()
    assert sorted(history.load_marks()) == [Mark("a", "1", ((0, 9),)), Mark("b", "1", ((7, 7), (9, 12)))]
    assert [r.key for r in history.load_receipts()] == ["k", "l"]
    history.forget_receipts(6)
    assert [r.key for r in history.load_receipts()] == ["l"]


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "in doubt after the commit"])
def test_nothing_is_kept_of_a_call_that_failed(bench, after):
    history = bench.open()
    good = Mark("a", "1", ((0, 4),))
    history.append([bench.readings((1, START, 1.0))], [good], [StoredReceipt("a", "k", b"", 1)])
    failing = Failing(history.journal._connection, "commit", sqlite3.SQLITE_IOERR_FSYNC, after)
    history.journal._connection = failing
    with pytest.raises(Unavailable, match="nothing of this was kept"):
        history.append(
            [bench.readings((1, START, 2.0))],
            [Mark("a", "1", ((0, 9),)), Mark("new", "1", ((0, 1),))],
            [StoredReceipt("a", "m", b"", 1)],
        )
    assert history.health()["ok"] is False
    history.append([bench.readings((1, START, 3.0))])
    assert history.health()["ok"] is True
    for reopen in (lambda: history, bench.abandon):
        again = reopen()
        assert bench.stored(again) == [(1, START, 1.0), (1, START, 3.0)]
        assert again.load_marks() == [good]
        assert [receipt.key for receipt in again.load_receipts()] == ["k"]


def test_a_full_disk_refuses_and_goes_on(bench):
    history = bench.open()
    real = history.journal._connection
    history.journal._connection = Failing(real, "insert into batches", sqlite3.SQLITE_FULL, False)
    with pytest.raises(Unavailable, match="full"):
        history.append([bench.readings((1, START, 1.0))])
    history.journal._connection = real
    history.append([bench.readings((1, START, 2.0))])
    assert bench.stored(bench.abandon()) == [(1, START, 2.0)]


def test_the_journal_is_sealed_at_once_after_it_failed(bench):
    """What is in memory may be the only good copy, so it must not wait for its usual turn."""
    history = bench.open()
    history.append([bench.readings((1, START, 1.0))])
    assert not history.due()
    history.journal._connection = Failing(history.journal._connection, "begin", sqlite3.SQLITE_IOERR, False)
    with pytest.raises(Unavailable):
        history.append([bench.readings((1, START, 9.0))])
    history.append([bench.readings((1, START, 2.0))])
    assert history.due()
    assert history.seal() == 2
    assert not history.due()


def test_senders_wait_when_sealing_lags(bench):
    history = bench.open(seal_rows=1)
    for n in range(9):  # eight times what is sealed at once, and the one that goes over it
        history.append([bench.readings((1, START + n, 1.0))])
    with pytest.raises(Unavailable, match="slower"):
        history.append([bench.readings((1, START, 1.0))])
    history.seal()
    history.append([bench.readings((1, START, 1.0))])


def test_the_write_ahead_log_is_moved_into_the_file_now_and_then(bench):
    history = bench.open()
    body = [str(n) * 90_000 for n in range(10)]  # LZ4 keeps little of this, but the text is counted per commit
    noise = np.random.default_rng(1).bytes(1 << 20).hex()
    for _ in range(12):
        history.append([bench.logs(*body, noise)])
    assert (bench.folder / "journal.db-wal").stat().st_size < 8 << 20


def test_codec_gives_back_what_it_was_given():
    texts = ["", "a", "snow ☃", "x" * 5000]
    column = StringColumn.of(texts)
    sliced = StringColumn(b"junk" + column.data, column.offsets + np.int32(4))
    logs = Logs(
        np.arange(4),
        np.arange(4) + 1,
        np.arange(4, dtype=np.uint32),
        sliced,
        np.ones(4, np.uint8),
        column,
        sliced,
    )
    back = codec.decode(codec.encode(Batch(logs=logs))).logs
    assert back is not None
    assert back.source.to_list() == back.body.to_list() == back.attrs.to_list() == texts
    assert back.observed_at.tolist() == [1, 2, 3, 4]
    joined = codec.join_logs([logs, back])
    assert joined.body.to_list() == joined.source.to_list() == texts * 2
    empty = codec.decode(codec.encode(Batch(logs=Logs.empty()))).logs
    assert empty is not None
    assert len(empty) == len(empty.body) == 0
