"""File systems: each real one, once, whatever its name; and one that does not answer disturbs nobody."""

from __future__ import annotations

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.collectors import disk
from wacket_agent.collectors._context import Context


@pytest.fixture
def rig(saved):
    rig = saved("pc")
    (rig.root / "mnt" / "my disk\tx\\y").mkdir()
    return rig


def test_each_file_system_once(rig):
    found = rig.points("disk")
    assert set(found) == {("disk", path) for path in ("/", "/boot/efi", "/mnt/my disk\tx\\y", "/mnt/home")}
    told, real = found["disk", "/"], os.statvfs(rig.root)
    assert told["total_bytes"] == real.f_blocks * real.f_frsize
    assert 0 <= told["used_percent"] <= 100
    assert set(told) >= {"used_percent", "total_bytes", "free_bytes"}


@pytest.mark.parametrize(
    ("mounts", "told"),
    [
        ("overlay / overlay|/dev/sda1 /etc/hosts ext4|/dev/sda1 /etc/resolv.conf ext4", {"/": "overlay"}),
        ("rootfs / rootfs|/dev/sda1 / ext4|/dev/sda1 /home ext4", {"/": "/dev/sda1"}),
        (
            "/dev/sda1 / ext4|/dev/sdb1 /run/media/ada/STICK vfat|/dev/sdc1 /run/x ext4",
            {"/": "/dev/sda1", "/run/media/ada/STICK": "/dev/sdb1"},
        ),
        ("/dev/sda1 / ext4|/dev/sdb1 /data ext4|tmpfs /data tmpfs", {"/": "/dev/sda1"}),
        ("/dev/sda1 / ext4|autofs /home autofs|server:/home /home nfs4", {"/": "/dev/sda1", "/home": "server:/home"}),
    ],
    ids=["in a container", "a root that was replaced", "a stick", "hidden by another", "mounted when needed"],
)
def test_what_is_a_disk_to_people(rig, mounts, told):
    rig.write("/proc/self/mounts", "".join(f"{line} rw 0 0\n" for line in mounts.split("|")))
    found = disk.from_proc(Context(rig.machine))
    assert {mount.path: mount.device for mount in found} == told
    assert len(found) == len(told)


@pytest.mark.slow
def test_one_that_does_not_answer_is_left_alone_until_it_does(rig, monkeypatch):
    answer, asked = threading.Event(), []
    whole, space = rig.root / "mnt" / "home", disk.space

    def hanging(path):
        asked.append(path)
        if path == str(whole):
            answer.wait(60)
        return space(path)

    monkeypatch.setattr(disk, "space", hanging)
    monkeypatch.setattr(disk, "EACH", 0.05)
    try:
        told = rig.ask("disk")
        assert {one.tags["mount"] for one in told[:-1]} == {"/", "/boot/efi", "/mnt/my disk\tx\\y"}
        assert told[-1].level == "error"
        assert told[-1].message == "no answer from: /mnt/home (nfs4 server:/home): does not come back within 0.05 s"
        assert rig.machine.parts.late == 1
        assert len(rig.points("disk")) == 3
        assert asked.count(str(whole)) == 1, "it was asked again although it has not answered"
    finally:
        answer.set()
    wait_until_none_is_late(rig.machine.parts)
    assert len(rig.points("disk")) == 4


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
    assert disk.unescaped(escaped) == path
