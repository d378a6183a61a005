"""The drop-in folder: which files are run, and what becomes of what they print."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.formats import influx, ndjson
from wacket.records import Envelope
from wacket_agent.collecting import collected
from wacket_agent.collectors import _dropins as dropins
from wacket_agent.collectors._context import Context, Machine
from wacket_agent.collectors._dropins import DropIns
from wacket_agent.collectors._limited import Limited
from wacket_agent.collectors._programs import Ran
from wacket_agent.lines import Log, Point

AT = 1_795_255_200_000_000


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "collectors.d"
    folder.mkdir(mode=0o755)
    return folder


@pytest.fixture
def context():
    return Context(Machine(Limited(4)))


def put(folder, name, text="echo rain:3\n", mode=0o755):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}")
    path.chmod(mode)
    return path


def test_a_program_says_in_its_name_how_often_it_is_run(folder):
    put(folder, "30-rain.sh")
    put(folder, "3600-backup_age")
    found, refused = DropIns(str(folder)).look()
    assert [(one.name, one.period, one.source) for one in found] == [
        ("30-rain.sh", 30, "rain"),
        ("3600-backup_age", 3600, "backup_age"),
    ]
    assert refused == {}


@pytest.mark.parametrize("name", ["rain.sh", "-rain", "0-rain", "30-", "30-ra in.sh", "9999999-rain", "30-rain\n.sh"])
def test_other_names_are_refused_with_a_word_of_help(folder, name):
    put(folder, name)
    found, refused = DropIns(str(folder)).look()
    assert found == []
    assert "SECONDS-NAME" in refused[name]


def test_left_over_files_of_editors_are_nothing(folder):
    put(folder, ".30-rain.sh.swp")
    put(folder, "30-rain.sh~")
    assert DropIns(str(folder)).look() == ([], {})


@pytest.mark.parametrize(
    ("mode", "why"), [(0o757, "chmod go-w"), (0o775, "chmod go-w"), (0o644, "chmod +x"), (0o700, "")]
)
def test_what_others_could_have_written_is_not_run(folder, mode, why):
    put(folder, "30-rain.sh", mode=mode)
    found, refused = DropIns(str(folder)).look()
    assert len(found) == (not why)
    assert why in refused.get("30-rain.sh", "")


def test_nor_is_anything_in_a_folder_that_others_may_write_to(folder):
    put(folder, "30-rain.sh")
    folder.chmod(0o777)
    found, refused = DropIns(str(folder)).look()
    assert found == []
    assert refused["30-rain.sh"] == f"others may write to {folder}: chmod go-w {folder}"


def test_nor_what_belongs_to_another_account(folder):
    put(folder, "30-rain.sh")
    found, refused = DropIns(str(folder), owners={os.geteuid() + 1}).look()
    assert found == []
    assert "chown root" in refused["30-rain.sh"]


def test_a_link_is_judged_by_what_it_leads_to(folder, tmp_path):
    (folder / "30-rain.sh").symlink_to(put(tmp_path, "elsewhere", mode=0o777))
    (folder / "30-gone.sh").symlink_to(tmp_path / "gone")
    (folder / "30-folder").mkdir()
    found, refused = DropIns(str(folder)).look()
    assert found == []
    assert set(refused) == {"30-rain.sh", "30-gone.sh", "30-folder"}


def test_no_folder_is_no_failure(tmp_path):
    assert DropIns(str(tmp_path / "none")).look() == ([], {})
    assert DropIns("").look() == ([], {})


def test_what_is_printed_becomes_numbers_and_logs(folder, context):
    text = "echo 'rain,roof=north mm=3.5'; echo 'wind:7 gusts=12'; echo; echo 'the gauge is full'; echo oh >&2"
    put(folder, "30-rain.sh", text)
    (rain,), _ = DropIns(str(folder)).look()
    told = collected(rain, context, {}, AT)
    assert told.metrics == b"rain,roof=north mm=3.5 %d000\nrain wind=7.0,gusts=12.0 %d000\n" % (AT, AT)
    assert [line.split(b'"message":')[1].split(b",")[0] for line in told.logs.splitlines()] == [
        b'"the gauge is full"',
        b'"oh"',
    ]
    assert collected(rain, context, {}, AT).logs.count(b'"oh"') == 0, "the same trouble is told once"


def test_a_folder_may_be_relative_to_where_the_agent_was_started(folder, context, monkeypatch):
    put(folder, "30-rain.sh")
    monkeypatch.chdir(folder.parent)
    (rain,), _ = DropIns(folder.name).look()
    assert collected(rain, context, {}, AT).metrics == b"rain rain=3.0 %d000\n" % AT


def test_a_failing_program_is_told_when_that_changes(context):
    def logs(ran):
        return [one.message for one in dropins.told(ran, "x", context) if isinstance(one, Log)]

    assert logs(Ran(0, "", "")) == []
    assert logs(Ran(2, "", "no gauge\n")) == ["ended with exit code 2; no gauge"]
    assert logs(Ran(2, "", "no gauge\n")) == []
    assert logs(Ran(-9, "", "", "it took too long")) == ["was ended: it took too long"]
    assert logs(Ran(0, "", "")) == []
    assert logs(Ran(2, "", "")) == ["ended with exit code 2"]


@pytest.mark.slow
def test_lines_are_bounded(context):
    told = list(dropins.told(Ran(0, "a:1\n" * 5000 + "x" * 10**5, ""), "x", context))
    assert len(told) == dropins.MOST_LINES + 1
    assert told[-1].message == "4001 lines were left out"
    assert len(next(dropins.told(Ran(0, "x" * 10**5, ""), "x", context)).message) == dropins.LONGEST_LINE


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("a:1", Point("x", {"a": 1.0})),
        ("a=1, b:-2.5e3;c:.5", Point("x", {"a": 1.0, "b": -2500.0, "c": 0.5})),
        ("m a=1", "m a=1"),
        ("wind:7 gusts=12", Point("x", {"wind": 7.0, "gusts": 12.0})),
        ("12:30 all is well", Log("12:30 all is well")),
        ("a: 1", Log("a: 1")),
        ("a:nan", Log("a:nan")),
        ("a:1 b", Log("a:1 b")),
    ],
)
def test_three_kinds_of_lines(line, made):
    assert dropins.understood(line, "x") == made


@pytest.mark.slow
@given(st.text(max_size=60) | st.text(st.sampled_from('ab:=,; 1.-e#\\"\n\r\x1b'), max_size=60))
def test_whatever_is_printed_the_hub_understands_every_line(text):
    context = Context(Machine(Limited(4)))

    def collect(context):
        return dropins.told(Ran(0, text, text), "x", context)

    told = collected(dropins.Collector("1-x", 1, 1, collect, "x"), context, {}, AT)
    for form, body in ((influx, told.metrics), (ndjson, told.logs)):
        decoded = form.decode([Envelope("test", "peer", 7, "", AT, body, {}, adopted=True)] if body else [])
        assert decoded.rejects == []
    assert told.logs.count(b"\n") + told.metrics.count(b"\n") <= len(text.splitlines()) + 1
