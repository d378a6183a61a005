"""A journal that failed and cannot be opened again for a while: nothing is taken, and all is well afterwards."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from wacket.bus.memory import Bus
from wacket.errors import Unavailable
from wacket.history import durable, remembered
from wacket.history.shapes import Mark
from wacket.intake.catalogue import Catalogue
from wacket.intake.intake import Intake
from wacket.ledger import nodes
from wacket.ledger.store import Ledger
from wacket.records import Envelope
from wacket.settings import Intake as Limits

from .conftest import Failing

START = 1_790_000_000_000_000

pytestmark = pytest.mark.slow


@pytest.fixture
def history(bench):
    history = bench.open()
    history.append([bench.readings((1, START, 1.0))], [Mark("a", "1", ((0, 0),))])
    return history


def fail_next(history):
    """The next commit fails, and nobody knows whether the disk has it."""
    failing = Failing(history.journal._connection, "commit", sqlite3.SQLITE_IOERR_FSYNC, after=True)
    history.journal._connection = failing


@pytest.fixture
def locked(bench, history):
    """The file is held by somebody else from the moment in which the journal lets go of it."""

    def hold():
        other = sqlite3.connect(bench.folder / "journal.db", isolation_level=None)
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin immediate")
        return other

    return hold


def append(bench, history, value):
    history.append([bench.readings((1, START, value))], [Mark("a", "1", ((0, int(value)),))])


def test_nothing_is_taken_while_it_cannot_be_opened(bench, history, locked):
    fail_next(history)
    with pytest.raises(Unavailable, match="nothing of this was kept"):
        append(bench, history, 2.0)
    other = locked()
    for _ in range(3):
        with pytest.raises(Unavailable, match="cannot be opened"):
            append(bench, history, 3.0)
        with pytest.raises(Unavailable, match="cannot be opened"):
            history.load_marks()
    assert history.health()["ok"] is False
    other.close()
    append(bench, history, 4.0)
    assert bench.stored(history) == [(1, START, 1.0), (1, START, 4.0)]
    assert history.load_marks() == [Mark("a", "1", ((0, 4),))]
    assert bench.stored(bench.abandon()) == [(1, START, 1.0), (1, START, 4.0)]


def test_what_failed_is_taken_back_when_that_can_be_done(bench, history, monkeypatch):
    fail_next(history)
    with pytest.raises(Unavailable):
        append(bench, history, 2.0)

    def fail(*_):
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(remembered, "take_back", fail)
        for _ in range(2):
            with pytest.raises(Unavailable, match="cannot be opened: disk I/O error"):
                append(bench, history, 3.0)
    assert history.load_marks() == [Mark("a", "1", ((0, 0),))]
    append(bench, history, 4.0)
    assert bench.stored(bench.abandon()) == [(1, START, 1.0), (1, START, 4.0)]


def test_a_damaged_row_is_not_dropped_while_it_cannot_be_kept(bench, monkeypatch):
    history = bench.open()
    history.append([bench.readings((1, START, 1.0))])
    bench.close()
    with sqlite3.connect(bench.folder / "journal.db") as connection:
        connection.execute("update batches set crc = crc + 1")
    connection.close()

    def fail(*_):
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(durable, "write", fail)
        with pytest.raises(Unavailable, match="no space left"):
            bench.open()
    assert "the checksum is wrong" in bench.open().health()["damage"][0]
    assert len(list((bench.folder / "quarantine").iterdir())) == 1


async def test_the_intake_goes_on_when_the_journal_does(bench, history, locked, tmp_path):
    ledger = Ledger.open(tmp_path / "ledger.db")
    ledger.write_sync(lambda connection: nodes.create(connection, "one", "board", "adopted", "name:one", START))
    limits = Limits(window_ms=0, gentle_window_ms=1)
    intake = Intake(history, Catalogue(ledger, limits, lambda: START), Bus(), limits, lambda: START)
    running = asyncio.create_task(intake.run())

    def said(number):
        return Envelope("test", "here", 1, "text", START, b"line %d\n" % number, epoch="e", sequence=number)

    fail_next(history)
    with pytest.raises(Unavailable, match="nothing of this was kept"):
        await intake.accept(said(0))
    other = locked()
    for _ in range(3):
        with pytest.raises(Unavailable, match="cannot be opened"):
            await intake.accept(said(0))
    other.close()
    assert (await intake.accept(said(0))).duplicates == 0
    assert (await intake.accept(said(0))).duplicates == 1
    with history.view() as view:
        assert [body for _, body in bench.lines(view)] == ["line 0"]
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    intake.close()
    ledger.close()
