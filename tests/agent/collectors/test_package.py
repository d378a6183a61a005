"""The package of collectors: all are found, also inside a zip file, keep the contract, and are in the documentation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from wacket_agent import collectors
from wacket_agent.collectors import _periods

ROOT = Path(__file__).parents[3]
AGENT = ROOT / "agent" / "wacket_agent"


def test_every_collector_of_the_package_keeps_the_contract():
    assert len(collectors.known()) >= 18
    for name in collectors.known():
        found = collectors.find(name)
        assert (found.name, found.source) == (name, name)
        assert found.period >= 1
        assert found.limit > 0
        assert sys.modules[found.collect.__module__].__doc__


@pytest.mark.slow
def test_collectors_are_found_inside_a_zip_file(tmp_path):
    whole = tmp_path / "agent.zip"
    with zipfile.ZipFile(whole, "w") as file:
        for path in AGENT.rglob("*.py"):
            file.write(path, f"wacket_agent/{path.relative_to(AGENT).as_posix()}")
    program = (
        f"import sys; sys.path.insert(0, {str(whole)!r})\n"
        "from wacket_agent import collecting, collectors\n"
        "print(len([collecting.loaded(name) for name in collectors.known()]), collectors.__file__)"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout == f"{len(collectors.known())} {whole}{os.sep}wacket_agent/collectors/__init__.py\n", ran.stderr


def test_the_reference_page_has_each_collector_and_its_period():
    page = (ROOT / "docs/reference/collectors.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", page, re.MULTILINE))
    assert {name: _periods.period_of(text, 0) for name, text in rows.items()} == {
        name: collectors.find(name).period for name in collectors.known()
    }
