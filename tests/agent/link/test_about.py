"""What the agent says of its machine, and the file that says how it stands."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wacket_agent import status
from wacket_agent.config import Allows, Config, Contents
from wacket_agent.link.about import USUAL_SLOTS, About, slots, system_name
from wacket_agent.trust.identity import machine_id


def config(folder: Path, allows: Allows, **commands: str) -> Config:
    return Config(folder, folder, Contents("http://hub", "ab" * 32, allows, {"commands": commands}))


def test_every_member_of_the_protocol_is_said(tmp_path: Path) -> None:
    said = About(config(tmp_path, Allows(run=True), account="student", slots="3"), bytes)()
    assert said["machine"] == hashlib.sha256(f"wacket machine v1\n{machine_id(tmp_path)}".encode()).hexdigest()
    assert (said["agent"], said["os"], said["instance"]) == ("0.1.0", "linux", "00" * 8)
    assert (said["accounts"], said["slots"]) == (["student"], 3)
    assert said["allows"] == {"metrics": True, "logs": True, "run": True, "root": False, "shell": False, "files": False}
    assert all(said[name] for name in ("python", "system", "arch", "host", "boot"))


def test_who_allows_no_commands_names_no_accounts(tmp_path: Path) -> None:
    assert About(config(tmp_path, Allows()))()["accounts"] == []


@pytest.mark.parametrize(
    ("text", "number"), [("3", 3), ("", USUAL_SLOTS), ("0", USUAL_SLOTS), ("many", USUAL_SLOTS), ("-1", 8)]
)
def test_slots(text: str, number: int) -> None:
    assert slots(text) == number


def test_the_system_is_called_as_people_call_it(tmp_path: Path) -> None:
    release = tmp_path / "os-release"
    release.write_text('NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')
    assert system_name(release) == "Debian GNU/Linux 12 (bookworm)"
    assert system_name(tmp_path / "missing") == "Linux"


@pytest.mark.slow
def test_the_status_of_an_agent_that_lives_and_of_one_that_was_killed(tmp_path: Path) -> None:
    assert status.read(tmp_path) == {}
    status.write(tmp_path, {"state": "connected", "pid": os.getpid()})
    assert status.read(tmp_path)["state"] == "connected"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    status.write(tmp_path, {"state": "connected", "pid": gone.pid})
    assert status.read(tmp_path)["state"] == "stopped"


@pytest.mark.parametrize("text", ["", "[]", "\x00"])
def test_a_damaged_status_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "status.json").write_text(text)
    assert status.read(tmp_path) == {}
