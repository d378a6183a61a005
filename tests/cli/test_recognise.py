"""What a file holds, by its first lines; and `name value time` lines."""

import json

import pytest

from wacket.cli.support.recognise import recognise, triples_to_ndjson

ENERGY = (
    "Device: ID=1; Fw=16; Alarms: CoilRevesed=OFF; Power: Active=1753W; Peaks: 7.3;7.2; UTC Time: 2016-10-4 16:47:50; "
)


@pytest.mark.parametrize(
    ("lines", "form"),
    [
        ([ENERGY, ENERGY], "energy"),
        (['{"a": 1}', "", '{"b": 2}'], "ndjson"),
        (["time,temp,hum", "2026-01-01T00:00:00Z,21.5,40"], "csv"),
        (["name,note", 'a,"x, y"'], "csv"),
        (["temp 21.5 1700000000", "hum 40 1700000001"], "triples"),
        (["temp 21.5", "hum 40"], "triples"),
        (["temp 21.5 2026-01-01T00:00:00Z"], "triples"),
        (["cpu,host=a usage=1.5 1700000000000000000", "cpu usage=2i"], "influx"),
        (["temp:21.5 hum:40"], "auto"),
        (["Jan 1 door opened", "Jan 1 door closed"], "auto"),
        (["1,2,3", "4,5,6"], "auto"),
        (["temp 21.5", "and then the door opened"], "auto"),
        ([], "auto"),
        (["   "], "auto"),
    ],
)
def test_formats_are_recognised(lines, form):
    assert recognise(lines) == form


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("1700000000", "2023-11-14T22:13:20Z"),
        ("1700000000.25", "2023-11-14T22:13:20.250000Z"),
        ("1700000000123", "2023-11-14T22:13:20.123000Z"),
        ("1700000000123456", "2023-11-14T22:13:20.123456Z"),
        ("1700000000123456789", "2023-11-14T22:13:20.123456Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("yesterday", "yesterday"),
    ],
)
def test_times_in_any_unit_are_told_apart_by_size(time, at):
    assert json.loads(next(iter(triples_to_ndjson([f"temp 21.5 {time}"])))) == {"name": "temp", "value": 21.5, "at": at}


def test_a_line_that_is_none_is_passed_on_so_that_the_hub_can_refuse_it_by_name():
    lines = ["temp 21.5", "not a reading", ""]
    assert list(triples_to_ndjson(lines)) == ['{"name": "temp", "value": 21.5}', "not a reading", ""]


def test_a_time_that_no_calendar_has_is_left_for_the_hub_to_refuse():
    assert json.loads(next(iter(triples_to_ndjson(["t 1 99999999999999999999999"]))))["at"] == "99999999999999999999999"
