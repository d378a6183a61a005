"""Columns of small texts, read eight bytes at a time, against Python's own reading of each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.formats import _words
from wacket.formats._words import Words

plain = st.from_regex(rb"-?([0-9]{1,9}\.[0-9]{1,6}|[0-9]{1,15}|\.[0-9]{1,8}|[0-9]{1,8}\.)", fullmatch=True)
anything = st.binary(max_size=40).filter(lambda cell: b"|" not in cell)
numberish = st.text("0123456789.-+eE_ ", max_size=30).map(str.encode)


def column(cells: list[bytes]) -> tuple[Words, np.ndarray, np.ndarray]:
    """The cells with a bar behind each, and where they begin and end."""
    ends = np.cumsum([len(cell) + 1 for cell in cells], dtype=np.int64) - 1
    starts = ends - np.array([len(cell) for cell in cells], np.int64)
    return Words(b"|".join([*cells, b""])), starts, ends


@given(st.lists(plain, min_size=1))
def test_plain_decimals_are_read_and_are_the_nearest_float(cells: list[bytes]) -> None:
    values, good = Words.decimals(*column(cells))
    assert good.all()
    assert [repr(value) for value in values.tolist()] == [repr(float(cell)) for cell in cells]


@given(st.lists(st.one_of(plain, numberish, anything, st.floats().map(lambda x: repr(x).encode())), min_size=1))
def test_what_is_called_a_plain_decimal_is_what_python_reads(cells: list[bytes]) -> None:
    values, good = Words.decimals(*column(cells))
    for cell, value, plainly in zip(cells, values.tolist(), good.tolist(), strict=True):
        if plainly:
            assert repr(value) == repr(float(cell))


@given(st.lists(st.one_of(st.integers(0, 2**63 - 1).map(lambda x: b"%d" % x), numberish, anything), min_size=1))
def test_whole_numbers_are_digits_that_int64_holds(cells: list[bytes]) -> None:
    values, good = Words.whole_numbers(*column(cells))
    for cell, value, plainly in zip(cells, values.tolist(), good.tolist(), strict=True):
        held = cell.isdigit() and len(cell) <= 19 and int(cell) < 2**63
        assert plainly == held
        if held:
            assert value == int(cell)


@given(st.lists(st.one_of(st.sampled_from([b"", b"cpu", b"cpu1", b"a" * 30, b"a" * 31 + b"b"]), anything), min_size=1))
def test_distinct_texts_come_in_their_first_order(cells: list[bytes]) -> None:
    assert told(*Words.distinct(*column(cells))) == told(*_words.distinct(cells))


def told(texts: list[bytes], places: np.ndarray) -> tuple[list[bytes], list[int]]:
    return texts, places.tolist()


def test_very_long_texts_are_told_apart_too() -> None:
    cells = [b"x" * 600 + b"%d" % (n % 3) for n in range(9)]
    assert told(*Words.distinct(*column(cells))) == told(*_words.distinct(cells))


def test_texts_whose_hashes_fall_together_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_words, "_MIX", np.uint64(0))  # every code is 0
    cells = [b"one", b"two", b"one", b"six"]
    assert told(*Words.distinct(*column(cells))) == ([b"one", b"two", b"six"], [0, 1, 0, 2])


def test_a_column_longer_than_a_slab() -> None:
    cells = [b"%d.5" % n for n in range(20_000)]
    values, good = Words.decimals(*column(cells))
    assert good.all()
    assert values.tolist() == [float(cell) for cell in cells]


@given(st.binary(max_size=200))
def test_places_of_several_bytes(data: bytes) -> None:
    assert Words(data).places(b" ,\n").tolist() == [at for at, byte in enumerate(data) if byte in b" ,\n"]
