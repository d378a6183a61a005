"""Law 8: warnings are errors, types are strict, and an exception names what it silences."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VAGUE = re.compile(r"#\s*(?:type:\s*ignore(?!\[)|noqa(?!:\s*[A-Z]+\d))")


@pytest.fixture(scope="module")
def tool():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]


def vague_exceptions(source):
    return [
        f"{file.path}:{number}: say what is ignored"
        for file in source
        for number, line in enumerate(file.text.splitlines(), 1)
        if VAGUE.search(line)
    ]


def test_warnings_are_errors(tool):
    assert tool["pytest"]["ini_options"]["filterwarnings"][0] == "error"


def test_types_are_strict_everywhere(tool):
    assert tool["mypy"]["strict"] is True
    assert "exclude" not in tool["mypy"]
    assert not [part for part in tool["mypy"].get("overrides", []) if part.get("ignore_errors")]


def test_import_rules_leave_nothing_out(tool):
    contract = tool["importlinter"]["contracts"][0]
    assert contract["type"] == "layers"
    assert not contract.get("ignore_imports")


def test_exceptions_name_what_they_ignore(source):
    assert vague_exceptions(source) == []


def test_a_vague_exception_is_found(sample):
    assert vague_exceptions([sample("x = f()  # type: " + "ignore\n")])
    assert vague_exceptions([sample("x = f()  # no" + "qa\n")])
    assert not vague_exceptions([sample("x = f()  # type: " + "ignore[arg-type]\ny = 1  # no" + "qa: E501\n")])
