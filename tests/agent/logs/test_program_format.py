"""The text of program logs: what is understood, and that anything at all gives a log and never an error."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.logs import levels
from wacket_agent.logs.program_format import FILE_NAME, Header, Said, header, name, said
from wacket_log import lines

from .conftest import AT

NOON = 1_795_262_400_000_000  # 2026-11-21T12:00:00Z


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"wacket_log": 1, "pid": 12, "program": "oven", "user": "ada"}', Header(12, "oven", "ada")),
        ('{"pid": 12, "exec": "/opt/oven.py", "start": 99, "lock": true}', Header(12, "oven.py", "", 99, True)),
        ('{"pid": "12", "name": "oven", "part": 3}', Header(12, "oven", part=3)),
        ("pid=12 program=oven user=ada", Header(12, "oven", "ada")),
        ('PID: 12, exec: "my oven", user: ada', Header(12, "my oven", "ada")),
        ("pid=12;exec=/usr/bin/python3;user=ada", Header(12, "python3", "ada")),
        ("12 oven.py ada", Header(12, "oven.py", "ada")),
        ("12", Header(12)),
        ("[12] oven", Header(12, "oven")),
        ("12, oven, ada", Header(12, "oven", "ada")),
        ("program=oven", None),
        ('{"program": "oven"}', None),
        ('{"pid": true}', None),
        ('{"pid": 1e3}', None),
        ("INFO started with pid 12", None),
        ("pid=99999999999", None),
        ("", None),
        ("{" * 100_000, None),
    ],
)
def test_first_lines(line: str, found: Header | None) -> None:
    assert header(line) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("WARN valve 3 stuck", Said("valve 3 stuck", "warn")),
        ("warning: valve 3 stuck", Said("valve 3 stuck", "warn")),
        ("[ERROR] - no heat", Said("no heat", "error")),
        ("<info> warm", Said("warm", "info")),
        ("ERROR", Said("", "error")),
        ("2026-11-21T12:00:00.25Z DEBUG x", Said("x", "debug", NOON + 250_000)),
        ("2026-11-21 13:00:00,5+01:00 x", Said("x", "info", NOON + 500_000)),
        ("2026-13-41T12:00:00Z x", Said("2026-13-41T12:00:00Z x", "info")),
        ("1970-01-01T00:00:09Z x", Said("x", "info")),
        ("Errors happened", Said("Errors happened", "error")),
        ("plain text", Said("plain text", "info")),
        ('{"message": "x", "level": "Fatal", "time": 1795262400}', Said("x", "fatal", NOON)),
        ('{"msg": "x", "ts": 1795262400000}', Said("x", "info", NOON)),
        ('{"msg": "x", "at": 1795262400000000}', Said("x", "info", NOON)),
        ('{"msg": "x", "at": 1795262400000000000}', Said("x", "info", NOON)),
        ('{"msg": "x", "time": "2026-11-21T12:00:00Z"}', Said("x", "info", NOON)),
        ('{"msg": "x", "time": 9e18, "n": 1.5, "no": null}', Said("x", "info", 0, {"n": "1.5"})),
        ('{"msg": "x", "time": NaN, "l": [1]}', Said("x", "info", 0, {"l": "[1]"})),
        ('{"valve": 3}', Said('{"valve": 3}', "info")),
        ('{"msg": "ha', Said('{"msg": "ha', "info")),
    ],
)
def test_lines(line: str, found: Said) -> None:
    assert said(line, AT + 10**9) == found


@pytest.mark.slow
@given(st.one_of(st.text(), st.dictionaries(st.text(), st.integers() | st.text() | st.floats()).map(json.dumps)))
def test_anything_is_a_log(line: str) -> None:
    found = said(line, AT)
    assert found.level in levels.NAMES.values()
    assert all(type(text) is str for text in found.fields.values())
    first = header(line)
    assert first is None or (first.pid > 0 and len(first.program) <= 80)


@pytest.mark.slow
@given(st.text(), st.sampled_from(lines.LEVELS), st.dictionaries(st.text(), st.text(), max_size=5))
def test_what_the_python_library_writes_is_read_back(message: str, level: str, fields: dict[str, str]) -> None:
    line = lines.line(NOON, level, message, fields).decode()
    found = said(line, AT)
    assert (found.message, found.level, found.at) == (message, level, NOON)
    assert header(lines.header(7, "oven", "ada", 9, 2, holds_lock=True).decode()) == Header(
        7, "oven", "ada", 9, True, 2
    )


@pytest.mark.slow
@given(st.text())
def test_names_are_one_bounded_word(text: str) -> None:
    found = name(text)
    assert len(found) <= 80
    assert not {"/", "\\", "\n", "\x1b"} & set(found)


def test_file_names() -> None:
    good = ["wacket_log_x", "dvic_log_4f-a.b_C", "wacket_log_" + "x" * 64]
    bad = ["wacket_log_", "wacket_log_" + "x" * 65, "wacket_log_a/b", "wacket_log_a\n", "xwacket_log_a", "wacket_log_ä"]
    assert [text for text in good + bad if FILE_NAME.fullmatch(text)] == good
