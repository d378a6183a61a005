"""The pure parts: cutting, joining, levels, places, entries. Whatever comes in, nothing breaks and nothing is lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.formats import ndjson
from wacket.records import Envelope
from wacket_agent.lines import LONGEST_LINE
from wacket_agent.logs import levels, places
from wacket_agent.logs.cutting import LONGEST, Cutter, Line
from wacket_agent.logs.entries import Entry, encode
from wacket_agent.logs.joining import join
from wacket_agent.logs.places import Place

pieces = st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"\n", b"\r\n", b"a", b"x" * 50])), max_size=30)


@pytest.mark.slow
@given(pieces)
def test_cutting_does_not_depend_on_the_pieces(data: list[bytes]) -> None:
    at_once, bit_by_bit = Cutter(longest=1000), Cutter(longest=1000)
    lines = at_once.feed(b"".join(data)) + at_once.give_up_waiting()
    assert [line for piece in data for line in bit_by_bit.feed(piece)] + bit_by_bit.give_up_waiting() == lines
    assert bit_by_bit.done == at_once.done == len(b"".join(data))
    assert all(line.text for line in lines)


@pytest.mark.slow
@given(pieces, st.integers(0, 30))
def test_a_cutter_goes_on_from_any_place(data: list[bytes], stop: int) -> None:
    whole = b"".join(data)
    first = Cutter(longest=30)
    lines = [line for piece in data[:stop] for line in first.feed(piece)]
    second = Cutter(first.done, first.skipping, longest=30)
    lines += second.feed(whole[first.done :]) + second.give_up_waiting()
    beginnings = [line[:30] for line in whole.split(b"\n") if line.strip()]
    assert [line.text[:5] for line in lines] == [
        line.rstrip(b"\r").decode("utf-8", "replace")[:5] for line in beginnings
    ]


def test_a_long_line_is_cut_once_and_the_next_is_whole() -> None:
    cutter = Cutter()
    (cut,) = cutter.feed(b"x" * (LONGEST + 5))
    assert (len(cut.text), cut.cut) == (LONGEST, 5)
    assert (cutter.skipping, cutter.held) == (True, 0)
    assert cutter.feed(b"x" * LONGEST) == []
    assert cutter.feed(b"x\nnext\nha") == [Line("next")]
    assert cutter.done + cutter.held == LONGEST + 5 + LONGEST + 9


TRACE = [
    "ERROR it broke",
    "Traceback (most recent call last):",
    '  File "oven.py", line 1, in <module>',
    "    heat()",
    "ValueError: too hot",
    "next",
    "java.lang.Error: no",
    "\tat Oven.heat(Oven.java:3)",
    "Caused by: java.lang.Error: inner",
    "\tat Oven.open(Oven.java:9)",
    "end",
]


def test_the_lines_of_a_stack_trace_are_one() -> None:
    joined = [line.text.split("\n") for line in join([Line(text) for text in TRACE])]
    assert joined == [TRACE[:1], TRACE[1:5], TRACE[5:6], TRACE[6:10], TRACE[10:]]


@pytest.mark.slow
@given(st.lists(st.text("a \t", min_size=1, max_size=5).filter(str.strip), max_size=50))
def test_joining_loses_nothing(texts: list[str]) -> None:
    assert "\n".join(line.text for line in join([Line(text) for text in texts])) == "\n".join(texts)


@pytest.mark.parametrize("data", [b"\r" * (LONGEST + 9), b"\r" * (LONGEST + 9) + b"x\n", b"\r\r\nx\r\r\n"])
def test_no_line_is_empty_whatever_ends_are_in_it(data: bytes) -> None:
    lines = Cutter().feed(data)
    assert lines and all(line.text for line in lines)
    assert join(lines)


def test_joining_has_an_end() -> None:
    assert [line.text.count("\n") for line in join([Line(" x")] * 1200)] == [499, 499, 199]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2026-11-21 12:00:00 WARN valve 3 stuck", "warn"),
        ("2026-11-21 12:00:00 [error] no", "error"),
        ("error: no", "error"),
        ("level=debug msg=x", "debug"),
        ('level="fatal"', "fatal"),
        ("an error happened", "info"),
        ("FORWARD and INFOX", "info"),
        ("Traceback (most recent call last):\n x", "error"),
        ("x" * 50 + " ERROR", "info"),
        ("", "info"),
    ],
)
def test_levels_are_recognised(line: str, level: str) -> None:
    assert levels.guess(line) == level


@given(st.text())
def test_any_line_has_a_level(line: str) -> None:
    assert levels.guess(line) in levels.NAMES.values()


@pytest.mark.slow
@given(st.builds(Place, *[st.integers(0, 2**62)], st.booleans(), st.integers(0, 256), st.integers(0, 2**32), st.text()))
def test_a_place_survives(place: Place) -> None:
    assert places.parse(place.text()) == place


@pytest.mark.slow
@given(st.one_of(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps)))
def test_what_is_no_place_is_none(text: str) -> None:
    assert places.parse(text) is None or isinstance(places.parse(text), Place)
    name = places.parse_name(text)
    assert name is None or places.name_of(name)


texts = st.text(st.characters(codec=None), max_size=300)
entries = st.builds(
    Entry,
    st.integers(10**15, 2 * 10**15),
    st.sampled_from(sorted(set(levels.NAMES.values()))),
    st.one_of(texts, st.sampled_from(["\0" * 50_000, "x" * 100_000, "\ud800" * 20_000, "\N{SNOWMAN}" * 30_000])),
    texts,
    st.dictionaries(texts, st.one_of(texts, st.just("\x01" * 5000)), max_size=40),
    st.integers(0, 10),
)


@pytest.mark.slow
@given(entries)
def test_any_entry_is_one_line_that_the_hub_keeps_as_a_log(entry: Entry) -> None:
    line = encode(entry)
    assert len(line) <= LONGEST_LINE
    assert line.count(b"\n") == 1
    decoded = ndjson.decode([Envelope("agent", "x", 1, "ndjson", 0, line)])
    assert not decoded.rejects
    assert not len(decoded.readings.value)
    assert len(decoded.logs.at) == 1
    whole = json.loads(line)["message"]
    assert ("cut" in json.loads(line)) == (bool(entry.cut) or len(whole) < len(entry.message))
