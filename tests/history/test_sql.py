"""SQL from people: what it can see and what it says. What it must not be able to do is in test_sql_shut_in.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.support.past import FakePast

from wacket import settings
from wacket.errors import BadRequest, Unavailable
from wacket.history import sql
from wacket.history.query import Query
from wacket.history.sql import VIEWS, Answer, Names
from wacket.history.times import SECOND

pytestmark = pytest.mark.slow  # each test writes Parquet files

BASE = 1_764_547_200 * SECOND
NAMES = Names(
    [(1, "rig-3", "temp", '{"place":"top"}', "°C"), (2, "rig-4", "n", "{}", "")],
    [(1, "hub", "machine", "adopted"), (2, "rig-3", "board", "pending")],
)


@pytest.fixture
def past(tmp_path: Path) -> FakePast:
    (tmp_path / "store").mkdir()
    past = FakePast(tmp_path / "store")
    past.seal_readings([1, 1, 2], [BASE, BASE + SECOND, BASE], [1.0, 2.0, 3.0])
    past.keep_readings([1], [BASE + 2 * SECOND], [9.0])
    past.seal_logs([(1, BASE, 2, "app", 9, "sealed", '{"a":1}')])
    past.keep_logs([(2, BASE, 2, "app", 9, "kept", ""), (3, BASE, 77, "app", 9, "of nobody", "")])
    return past


@pytest.fixture
def query(past: FakePast) -> Iterator[Query]:
    query = Query(past, settings.History())
    yield query
    query.close()
    assert past.views == 0
    assert past.damage == []


def ask(query: Query, text: str, limit: int = 1000) -> Answer:
    answer = query.sql(text, limit, NAMES)
    msgspec.json.encode(answer.rows)
    return answer


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "select node, name, count(*), sum(value) from readings group by all order by 1",
            [["rig-3", "temp", 3, 12.0], ["rig-4", "n", 1, 3.0]],
        ),
        ("select labels->>'place', unit from readings where time > '2025-12-01 00:00:01'", [["top", "°C"]]),
        ("select body, node from logs order by id", [["sealed", "rig-3"], ["kept", "rig-3"], ["of nobody", None]]),
        ("select attrs->>'a' from logs where attrs <> ''", [["1"]]),
        (
            "from nodes select name, kind, state order by id",
            [["hub", "machine", "adopted"], ["rig-3", "board", "pending"]],
        ),
        ("with a as (select 1 as x) select x + 1 from a", [[2]]),
        ("values (1), (2)", [[1], [2]]),
        ("select 1 -- a comment", [[1]]),
        ("select ';' ; ", [[";"]]),
        ("select count(*) from series where time is null", None),
    ],
)
def test_what_can_be_asked(query: Query, text: str, rows: list[list[Any]] | None) -> None:
    if rows is None:
        with pytest.raises(BadRequest, match="time"):
            ask(query, text)
    else:
        assert ask(query, text).rows == rows


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_the_views_have_the_columns_that_are_promised(query: Query, name: str) -> None:
    assert ", ".join(ask(query, f"select * from {name}").columns) == VIEWS[name]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("select time from readings order by time limit 1", "2025-12-01T00:00:00.000000Z"),
        ("select timestamptz '2025-12-01 01:00:00+01'", "2025-12-01T00:00:00.000000Z"),
        ("select date '2025-12-01'", "2025-12-01"),
        ("select 1.25", 1.25),
        ("select sum(series) from readings", 5),
        ("select 170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
        ("select 18446744073709551615::ubigint", "18446744073709551615"),
        ("select [1, 2, null]", [1, 2, None]),
        ("select {'a': [1.5], 'b': {'c': 'd'}}", {"a": [1.5], "b": {"c": "d"}}),
        ("select map {'k': 1}", {"k": 1}),
        ("select json '{\"a\": null}'", {"a": None}),
        ("select 'a\\xFF'::blob", "a\\xFF"),
        ("select interval 90 minute", "01:30:00"),
        ("select null", None),
        ("select true", True),
        ("select 'é\"'", 'é"'),
        ("select gen_random_uuid()::varchar is not null", True),
    ],
)
def test_every_kind_of_value_can_be_said_in_json(query: Query, text: str, value: object) -> None:
    (row,) = ask(query, text).rows
    assert json.loads(msgspec.json.encode(row)) == [value]


def test_what_is_no_number_is_null_in_json(query: Query) -> None:
    (row,) = ask(query, "select 'nan'::double, 'inf'::double, ['nan'::double]").rows
    assert json.loads(msgspec.json.encode(row))[:2] == [None, None]


def test_columns_of_the_same_name_are_all_there(query: Query) -> None:
    answer = ask(query, "select 1 as a, 2 as a")
    assert answer.rows == [[1, 2]]
    assert len(answer.columns) == 2


def test_rows_are_bounded_and_it_is_said(query: Query) -> None:
    answer = ask(query, "select * from range(5)", 5)
    assert (len(answer.rows), answer.truncated) == (5, False)
    answer = ask(query, "select * from range(6) order by 1 desc", 5)
    assert (answer.rows, answer.truncated) == ([[5], [4], [3], [2], [1]], True)
    with pytest.raises(BadRequest, match="limit"):
        ask(query, "select 1", 0)


def test_an_answer_is_bounded_in_size(query: Query) -> None:
    answer = ask(query, "select repeat('x', 100000) from range(800)")
    assert answer.truncated
    assert 600 < len(answer.rows) < 671, "64 MiB"
    with pytest.raises(BadRequest, match="a row has more than 64 MiB"):
        ask(query, "select repeat('x', 35000000), repeat('x', 35000000)")


def test_large_rows_are_taken_from_the_engine_a_few_at_a_time(query: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    take = sql._taken

    def watched(*asked: Any) -> list[list[Any]]:
        taken.append(take(*asked))
        return taken[-1]

    monkeypatch.setattr(sql, "_taken", watched)
    assert len(ask(query, "select repeat('x', 300000) from range(40)").rows) == 40
    assert max(map(len, taken)) == 4
    taken.clear()
    assert len(ask(query, "select range from range(5000)", 5000).rows) == 5000
    assert max(map(len, taken)) == 1000


def test_one_question_leaves_nothing_behind_for_the_next(query: Query) -> None:
    ask(query, "select setseed(0.5)")
    with pytest.raises(BadRequest):
        ask(query, "create temp table mine as select 1")
    with pytest.raises(BadRequest, match="mine"):
        ask(query, "select * from mine")


def test_more_than_two_at_once_are_put_off(query: Query) -> None:
    for _ in range(2):
        assert query._sandboxes.acquire(blocking=False)
    with pytest.raises(Unavailable, match="two SQL questions"):
        ask(query, "select 1")


@pytest.mark.parametrize(
    "text", ["selec 1", "select * from nothing", "select 'a'::int", "select 1/*", "select " + "(" * 3000, "\ud800"]
)
def test_mistakes_are_explained(query: Query, text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        ask(query, text)
    assert caught.value.field == "sql"
    assert 5 < len(str(caught.value)) <= 1000


def test_an_empty_history_has_empty_views(tmp_path: Path) -> None:
    query = Query(FakePast(tmp_path), settings.History())
    for name in VIEWS:
        assert query.sql(f"select * from {name}", 10, Names()).rows == []
    query.close()
