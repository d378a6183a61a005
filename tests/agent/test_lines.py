"""Lines of the agent, judged by the hub's own decoders: whatever goes in, one line comes out and means the same."""

from __future__ import annotations

import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.formats import influx, ndjson
from wacket.records import Decoded, Envelope
from wacket_agent import lines
from wacket_agent.lines import Log, Point

AT = 1_795_255_200_000_000

texts = st.text(st.characters(codec=None), max_size=40)
names = st.text(min_size=1, max_size=40)
numbers = st.one_of(st.integers(-(10**20), 10**20), st.floats(), st.booleans(), st.none())
hostile = st.sampled_from(
    ["a b", "x,y=z", 'say "hi"', "C:\\", "\\", "a\\ b", "#", "# no", "a\nb 1", "\r", "\x1b[31m", "\ud800"]
)


def envelope(body: bytes) -> Envelope:
    return Envelope("test", "peer", 7, "", AT + 5, body, {}, adopted=True)


def readings(decoded: Decoded) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    found = decoded.readings
    assert set(found.at.tolist()) <= {AT}
    keys = [decoded.keys[series] for series in found.series.tolist()]
    return dict(zip([(key.name, key.labels) for key in keys], found.value.tolist(), strict=True))


def test_a_point_is_one_reading_for_each_field() -> None:
    line = lines.influx(Point("disk", {"used_percent": 41.2, "free_bytes": 5, "ok": True}, {"mount": "/my disk"}), AT)
    assert line == b"disk,mount=/my\\ disk used_percent=41.2,free_bytes=5i,ok=1i 1795255200000000000\n"
    labels = (("mount", "/my disk"),)
    assert readings(influx.decode([envelope(line)])) == {
        ("disk.used_percent", labels): 41.2,
        ("disk.free_bytes", labels): 5,
        ("disk.ok", labels): 1,
    }


def test_what_was_not_measured_is_left_out() -> None:
    assert lines.influx(Point("x", {"a": None, "b": math.nan, "c": 1}, {"empty": ""}), AT) == b"x c=1i %d000\n" % AT
    assert lines.influx(Point("x", {"a": None, "b": math.inf}), AT) == b""


@pytest.mark.slow
@given(
    names | hostile,
    st.dictionaries(names | hostile, numbers, max_size=4),
    st.dictionaries(names | hostile, texts | hostile, max_size=4),
)
def test_any_point_is_understood_by_the_hub(name: str, fields: dict[str, float], tags: dict[str, str]) -> None:
    line = lines.influx(Point(name, fields, tags), AT)
    told = [value for value in fields.values() if value is not None and -1e300 < value < 1e300]
    assert line.count(b"\n") == bool(told)
    decoded = influx.decode([envelope(line)])
    assert decoded.rejects == []
    assert len(decoded.logs) == 0
    assert sorted(decoded.readings.value.tolist()) == pytest.approx(sorted(map(float, told)))


@pytest.mark.slow
@given(st.text(st.characters(blacklist_characters='\\"', blacklist_categories=("Cc", "Cs")), min_size=1, max_size=250))
def test_a_label_comes_back_as_it_was(label: str) -> None:
    line = lines.influx(Point("m", {"value": 1}, {"t": label}), AT)
    assert readings(influx.decode([envelope(line * 9)])) == {("m", (("t", label),)): 1}


def test_a_log_makes_no_series() -> None:
    log = Log("nginx died", "error", {"pid": 12, "load": 0.5, "gone": True, "who": {"uid": 3}, "list": [{"port": 80}]})
    line = lines.ndjson(log, "watched", AT)
    decoded = ndjson.decode([envelope(line)])
    assert (len(decoded.readings), len(decoded.logs), decoded.rejects) == (0, 1, [])
    assert decoded.logs.at.tolist() == [AT]
    assert decoded.logs.source.to_list() == ["watched"]
    assert decoded.logs.body.to_list() == ["nginx died"]
    assert json.loads(line)["list"] == [{"port": 80}]
    assert json.loads(line)["pid"] == "12"


attributes = st.recursive(
    texts | numbers, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)


@pytest.mark.slow
@given(texts, texts, st.dictionaries(texts | st.sampled_from(["at", "time", "name", "value", "labels"]), attributes))
def test_any_log_is_one_log_and_no_reading(message: str, source: str, attrs: dict[str, object]) -> None:
    line = lines.ndjson(Log(message, "warn", attrs), source, AT)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    decoded = ndjson.decode([envelope(line)])
    assert (len(decoded.readings), len(decoded.logs), decoded.rejects) == (0, 1, [])
    assert decoded.logs.at.tolist() == [AT]


def test_a_log_is_bounded() -> None:
    huge = lines.ndjson(Log("m" * 10**6, attrs={"items": [{"x": "y" * 5000}] * 5000}), "s", AT)
    assert len(huge) <= lines.LONGEST_LINE
    assert json.loads(huge)["cut"]


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("cpu percent=12.5", b"cpu percent=12.5 1795255200000000000\n"),
        ("cpu,core=0 percent=12.5,n=3i,t=true 17", b"cpu,core=0 percent=12.5,n=3i,t=true 17\n"),
        ('m text="a b, c=\\"d\\""', b'm text="a b, c=\\"d\\"" 1795255200000000000\n'),
        ("m,where=my\\ room a=-.5e-3", b"m,where=my\\ room a=-.5e-3 1795255200000000000\n"),
        ("temperature:21.4", b""),
        ("hello world", b""),
        ("# m a=1", b""),
        ("m a=", b""),
        ("m a=1 2 3", b""),
        ("m a=nan", b""),
        ("m,t a=1", b""),
        ("m a=1\nm b=2", b""),
    ],
)
def test_foreign_lines_are_taken_if_they_are_lines(line: str, made: bytes) -> None:
    assert lines.parsed(line, AT) == made


@pytest.mark.slow
@given(st.text(st.sampled_from('ab1=., "\\#-eEit\n\t'), max_size=30) | texts)
def test_what_is_taken_the_hub_takes_too(line: str) -> None:
    made = lines.parsed(line, AT)
    if made:
        decoded = influx.decode([envelope(made)])
        assert decoded.rejects == []
        assert len(decoded.readings) + len(decoded.logs) > 0


@pytest.mark.parametrize("digits", ["1" * 8000, "1" * 4000 + "." + "1" * 4000, "1" * 8000 + "e"])
def test_a_long_number_costs_no_more_than_its_length(digits: str) -> None:
    began = time.process_time()
    assert lines.parsed(f"m a={digits}x", AT) == b""
    assert time.process_time() - began < 0.1
