"""The swap at the start: whatever is cut off, nothing is lost, and the next start has one whole hub. By real kills."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.archives import unpacked

from wacket.backup import restoring
from wacket.errors import BadRequest, BadSettings

pytestmark = pytest.mark.slow
OLD = {"ledger.db": b"old", "history/journal.db": b"old", "outputs/1/1.records": b"old", "wacket.toml": b"old"}
NEW = {"ledger.db": b"new", "history/journal.db": b"new", "keys/hub.key": b"new", "owner.key": b"new"}
# Kills itself before the Nth change of a folder. What the process wrote is not lost by that, only what it had not done.
STARTS = """
import os, signal, sys
from pathlib import Path
from wacket.backup import restoring
left = int(sys.argv[2])
def watch(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
getattr(restoring, sys.argv[3])(Path(sys.argv[1]))
"""


def start(folder, kill_at=0, act="finish"):
    """Whether a start of a hub came through."""
    words = [sys.executable, "-c", STARTS, str(folder), str(kill_at), act]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode in (0, -9), ended.stderr
    return ended.returncode == 0


def write(folder: Path, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@pytest.fixture
def armed(tmp_path):
    """A data folder for which a restore waits; made anew at each call."""

    def make(old=OLD):
        folder = tmp_path / "data"
        shutil.rmtree(folder, ignore_errors=True)
        write(folder, old | {"lock": b"", "hub.json": b"{}", "lost+found/x": b"mine", ".backup-0f/ledger.db": b"half"})
        write(folder, {"before-restore-earlier/ledger.db": b"older"})
        staged = restoring.staging(folder, "ab12")
        write(staged, NEW)
        restoring.arm(folder, staged, "2026-11-21T083000Z", {"made": "then"})
        return folder

    return make


def require_swapped(folder, old=OLD):
    files = unpacked(folder)
    aside = {f"before-restore-2026-11-21T083000Z/{name}": content for name, content in old.items()}
    others = {"lock": b"", "hub.json": b"{}", "lost+found/x": b"mine", "before-restore-earlier/ledger.db": b"older"}
    assert files == NEW | aside | others
    assert restoring.waiting(folder) is None


def test_the_next_start_has_what_was_restored_and_keeps_what_was_there(armed):
    folder = armed()
    assert restoring.waiting(folder).about == {"made": "then"}
    assert restoring.present(folder) == ["history", "ledger.db", "outputs", "wacket.toml"]
    assert start(folder)
    require_swapped(folder)
    assert start(folder), "and the one after that changes nothing"
    require_swapped(folder)


def test_killed_at_any_step_the_next_start_goes_on(armed):
    for kill_at in range(1, 100):
        folder = armed()
        if start(folder, kill_at):
            assert kill_at > len(OLD) + len(NEW), "there are as many steps as things to move"
            return
        contents = sorted(unpacked(folder).values())
        assert all(contents.count(one) >= 4 for one in (b"old", b"new")), f"killed at {kill_at}: something is lost"
        assert start(folder)
        require_swapped(folder)
    pytest.fail("it never came through")


def test_killed_again_and_again_it_comes_through(armed):
    folder = armed()
    starts = 1
    while not start(folder, 4):
        starts += 1
        assert starts < 50
    require_swapped(folder)
    assert starts > 3


def test_where_there_was_nothing_nothing_is_kept_aside(armed):
    folder = armed(old={})
    assert start(folder)
    require_swapped(folder, old={})
    assert not (folder / "before-restore-2026-11-21T083000Z").exists()


def test_called_off_at_any_step_the_data_stay(armed):
    for kill_at in range(1, 20):
        folder = armed()
        ended = start(folder, kill_at, "cancel")
        gone = not (folder / "restore.json").exists()
        assert start(folder)
        if gone:
            assert {name: content for name, content in unpacked(folder).items() if name in OLD} == OLD
            assert not list(folder.glob("restore-*"))
        else:
            require_swapped(folder)  # it was killed before it was called off
        if ended:
            return
    pytest.fail("it never came through")


def test_an_upload_that_was_cut_off_is_removed(tmp_path):
    write(tmp_path, OLD | {"restore-ab12/ledger.db": b"half", ".backup-ab12/ledger.db": b"half"})
    restoring.finish(tmp_path)
    assert unpacked(tmp_path) == OLD


def test_two_restores_in_one_second_keep_both(armed):
    folder = armed()
    restoring.finish(folder)
    staged = restoring.staging(folder, "cd34")
    write(staged, OLD)
    assert restoring.arm(folder, staged, "2026-11-21T083000Z", {}).aside == "before-restore-2026-11-21T083000Z-2"


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        (b"", "not as it was written"),
        (b"[]", "not as it was written"),
        (b'{"staged": "restore-1", "aside": "x", "about": {}, "cleared": false}', "other folders"),
        (b'{"staged": "../x", "aside": "before-restore-1", "about": {}, "cleared": false}', "other folders"),
        (b'{"staged": "restore-1", "aside": "before-restore-1", "about": {}, "cleared": false}', "is gone"),
    ],
)
def test_a_marker_that_makes_no_sense_stops_the_start_in_words(tmp_path, marker, said):
    write(tmp_path, OLD | {"restore.json": marker})
    with pytest.raises(BadSettings, match=said):
        restoring.finish(tmp_path)
    assert unpacked(tmp_path) == OLD | {"restore.json": marker}


def test_what_cannot_be_moved_stops_the_start_and_the_next_one_goes_on(armed, monkeypatch):
    folder = armed()
    moved = Path.rename

    def rename(path, target):
        if path.name == "keys":
            raise OSError(16, "Device or resource busy")
        return moved(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(BadSettings, match="Nothing is lost"):
        restoring.finish(folder)
    monkeypatch.undo()
    restoring.finish(folder)
    require_swapped(folder)


def test_a_disk_of_its_own_is_refused_before_anything_is_taken(tmp_path, monkeypatch):
    write(tmp_path, OLD)
    restoring.require_movable(tmp_path)
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path).name == "history")
    with pytest.raises(BadRequest, match="a disk of its own"):
        restoring.require_movable(tmp_path)
