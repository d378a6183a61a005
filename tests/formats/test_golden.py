"""A folder of files is a test case: `fixtures/formats/FORMAT/CASE/` has `input`, `expected.json`, maybe `options.json`.

A new case needs no code. The input is decoded whole, and where the format is of lines also with one line an envelope.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wacket import formats

FIXTURES = Path(__file__).parents[1] / "fixtures" / "formats"
CASES = sorted(path.parent.relative_to(FIXTURES) for path in FIXTURES.glob("*/*/input"))


def options_of(case: Path) -> dict[str, str]:
    path = FIXTURES / case / "options.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def test_every_format_has_a_case() -> None:
    assert {case.parts[0] for case in CASES} == set(formats.known())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Path, make: Any, see: Any) -> None:
    body = (FIXTURES / case / "input").read_bytes()
    decoded = formats.find(case.parts[0]).decode([make(body, **options_of(case))])
    assert see.document(decoded) == json.loads((FIXTURES / case / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("case", [case for case in CASES if case.parts[0] != "csv"], ids=str)
def test_case_line_by_line(case: Path, make: Any, see: Any) -> None:
    body = (FIXTURES / case / "input").read_bytes()
    options = options_of(case)
    lines = [line for line in body.split(b"\n") if line.strip()]
    decoded = formats.find(case.parts[0]).decode([make(line, **options) for line in lines])
    expected = json.loads((FIXTURES / case / "expected.json").read_text("utf-8"))
    seen = see.document(decoded)
    seen["frames"] = [sum(seen["frames"])]
    refused = [f"{reject.envelope}: {reject.reason}" for reject in decoded.rejects]
    assert seen | {"rejects": refused} == expected
