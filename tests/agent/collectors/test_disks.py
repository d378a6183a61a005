"""File systems: each real one, once, whatever its name; and one that does not answer disturbs nobody."""

from __future__ import annotations

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.collectors import disks


@pytest.fixture
def rig(saved):
    rig = saved("pc")
    (rig.root / "mnt" / "my disk\tx\\y").mkdir()
    return rig


def test_each_file_system_once(rig):
    found = rig.points("disks")
    assert set(found) == {("disk", path) for path in ("/", "/boot/efi", "/mnt/my disk\tx\\y", "/mnt/home")}
    told, real = found["disk", "/"], os.statvfs(rig.root)
    assert told["total_bytes"] == real.f_blocks * real.f_frsize
    assert 0 <= told["used_percent"] <= 100
    assert set(told) >= {"used_percent", "total_bytes", "free_bytes"}


@pytest.mark.slow
def test_one_that_does_not_answer_is_left_alone_until_it_does(rig, monkeypatch):
    answer, asked = threading.Event(), []
    whole, space = rig.root / "mnt" / "home", disks.space

    def hanging(path):
        asked.append(path)
        if path == str(whole):
            answer.wait(60)
        return space(path)

    monkeypatch.setattr(disks, "space", hanging)
    monkeypatch.setattr(disks, "EACH", 0.05)
    try:
        told = rig.ask("disks")
        assert {one.tags["mount"] for one in told[:-1]} == {"/", "/boot/efi", "/mnt/my disk\tx\\y"}
        assert told[-1].level == "error"
        assert told[-1].message == "no answer from: /mnt/home (nfs4 server:/home): does not come back within 0.05 s"
        assert rig.machine.parts.late == 1
        assert len(rig.points("disks")) == 3
        assert asked.count(str(whole)) == 1, "it was asked again although it has not answered"
    finally:
        answer.set()
    wait_until_none_is_late(rig.machine.parts)
    assert len(rig.points("disks")) == 4


def wait_until_none_is_late(parts):
    import time

    for _ in range(1000):
        if not parts.late:
            return
        time.sleep(0.005)
    raise AssertionError("the call never came back")


@pytest.mark.slow
@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), min_size=1))
def test_names_are_unescaped_as_the_kernel_escapes_them(path):
    escaped = "".join(f"\\{ord(letter):03o}" if letter in " \t\n\\" else letter for letter in path)
    assert disks.unescaped(escaped) == path
