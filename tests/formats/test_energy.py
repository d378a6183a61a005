"""The rules of the energy event format, one by one, and the real events where they are at hand."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.errors import Undecodable
from wacket.formats import energy


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("", {}),
        ("Dead=Beef", {}),
        ("A; B; C;", {}),
        ("Foo: 1; 2; 3;", {"Foo": [1, 2, 3]}),
        ("Foo: Bar=Baz;", {"Foo": {"Bar": "Baz"}}),
        ("Foo: Bar=A;B;C;", {"Foo": {"Bar": "A"}}),
        ("Foo: Bar=A; Baz: Attr=B;", {"Foo": {"Bar": "A"}, "Baz": {"Attr": "B"}}),
        ("Foo: A; B; C; Bar: X; Y; Z;", {"Foo": ["A", "B", "C"], "Bar": ["X", "Y", "Z"]}),
        ("Datetime: 2016-10-4 16:47:50;", {"Datetime": ["2016-10-04T16:47:50Z"]}),
        ("Foo: A; B", {"Foo": ["A", "B"]}),
        ("Foo: A=0; B=1", {"Foo": {"A": 0, "B": 1}}),
        ("  Foo  :  A  =  0  ;  Bar : 1 ; 2 ", {"Foo": {"A": 0}, "Bar": [1, 2]}),
        ("Foo: 1; 2016-10-4 16:47:50; 3", {"Foo": [1, "2016-10-04T16:47:50Z", 3]}),
        ("Foo: 12:30; Bar: at=23:59:59", {"Foo": ["12:30"], "Bar": {"at": "23:59:59"}}),
        ("lost; Foo: 1", {"Foo": [1]}),
        ("Foo: 1;;2", {"Foo": [1, "", 2]}),
        ("3V3: 3,3V", {"3V3": [3.3]}),
    ],
)
def test_sections(text: str, event: Any) -> None:
    assert energy.parse(text) == event


def seconds_for(times: int) -> float:
    began = process_time()
    assert len(energy.parse("Times: 10:00" + ";10:01" * times)["Times"]) == times + 1
    return process_time() - began


@pytest.mark.slow
def test_many_times_of_day_cost_no_more_than_their_number() -> None:
    few = min(seconds_for(50_000) for _ in range(3))
    assert seconds_for(800_000) < 16 * 4 * few  # with the square of their number it would be 256 times as much


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ON", True), ("off", False), ("7", 7), ("-7", -7), ("+7", 7), ("007", 7), ("7.5", 7.5), ("7,5", 7.5),
        ("1e3", 1000.0), ("230.08V", 230.08), ("279var", 279), ("403VA", 403), ("1753W", 1753), ("-43,841rad", -43.841),
        ("5 W", 5), ("5 kW", "5 kW"), ("nan", "nan"), ("1_000", "1_000"), ("1e999", "1e999"), ("", ""), (".5", 0.5),
        ("Big Hall", "Big Hall"),
        ("9223372036854775807", 2**63 - 1), ("9223372036854775808", 2.0**63), ("٧", "٧"),
        ("Tue, 04 Oct 2016 16:47:50 GMT", "2016-10-04T16:47:50Z"), ("2016-10-4", "2016-10-04T00:00:00Z"),
    ],
)  # fmt: skip
def test_values(text: str, found: Any) -> None:
    in_pair, in_list = (
        energy.parse(f"Foo: a={text}; b=1")["Foo"]["a"],
        energy.parse(f"Foo: {text}; x")["Foo"][0],
    )
    assert (in_pair, type(in_pair)) == (in_list, type(in_list)) == (found, type(found))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Foo:", "Foo"), ("Foo: ;", "Foo"), ("Foo: ; Bar: 1", "Foo"), ("Foo: Bar=:", "Foo.Bar"),
        ("Foo: Bar=1:x;", "Foo.Bar"),
        ("Foo: Bar: 1", "Foo"), ("Foo: 1; Bar=2", "Foo"), ("Foo: =1", "Foo"), ("Foo: 1; : 2", "without a name"),
    ],
)  # fmt: skip
def test_errors_name_the_place(text: str, place: str) -> None:
    with pytest.raises(Undecodable, match=place):
        energy.parse(text)


@pytest.mark.parametrize(
    ("frame", "place"),
    [
        ('{"Power": {"Active": null}}', "Power.Active"),
        ('{"Peaks": [1, [2]]}', r"Peaks\[1\]"),
        ('{"Power": []}', "Power"),
        ('{"Power": {"Active": "much"}, "x"}', "JSON"),
        ('"[1]"', "no section"),
        ('"Power: Active=:"', "Power.Active"),
        ("{", "JSON"),
        ('{"x": ' + "[" * 100_000, "JSON"),
        ('"' * 3, "JSON"),
    ],
)
def test_errors_in_json_name_the_place(frame: str, place: str) -> None:
    with pytest.raises(Undecodable, match=place):
        energy.read(frame)


def test_what_the_clusters_miss_is_named() -> None:
    whole = "Power: Active=1; Reactive=2; Appearent=3; Line: Current=4; Voltage=5; Peaks: 1;2;3"
    assert energy.missing(energy.parse(whole)) == []
    assert energy.missing(energy.parse(whole.replace("Appearent", "Apparent"))) == []
    assert energy.missing(energy.parse("Power: Active=1; Peaks: 1;2")) == [
        "Power.Reactive", "Power.Appearent", "Line.Current", "Line.Voltage", "Peaks",
    ]  # fmt: skip
    for wrong in ("Peaks: a;b;c", "Peaks: 1;2;ON", "Peaks: x=1", "Peaks: 7.3"):
        assert energy.missing(energy.parse(whole.replace("Peaks: 1;2;3", wrong))) == ["Peaks"]
    for wrong in ("much", "ON"):
        assert energy.missing(energy.parse(whole.replace("Active=1", f"Active={wrong}"))) == ["Power.Active"]


def test_events_that_lack_something_are_refused_where_the_way_in_wants_whole_ones(make: Any) -> None:
    half = b"Note: x=1; App=Active Reactive Current Voltage Peaks;"
    decoded = energy.decode([make(half), make(half, **energy.WHOLE)])
    assert [(reject.envelope, "lacks Power.Active, " in reject.reason) for reject in decoded.rejects] == [(1, True)]
    assert len(decoded.logs) == 1


@pytest.mark.parametrize("frame", ["Device: ID=" + "x" * 2000, "N" * 300 + ": A=1", f'{{"x": [{"9" * 400}]}}'])
def test_what_is_too_long_is_refused(frame: str, make: Any) -> None:
    decoded = energy.decode([make(frame.encode() + b"\nPower: Active=1")])
    assert (decoded.frames, [reject.offset for reject in decoded.rejects]) == ([2], [0])
    assert len(decoded.rejects[0].excerpt) <= 256


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("Power: Active=ON", "Power: power.active must be a number, not ON"),
        ("Hz: off;", "Hz: line.frequency must be a number, not OFF"),
        ('{"Line": {"Voltage": true}}', "Line: line.voltage must be a number, not ON"),
        ("Power: Active=much", "Power: power.active must be a number, not 'much'"),
    ],
)
def test_what_has_a_unit_is_a_number(event: str, said: str, make: Any) -> None:
    assert [reject.reason for reject in energy.decode([make(event.encode())]).rejects] == [said]


def test_a_switch_is_a_reading(make: Any, see: Any) -> None:
    found = see.readings(energy.decode([make(b"Relay: A=ON; B=OFF; Power: Active=5W")]))
    assert [(name, value) for _, name, _, _, value, _ in found] == [("relay.a", 1), ("relay.b", 0), ("power.active", 5)]


def test_events_with_very_many_or_long_keys_are_not_remembered(make: Any) -> None:
    energy._cached_names.cache_clear()
    many = "; ".join(f"k{number}=1" for number in range(33))
    energy.decode([make(f"Power: {many}\nPower: {'k' * 1100}=1\nPower: Active=5W".encode())])
    assert energy._cached_names.cache_info().currsize == 1


words = st.text("abcXYZ 0129.-", min_size=1, max_size=8).map(str.strip).filter(lambda word: word[:1].isalpha())
numbers = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9).map(lambda value: round(value, 4))
members = numbers | st.booleans() | words.filter(lambda word: word.upper() not in ("ON", "OFF"))
sections = st.dictionaries(words, members, min_size=1, max_size=4) | st.lists(members, min_size=1, max_size=6)


def written(value: Any) -> str:
    return {True: "ON", False: "OFF"}[value] if isinstance(value, bool) else str(value)


@given(st.dictionaries(words, sections, min_size=1, max_size=4), st.sampled_from(["", ";"]))
def test_an_event_that_is_written_is_read_again(event: dict[str, Any], end: str) -> None:
    parts = []
    for name, content in event.items():
        pairs = [f"{key}={written(value)}" for key, value in content.items()] if isinstance(content, dict) else None
        parts.append(f"{name}: " + "; ".join(pairs or map(written, content)))
    text = "; ".join(parts) + end
    assert energy.parse(text) == event
    assert energy.read(json.dumps(event)) == energy.read(json.dumps(json.dumps(event))) == energy.read(text)


@pytest.mark.slow
def test_events_of_one_second_are_all_kept_in_order(energy_events: list[str], make: Any, see: Any) -> None:
    lines = energy_events
    decoded = energy.decode([make("\n".join(lines).encode())])
    assert (decoded.frames, decoded.rejects) == ([1000], [])
    logs = see.logs(decoded)
    assert [log[4] for log in logs] == lines
    assert {log[1] for log in logs} == {1_475_599_670_000_000}
    assert [json.loads(log[5])["Peaks"] for log in logs] == [energy.parse(line)["Peaks"] for line in lines]
    active = [reading[4] for reading in see.readings(decoded) if reading[1] == "power.active"]
    assert active == [energy.parse(line)["Power"]["Active"] for line in lines]
    assert decoded.units["power.active"] == "W"
    sent = [json.loads(log[5]) | {"UTC Time": ["Tue, 04 Oct 2016 16:47:50 GMT"]} for log in logs]
    again = energy.decode([make("\n".join(json.dumps(json.dumps(event)) for event in sent).encode())])
    assert [log[5] for log in see.logs(again)] == [log[5] for log in logs]
    assert see.readings(again) == see.readings(decoded)
