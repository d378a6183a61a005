"""What only the Influx line protocol has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.formats import influx
from wacket.formats.influx import every_line_has_time


def test_what_is_taken_for_a_retry() -> None:
    stamped = b"m a=1 1700000000\nm,t=x a=1 1700000000000000000"
    assert every_line_has_time(stamped)
    assert every_line_has_time(stamped + b"\n")
    assert every_line_has_time(stamped.replace(b"\n", b"\r\n"))
    # A long whole number at the end of a line is no time: sent twice, it was measured twice.
    assert not every_line_has_time(b"m a=170000000000000\n")
    assert not every_line_has_time(stamped + b"\nm a=1\n")
    assert not every_line_has_time(b'm a="x 1700000000"\n')
    assert not every_line_has_time(b"m a=1 -1700000000\nm a=2 12\n")
    assert not every_line_has_time(b"")
    assert not every_line_has_time(b"\n")
    assert not every_line_has_time(b"1700000000")


@given(st.integers(0, 10**22), st.sampled_from([b" ", b"=", b""]))
def test_a_time_has_ten_to_nineteen_digits(number: int, before: bytes) -> None:
    body = b"m a=1%b%d" % (before, number)
    assert every_line_has_time(body) == (before == b" " and 10 <= len(str(number)) <= 19)


@pytest.mark.parametrize("lines", [1, 7, 8, 100])
@pytest.mark.parametrize("line", [b"m a=1,b=2,a=3", b'm a=1,t="x",b=2,t="y",a=3,t="z" 5000'])
def test_a_field_that_comes_twice_gives_both_values_however_many_lines_there_are(
    line: bytes, lines: int, make: Any, see: Any
) -> None:
    decoded = influx.decode([make(b"\n".join([line] * lines))])
    values = [(name, value) for _, name, _, _, value, _ in see.readings(decoded)]
    assert sorted(values) == sorted([("m.a", 1), ("m.b", 2), ("m.a", 3)] * lines)
    assert [value for name, value in values if name == "m.a"] == [1, 3] * lines
    for _, _, _, _, body, attrs in see.logs(decoded):
        assert body == "t=x t=y t=z"
        assert json.loads(attrs)["fields"] == {"a": [1, 3], "b": 2, "t": ["x", "y", "z"]}
