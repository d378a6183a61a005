"""What only CSV has: quotes that are never closed, units, and bodies with a header each."""

from __future__ import annotations

from typing import Any

import pytest

from wacket.formats import csv


def values(see: Any, decoded: Any) -> list[float]:
    return [value for *_, value, _ in see.readings(decoded)]


@pytest.mark.slow
def test_a_stray_quote_costs_its_own_row(make: Any, see: Any) -> None:
    rows = [b"%d,%d" % (number, number) for number in range(50_000)]
    rows[7] = b'7,"seven'
    decoded = csv.decode([make(b"a,b\n" + b"\n".join(rows))])
    assert decoded.frames == [50_000]
    assert [(one.offset, one.reason, one.excerpt) for one in decoded.rejects] == [
        (7, "not readable as CSV: a quote is not closed", b'7,"seven\n')
    ]
    assert values(see, decoded) == [float(number) for number in range(50_000) if number != 7 for _ in range(2)]


def test_a_stray_quote_in_the_last_rows_swallows_none_of_them(make: Any, see: Any) -> None:
    decoded = csv.decode([make(b'a,b\n1,1\n2,"2\n3,3\n4,"4"\n5\n')])
    assert decoded.frames == [5]
    assert [one.offset for one in decoded.rejects] == [1, 4]
    assert values(see, decoded) == [1, 1, 3, 3, 4, 4]


def test_a_quoted_line_feed_is_part_of_its_cell(make: Any, see: Any) -> None:
    decoded = csv.decode([make(b'a,message\n1,"two\nlines"\n2,"one"\n')])
    assert decoded.rejects == []
    assert [log[4] for log in see.logs(decoded)] == ["two\nlines", "one"]
    assert values(see, decoded) == [1, 2]


def test_a_quote_that_is_open_in_the_header_is_told(make: Any) -> None:
    decoded = csv.decode([make(b'a,"b\n1,1\n2,2')])
    assert {one.reason for one in decoded.rejects} == {"column 1 has no name: the first line must name the columns"}
    assert len(decoded.rejects) == decoded.frames[0] == 2


def test_a_cell_that_is_too_long_costs_its_own_row(make: Any, see: Any) -> None:
    decoded = csv.decode([make(b'a,b\n1,"1"\n2,"' + b"x" * 200_000 + b'"\n3,3')])
    assert [(one.offset, len(one.excerpt)) for one in decoded.rejects] == [(1, 256)]
    assert values(see, decoded) == [1, 1, 3, 3]


def test_a_unit_is_bounded(make: Any) -> None:
    rows = b"a,1,%s\nb,2,W\n" % (b"x" * 33)
    assert csv.decode([make(b"name,value,unit\n" + rows)]).units == {"b": "W"}


def test_the_rows_of_two_bodies_stay_apart(make: Any, see: Any) -> None:
    """Also where their values are of the same series and the same time."""
    decoded = csv.decode([make(b"t\n1\n2\n3"), make(b"t\n4\n5\n6\nx")])
    assert values(see, decoded) == [1, 2, 3, 4, 5, 6]
