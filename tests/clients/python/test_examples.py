"""The programs in docs/how-to/log-from-a-program.md do what the page says: the agent reads what they write."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wacket_agent.logs.outlet import Outlet
from wacket_agent.logs.programs import ProgramLogs
from wacket_agent.logs.writers import Folder

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "log-from-a-program.md").read_text("utf-8")
pytestmark = pytest.mark.slow


def example(language: str, folder: Path) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return text.replace("/tmp/", f"{folder}/")


def told(folder: Path) -> list[tuple[str, str, str]]:
    """Source, level and message of what an agent reads there."""
    lines: list[bytes] = []

    class Store:
        def add(self, stream: str, text: bytes, at: int, marks: object) -> None:
            lines.extend(text.splitlines())

    logs = ProgramLogs({}, {}, Outlet(Store()), at_end=False)
    logs.look_in([Folder(str(folder))])
    logs.poll(1000.0, 1_795_262_400_000_000)
    logs.close()
    found = [json.loads(line) for line in lines]
    return [(line["source"], line["level"], line["message"]) for line in found if "began" not in line]


def test_python(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(ROOT / "clients/python/src"), "WACKET_LOG_FOLDER": str(tmp_path)}
    subprocess.run([sys.executable, "-c", example("py", tmp_path)], env=environment, check=True, timeout=60)
    assert told(tmp_path) == [
        ("python", "warn", "valve 3 stuck"),
        ("python", "notice", "door opened"),
        ("python", "info", "python ended"),
    ]


def test_shell(tmp_path: Path) -> None:
    subprocess.run(["sh", "-c", example("bash", tmp_path)], check=True, timeout=60)
    assert told(tmp_path) == [
        ("backup.sh", "info", "backup begins"),
        ("backup.sh", "error", "disk 2 is full"),
        ("backup.sh", "info", "backup.sh ended"),
    ]


@pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler here")
def test_c(tmp_path: Path) -> None:
    source, program, logs = tmp_path / "oven.c", tmp_path / "oven", tmp_path / "t"
    logs.mkdir()
    source.write_text(example("c", logs))
    subprocess.run(["cc", "-Wall", "-Werror", "-o", str(program), str(source)], check=True, timeout=60)
    subprocess.run([str(program)], check=True, timeout=60)
    assert told(logs) == [("oven", "warn", "valve 3 stuck"), ("oven", "info", "oven ended")]
