"""Log search: what is found, in which order, page by page, over files and memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.past import FakePast, LogLine

from wacket import settings
from wacket.errors import BadRequest
from wacket.history import logsearch
from wacket.history.logsearch import LogQuery, decode_cursor, encode_cursor
from wacket.history.query import Query
from wacket.history.question import Question
from wacket.history.times import HOUR, SECOND
from wacket.records import ERROR, INFO, REJECT_SOURCE, WARN

pytestmark = pytest.mark.slow  # each test writes Parquet files

BASE = 1_764_547_200 * SECOND


def line(
    number: int, body: str = "", node: int = 1, source: str = "app", severity: int = INFO, at: int = -1
) -> LogLine:
    return (number, BASE + number * SECOND if at < 0 else at, node, source, severity, body or f"line {number}", "")


@pytest.fixture
def past(tmp_path: Path) -> FakePast:
    return FakePast(tmp_path)


@pytest.fixture
def query(past: FakePast) -> Iterator[Query]:
    query = Query(past, settings.History())
    yield query
    query.close()


@pytest.fixture
def mixed(past: FakePast) -> FakePast:
    past.seal_logs(
        [
            line(1, "Pump STARTED", node=1),
            line(2, "pump started again", node=2, severity=WARN),
            line(3, "temp=21,5,7", node=2, source=REJECT_SOURCE, severity=WARN),
        ]
    )
    past.keep_logs([line(4, "valve 12 stuck", node=3, severity=ERROR), line(5, "50% of ÄPFEL\\n", node=1)])
    return past


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (LogQuery(), [5, 4, 3, 2, 1]),
        (LogQuery(order="asc"), [1, 2, 3, 4, 5]),
        (LogQuery(find="pump started"), [2, 1]),
        (LogQuery(find="Pump STARTED", exact=True), [1]),
        (LogQuery(find="äpfel"), [5]),
        (LogQuery(find="%"), [5]),  # no wildcard
        (LogQuery(find="\\n"), [5]),
        (LogQuery(find="' OR true --"), []),
        (LogQuery(regex=r"valve \d+ stuck"), [4]),
        (LogQuery(regex=r"(?i)^PUMP"), [2, 1]),
        (LogQuery(regex=r"pump", find="again"), [2]),
        (LogQuery(nodes=frozenset({2, 3})), [4, 3, 2]),
        (LogQuery(nodes=frozenset()), []),
        (LogQuery(severity=WARN), [4, 3, 2]),
        (LogQuery(source=REJECT_SOURCE), [3]),
        (LogQuery(since=BASE + 2 * SECOND, until=BASE + 4 * SECOND), [3, 2]),
        (LogQuery(find="pump", nodes=frozenset({1}), severity=INFO, until=BASE + HOUR), [1]),
    ],
)
def test_what_is_found(mixed: FakePast, query: Query, wanted: LogQuery, ids: list[int]) -> None:
    page = query.search(wanted)
    assert [row.id for row in page.rows] == ids
    assert page.cursor == ""


def test_a_line_comes_back_as_it_was(mixed: FakePast, query: Query) -> None:
    (row,) = query.search(LogQuery(find="stuck")).rows
    assert row == (4, BASE + 4 * SECOND, 3, "app", ERROR, "valve 12 stuck", "")


def all_pages(query: Query, wanted: LogQuery) -> list[int]:
    found: list[int] = []
    for _ in range(100):
        page = query.search(wanted)
        found += [row.id for row in page.rows]
        if not page.cursor:
            return found
        assert len(page.rows) == wanted.limit
        wanted = replace(wanted, cursor=page.cursor)
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 3, 7, 40])
def test_pages_hold_every_line_once_where_files_overlap_and_times_are_equal(
    past: FakePast, query: Query, order: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logsearch, "_FIRST_ROWS", 2)
    past.seal_logs([line(n, at=BASE + n % 3 * SECOND) for n in range(0, 10)])
    past.seal_logs([line(n, at=BASE + n % 5 * SECOND) for n in range(10, 20)])
    past.seal_logs([line(n, at=BASE) for n in range(20, 28)])
    past.keep_logs([line(n, at=BASE + (2 - n % 2) * SECOND) for n in range(28, 33)])
    whole = query.search(LogQuery(order=order, limit=1000)).rows  # type: ignore[arg-type]
    expected = sorted(whole, key=lambda row: (row.at, row.id), reverse=order == "desc")
    assert len(whole) == 33
    assert all_pages(query, LogQuery(order=order, limit=limit)) == [row.id for row in expected]  # type: ignore[arg-type]


def test_a_page_stays_where_it_was_while_lines_come_and_are_sealed(past: FakePast, query: Query) -> None:
    past.keep_logs([line(n) for n in range(10)])
    first = query.search(LogQuery(limit=4))
    past.seal_logs([line(n) for n in range(10)])
    past.keep_logs([line(n) for n in range(10, 15)])
    second = query.search(LogQuery(limit=4, cursor=first.cursor))
    assert [row.id for row in first.rows + second.rows] == [9, 8, 7, 6, 5, 4, 3, 2]


def test_old_files_are_not_opened_once_the_page_is_full(past: FakePast, query: Query) -> None:
    for begin in range(0, 100, 10):
        past.seal_logs([line(n) for n in range(begin, begin + 10)])
    assert files_read(query, LogQuery(limit=5)) == [past.logs[-1].path]


def test_no_file_is_opened_for_a_word_that_was_just_said(past: FakePast, query: Query) -> None:
    past.seal_logs([line(n) for n in range(10)])
    past.keep_logs([line(n) for n in range(10, 20)])
    assert files_read(query, LogQuery(find="line 19", limit=1)) == []
    assert files_read(query, LogQuery(find="line 9", limit=1)) == [past.logs[-1].path]


def files_read(query: Query, wanted: LogQuery) -> list[str]:
    """By one search, which must fill its page."""
    used: list[str] = []
    ask = query.ask

    def spying(work):  # type: ignore[no-untyped-def]
        def spied(question: Question) -> object:
            try:
                return work(question)
            finally:
                used.extend(question.used)

        return ask(spied)

    query.ask = spying  # type: ignore[method-assign]
    try:
        assert len(query.search(wanted).rows) == wanted.limit
    finally:
        query.ask = ask  # type: ignore[method-assign]
    return used


@pytest.mark.parametrize(
    "wanted",
    [
        LogQuery(limit=0),
        LogQuery(limit=10_001),
        LogQuery(find="x" * 1001),
        LogQuery(find="\0"),
        LogQuery(find="\ud800\U0001f600"),
    ],
)
def test_questions_are_bounded(query: Query, wanted: LogQuery) -> None:
    with pytest.raises(BadRequest):
        query.search(wanted)


numbers = st.integers(-(1 << 62) + 1, (1 << 62) - 1)


@given(numbers, st.integers(-(1 << 63), (1 << 63) - 1), st.sampled_from(["asc", "desc"]))
def test_a_cursor_says_what_was_put_in(at: int, number: int, order: str) -> None:
    text = encode_cursor(at, number, order)
    assert decode_cursor(text, order) == (at, number)
    assert text.isascii() and len(text) < 40
    with pytest.raises(BadRequest, match="other order"):
        decode_cursor(text, "asc" if order == "desc" else "desc")


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: raw.hex()))
def test_a_made_up_cursor_is_refused_or_harmless(text: str) -> None:
    try:
        at, number = decode_cursor(text, "desc")
    except BadRequest as error:
        assert error.field == "cursor"
    else:
        assert abs(at) < 1 << 62 and -(1 << 63) <= number < 1 << 63


@pytest.mark.parametrize("at", [-(1 << 62) + 1, 0, (1 << 62) - 1])
def test_a_cursor_at_the_edge_of_time_is_only_an_empty_or_full_page(mixed: FakePast, query: Query, at: int) -> None:
    for order in ("asc", "desc"):
        page = query.search(LogQuery(order=order, cursor=encode_cursor(at, 0, order)))
        assert len(page.rows) in (0, 5)
