"""The engine behind all questions: its limits, its restart, and what it does about files that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import duckdb
import numpy as np
import pytest
from tests.support.past import FakePast, flip

from wacket import settings
from wacket.errors import BadRequest, Unavailable
from wacket.history.exporting import Export, Logs, Name, Readings
from wacket.history.logsearch import LogQuery
from wacket.history.query import Query
from wacket.history.question import EVER, Question
from wacket.history.sql import Names
from wacket.history.times import HOUR, SECOND

pytestmark = pytest.mark.slow  # each test writes Parquet files

BASE = 1_764_547_200 * SECOND
NEVER_ENDING = "SELECT count(*) FROM range(1000000000000) a WHERE a.range % 7 = 8"


@pytest.fixture
def past(tmp_path: Path) -> FakePast:
    past = FakePast(tmp_path)
    for begin in (0, 3600):
        at = BASE + (np.arange(3600) + begin) * SECOND
        past.seal_readings(np.full(3600, 1), at, np.random.default_rng(begin).normal(size=3600))
        past.seal_logs(
            [(begin + i, BASE + (begin + i) * SECOND, 1, "app", 9, f"line {i * i}", "") for i in range(3600)]
        )
    return past


@pytest.fixture
def query(past: FakePast) -> Iterator[Query]:
    query = Query(past, settings.History())
    yield query
    query.close()
    assert past.views == 0


def count(query: Query) -> int:
    return len(query.raw([1], BASE, BASE + 9 * HOUR, 100_000)[0].at)


def found(query: Query) -> int:
    return len(query.search(LogQuery(limit=10_000)).rows)


def cut(path: str) -> None:
    Path(path).write_bytes(Path(path).read_bytes()[:-100])


def gone(path: str) -> None:
    Path(path).unlink()


def flipped(path: str) -> None:
    for place in range(-400, 400, 40):
        flip(path, place)


@pytest.mark.parametrize("spoil", [cut, gone, flipped])
@pytest.mark.parametrize("before", [False, True], ids=["never read", "read before"])
def test_a_broken_file_is_named_once_and_the_rest_is_answered(
    past: FakePast, query: Query, spoil: Callable[[str], None], before: bool
) -> None:
    assert not before or found(query) == 7200
    broken = past.logs[0].path
    spoil(broken)
    assert found(query) == 3600
    assert [path for path, _ in past.damage] == [broken]
    assert past.damage[0][1]
    assert query.statistics()["damaged_files"] == 1


def test_one_wrong_byte_that_only_the_checksum_knows_of_is_not_shown(past: FakePast, query: Query) -> None:
    flip(past.readings[1].path, 0)
    assert count(query) == 3600
    assert past.damage == [(past.readings[1].path, "the checksum is wrong")]


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_an_export_leaves_a_broken_file_out(past: FakePast, query: Query, form: str) -> None:
    cut(past.readings[0].path)
    cut(past.logs[1].path)
    names = [Name(1, "rig", "temp", {})]
    whole = b"".join(query.export(Export(Readings(names, *EVER), form)))  # type: ignore[arg-type]
    lines = b"".join(query.export(Export(Logs(LogQuery(), {1: "rig"}), form)))  # type: ignore[arg-type]
    assert {path for path, _ in past.damage} == {past.readings[0].path, past.logs[1].path}
    if form == "ndjson":
        assert whole.count(b"\n") == lines.count(b"\n") == 3600


def test_search_and_sql_leave_a_broken_file_out(past: FakePast, query: Query) -> None:
    cut(past.logs[1].path)
    assert len(query.search(LogQuery(limit=10_000)).rows) == 3600
    past.damage.clear()
    names = Names([(1, "rig", "temp", "{}", "")], [(1, "rig", "board", "adopted")])
    assert query.sql("select count(*) from logs", 10, names).rows == [[3600]]
    assert [path for path, _ in past.damage] == [past.logs[1].path]


def test_a_healthy_file_is_never_called_broken(past: FakePast, query: Query) -> None:
    def wrong(question: Question) -> None:
        path = question.use(past.readings)[0]
        question.rows(f"SELECT no_such_column FROM '{path}'")

    with pytest.raises(duckdb.BinderException):
        query.ask(wrong)
    assert past.damage == []


def test_a_question_that_takes_too_long_is_ended(past: FakePast) -> None:
    query = Query(past, settings.History(query_seconds=0.2))
    with pytest.raises(BadRequest, match=r"stopped after 0\.2 s"):
        query.ask(lambda question: question.rows(NEVER_ENDING))
    with pytest.raises(BadRequest, match=r"stopped after 0\.2 s"):
        query.sql(NEVER_ENDING, 10, Names())
    assert query.statistics()["timeouts"] == 2
    assert count(query) == 7200
    query.close()


def test_a_question_without_a_limit_ends_with_the_hub(query: Query) -> None:
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(query.ask, lambda question: question.rows(NEVER_ENDING), seconds=0)
        while not query._running:
            wait([asked], 0.01)
        while not wait([asked], 0.01).done:  # what has not quite begun does not hear it
            query.close()
        with pytest.raises(Unavailable, match="stopped"):
            asked.result()


def test_a_question_that_needs_too_much_memory_is_ended(past: FakePast) -> None:
    query = Query(past, settings.History(query_memory="16MB"))
    with pytest.raises(BadRequest, match="query_memory = 16MB"):
        query.ask(lambda question: question.rows("SELECT list(range) FROM range(30000000)"))
    assert len(query.raw([1], BASE, BASE + HOUR, 100_000)[0].at) == 3600
    query.close()


def test_a_new_engine_answers_after_the_old_one_failed(past: FakePast, query: Query) -> None:
    tries = []

    def fails_once(question: Question) -> int:
        tries.append(question)
        if len(tries) == 1:
            raise duckdb.FatalException("database has been invalidated")
        return int(question.rows("SELECT 42")[0][0])

    assert query.ask(fails_once) == 42
    assert query.statistics()["restarts"] == 1
    assert past.damage == []
    assert count(query) == 7200


def test_an_engine_that_keeps_failing_is_not_restarted_for_ever(query: Query) -> None:
    def fails(question: Question) -> None:
        raise duckdb.FatalException("again")

    with pytest.raises(duckdb.FatalException):
        query.ask(fails)
    assert query.statistics()["restarts"] == 2


def test_questions_do_not_see_the_callers_variables(query: Query) -> None:
    secret = np.arange(3)
    with pytest.raises(duckdb.CatalogException):
        query.ask(lambda question: question.rows("SELECT * FROM secret"))
    assert len(secret) == 3


def test_too_many_exports_at_once_are_put_off(past: FakePast, query: Query) -> None:
    wanted = Export(Readings([Name(1, "rig", "temp", {})], *EVER), "csv")
    running = [query.export(wanted) for _ in range(4)]
    for pieces in running:
        next(pieces)
    with pytest.raises(Unavailable, match="four exports"):
        next(query.export(wanted))
    assert past.views == 4
    for pieces in running:
        pieces.close()  # type: ignore[attr-defined]
    assert past.views == 0
    assert b"".join(query.export(wanted)).count(b"\n") == 7201


def test_only_files_that_can_hold_the_answer_are_opened(past: FakePast, query: Query) -> None:
    def used(question: Question) -> list[str]:
        question.readings(BASE, BASE + HOUR, [1])
        question.readings(BASE, BASE + 2 * HOUR, [5])
        return question.used

    assert query.ask(used) == [past.readings[0].path]


def test_a_path_with_a_quote_is_only_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "it's"
    folder.mkdir()
    past = FakePast(tmp_path)
    segment = past.seal_readings([1], [BASE], [1.0])
    moved = Path(segment.path).rename(folder / "a=b.parquet")
    past.readings = [segment._replace(path=str(moved))]
    query = Query(past, settings.History())
    assert count(query) == 1
    query.close()
