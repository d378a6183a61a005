"""What an installation writes, and how it gives folders away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wacket_agent.service import texts
from wacket_agent.service.machine import give, put
from wacket_agent.service.places import of_account, of_machine

UID, GID = 61234, 61235
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="systemd is not there")
WISHES = texts.Wishes("/usr/bin/python3", False, ("adm",), steps=False)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
@pytest.mark.parametrize("as_root", [False, True])
@pytest.mark.parametrize("kill_all", [False, True])
def test_systemd_understands_the_unit(tmp_path, as_root, kill_all):
    places = of_machine(tmp_path, tmp_path / "etc/a folder 100%", tmp_path / "$state")
    text = texts.unit(places, WISHES._replace(python=sys.executable, as_root=as_root, kill_all=kill_all))
    unit = tmp_path / "wacket-agent.service"
    unit.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=30, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "wacket-agent" in line]
    assert ours == []


def test_an_older_systemd_is_not_asked_for_steps(tmp_path):
    places = of_machine(tmp_path, tmp_path / "c", tmp_path / "s")
    assert "RestartSteps" not in texts.unit(places, WISHES)
    assert "RestartMaxDelaySec=120" in texts.unit(places, WISHES._replace(steps=True))


def test_paths_mean_nothing_to_systemd_or_a_shell(tmp_path):
    places = of_account(Path("/home/o'brien"), Path('/a "b" %h $x \\'), Path("/s"))
    text = texts.unit(places, WISHES)
    assert '--config "/a \\"b\\" %%h $$x \\\\" --state' in text
    assert "exec /usr/bin/python3 -I '/home/o'\"'\"'brien/.local" in texts.command(places, "/usr/bin/python3")
    with pytest.raises(ValueError, match="line break"):
        texts.unit(places._replace(state=Path("/s\nExecStartPre=/bin/evil")), WISHES)


def test_a_file_is_written_only_when_it_differs(tmp_path):
    path = tmp_path / "new" / "file"
    assert put(path, b"x", 0o644)
    assert not put(path, b"x", 0o644)
    path.chmod(0o600)
    assert put(path, b"x", 0o644)
    assert put(path, b"y", 0o644)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_giving_a_folder_away_follows_no_link(tmp_path):
    outside, folder = tmp_path / "shadow", tmp_path / "state"
    (folder / "inner").mkdir(parents=True)
    for name in ("key", "inner/spool", "theirs"):
        (folder / name).touch()
    outside.touch()
    (folder / "link").symlink_to(outside)
    (folder / "inner" / "second-name").hardlink_to(outside)
    os.chown(folder / "theirs", 4321, 4321)
    give(folder, UID, GID, former=(0, UID))
    assert {(folder / name).stat().st_uid for name in ("key", "inner", "inner/spool")} == {UID}
    assert (folder / "theirs").stat().st_uid == 4321
    assert outside.stat().st_uid == 0
