"""Files that cannot be read now, damage that is found before it is written anew, and a clock that is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import resource
from pathlib import Path

import pytest

from wacket import settings
from wacket.errors import Unavailable
from wacket.history import compactor, plausible, segments, upkeep
from wacket.history.query import Query
from wacket.history.shapes import RetentionRule

pytestmark = pytest.mark.slow

START = 1_790_000_000_000_000
DAY = 86_400_000_000


def filled(bench, count=3, rows=1):
    """So many segments of each kind, each with one line and some readings."""
    history = bench.open()
    for n in range(count):
        readings = [(1, START + n * rows + k, float(n * rows + k)) for k in range(rows)]
        history.append([bench.readings(*readings), bench.logs(f"line {n}", at=START + n)])
        history.seal()
    return history


def expected(count, *without):
    return [(1, START + n, float(n)) for n in range(count) if n not in without]


@contextlib.contextmanager
def no_descriptors():
    """No file can be opened: every descriptor that the limit allows is used up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    probe = os.open("/", os.O_RDONLY)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe + 8, hard))
    held = [probe]
    try:
        with contextlib.suppress(OSError):
            while True:
                held.append(os.dup(probe))
        yield
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def unreadable(monkeypatch, *names, code=errno.EIO):
    """Files of these names cannot be opened, as on a disk with a bad sector. All, if none is named."""
    real = Path.open

    def failing(path, *arguments, **named):
        if path.suffix == ".parquet" and (not names or path.name in names):
            raise OSError(code, os.strerror(code), str(path))
        return real(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", failing)


@pytest.fixture
def query(bench):
    """Questions to three segments of readings."""
    query = Query(filled(bench), settings.History())
    yield query
    query.close()


def asked(query):
    [points] = query.raw([1], START, START + DAY, 100)
    return len(points.at)


@pytest.mark.parametrize("before", [False, True], ids=["never read", "read before"])
def test_a_question_without_descriptors_fails_and_costs_nothing(bench, query, before):
    history = query._history
    if before:
        assert asked(query) == 3
    with no_descriptors(), pytest.raises(Unavailable, match=r"(?i)too many open files"):
        asked(query)
    assert history.damages == []
    assert asked(query) == 3
    assert bench.stored(bench.open()) == expected(3)


def test_a_question_leaves_out_what_the_disk_cannot_read_now(bench, query, monkeypatch):
    history, path = query._history, bench.files()[1]
    with monkeypatch.context() as patched:
        unreadable(patched, path.name)
        assert asked(query) == 2
        assert "cannot be read now" in history.health()["damage"][0]
        assert path.name in history.health()["damage"][0]
    assert history.damages == []
    assert asked(query) == 3
    assert history.verify() == []


def test_a_start_at_which_no_file_can_be_read_costs_nothing(bench, monkeypatch):
    filled(bench)
    bench.close()
    with monkeypatch.context() as patched:
        unreadable(patched)
        assert bench.open().damages == []
        bench.close()
        unreadable(patched, code=errno.EMFILE)
        with pytest.raises(Unavailable, match="Too many open files"):
            bench.open()
    history = bench.open()
    assert bench.stored(history) == expected(3)
    assert history.damages == []
    assert not (bench.folder / "quarantine").exists()


def test_a_stray_that_cannot_be_read_now_is_not_moved(bench, monkeypatch):
    filled(bench)
    bench.close()
    for path in bench.folder.glob("journal.db*"):
        path.unlink()
    with monkeypatch.context() as patched:
        unreadable(patched)
        with pytest.raises(Unavailable, match="mend that and start again"):
            bench.open()
    assert bench.stored(bench.open()) == expected(3)


def test_what_cannot_be_read_now_is_not_compacted(bench, monkeypatch):
    history = filled(bench, 12)
    with monkeypatch.context() as patched:
        unreadable(patched, bench.files()[5].name)
        with pytest.raises(OSError, match="Input/output"):
            history.compact()
    assert history.damages == []
    history.compact()
    assert len(bench.files()) == 1
    assert bench.stored(history) == expected(12)


@pytest.mark.parametrize("place", [0.03, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9])
def test_a_wrong_byte_is_found_before_compaction_writes_it_anew(bench, place):
    rows = 500
    history = filled(bench, 12, rows)
    path = bench.files()[4]
    bench.flip(path, int(path.stat().st_size * place))
    history.compact()
    assert [(told.path, told.rows) for told in history.damages] == [(str(path), rows)]
    assert [kept.name for kept in (bench.folder / "quarantine").iterdir()] == [f"readings-{path.name}"]
    assert bench.stored(history) == expected(12 * rows, *range(4 * rows, 5 * rows))


def test_a_wrong_byte_is_found_before_retention_writes_it_anew(bench):
    history = bench.open()
    history.append([bench.readings(*((1, START + n * DAY, float(n)) for n in range(10)))])
    history.seal()
    path = bench.files()[0]
    bench.flip(path, path.stat().st_size // 2)
    history.retain([RetentionRule(None, 5, 0)], START + 10 * DAY)
    assert [told.path for told in history.damages] == [str(path)]
    assert (bench.folder / "quarantine" / f"readings-{path.name}").exists()


@pytest.mark.parametrize("kind", ["readings", "logs"])
def test_a_compaction_that_lost_rows_is_not_taken(bench, monkeypatch, kind):
    history = filled(bench, 12)
    before = bench.stored(history)
    real = segments.write

    def forgetful(connection, select, planned, *more):
        where = " limit 11" if planned.kind == kind else ""
        return real(connection, select + where, planned, *more)

    with monkeypatch.context() as patched, pytest.raises(OSError, match="11 rows of 12"):
        patched.setattr(compactor.segments, "write", forgetful)
        history.compact()
    assert len(bench.files(kind)) == 12
    assert bench.stored(history) == before
    history.compact()
    assert bench.stored(history) == before


def test_everything_is_read_a_piece_at_a_time_and_damage_is_named(bench, monkeypatch):
    history = filled(bench)
    path = bench.files()[1]
    bench.flip(path, path.stat().st_size // 2)
    bench.files("logs")[2].unlink()
    steps = sum(1 for _ in history.care.scrub())
    assert steps == 14  # one of fifteen files is gone
    assert sorted(told.kind for told in history.damages) == ["logs", "readings"]
    assert bench.stored(history) == expected(3, 1)
    with monkeypatch.context() as patched:
        unreadable(patched, bench.files()[0].name)
        assert "cannot be read now" in history.verify()[-1]
    assert len(history.verify()) == 2


def test_what_is_replaced_while_everything_is_read_is_no_damage(bench):
    history = filled(bench, 12)
    reading = history.care.scrub()
    next(reading)
    history.compact()
    assert list(reading) is not None
    assert history.damages == []


def test_a_stop_is_not_kept_waiting_by_what_could_still_be_done(bench, monkeypatch):
    history = filled(bench, 36)
    real, joined = compactor.join, []

    def join(group, *more):
        joined.append(group)
        history.care.stopping.set()
        return real(group, *more)

    monkeypatch.setattr(compactor, "join", join)
    history.compact()
    assert len(joined) == 1
    assert history.retain([RetentionRule(None, 1, 1)], START + 99 * DAY) == 0


def test_one_look_at_a_wrong_clock_expires_nothing(bench):
    rules = [RetentionRule(None, 365, 0)]
    bench.settings["readings_days"] = 365
    history = filled(bench)
    assert history.care.expire(rules) == 0
    bench.now += 3650 * DAY
    assert history.care.expire(rules) == 0
    assert "moved forward by 3650 days" in history.health()["clock"]
    history = bench.open()
    assert history.care.expire(rules) == 0  # nor after a restart
    bench.now -= 3650 * DAY
    assert history.care.expire(rules) == 0
    assert history.health()["clock"] == ""
    assert bench.stored(history) == expected(3)


def test_a_clock_that_stays_as_it_is_for_a_day_is_believed(bench):
    ran = [0.0]
    history = filled(bench)
    history.care._monotonic = lambda: ran[0]
    history.care._looked = 0.0
    assert history.care.expire([]) == 0
    bench.now += 400 * DAY  # the hub was off, or its clock was
    rules = [RetentionRule(None, 365, 0)]
    for _ in range(23):
        ran[0] += 3600
        bench.now += DAY // 24
        assert history.care.expire(rules) == 0
    ran[0] += 3600
    assert history.care.expire(rules) == 3
    assert history.care.doubt == ""


def test_a_clock_is_judged_by_how_long_the_hub_ran():
    known = plausible.judged(plausible.Known(), START, 0)
    assert known == (START, 0)
    assert plausible.judged(known, START + DAY, 0) == (START + DAY, 0)  # off for a night
    assert plausible.judged(known, START + 5 * DAY, 5 * DAY) == (START + 5 * DAY, 0)
    known = plausible.judged(known, 0, DAY // 2)  # no battery
    assert known == (START + DAY // 2, DAY // 2)
    assert plausible.doubt(known, 0).startswith("the clock moved back by")
    assert plausible.judged(known, START + DAY, DAY // 4) == (START + DAY, 0)  # it was set right
    assert plausible.judged(known, 99, DAY // 2) == (99, 0)


async def test_everything_is_read_in_the_background_and_again(bench, monkeypatch):
    monkeypatch.setattr(upkeep, "_SCRUB_AFTER_SECONDS", 0)
    monkeypatch.setattr(upkeep, "_SCRUB_PAUSE_SECONDS", 0)
    monkeypatch.setattr(upkeep, "_SCRUB_EVERY_SECONDS", 0)
    history = filled(bench)
    going = asyncio.create_task(history.run(lambda: []))
    async with asyncio.timeout(10):
        for damaged in (1, 2):
            bench.flip(bench.files()[0], 60)
            while len(history.damages) < damaged:  # noqa: ASYNC110 - history has nothing to wait for
                await asyncio.sleep(0.01)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert bench.stored(history) == expected(3, 0, 1)
