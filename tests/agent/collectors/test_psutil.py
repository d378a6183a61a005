"""Without /proc the same numbers come from psutil: both ways are asked about this machine, and must agree."""

from __future__ import annotations

import subprocess
import sys
from subprocess import PIPE

import pytest

from wacket_agent.collectors import cpu, disk, memory, network, uptime
from wacket_agent.collectors._context import Absent, Context, Machine
from wacket_agent.collectors._limited import Limited
from wacket_agent.collectors._processes import boot_time, command_of, from_proc, from_psutil


@pytest.fixture
def linux():
    return Context(Machine(Limited(4), system="linux"))


@pytest.fixture
def mac():
    return Context(Machine(Limited(4), system="macos"))


def test_memory(linux, mac):
    ours, theirs = memory.from_proc(linux), memory.from_psutil(mac)
    assert (ours[0], ours[3]) == (theirs[0], theirs[3])
    assert ours[1] == pytest.approx(theirs[1], rel=0.2)


def test_cpu(linux, mac):
    ours, theirs = dict(cpu.from_proc(linux)), dict(cpu.from_psutil(mac))
    assert set(ours) == set(theirs)
    assert set(ours[""]) == set(theirs[""]) == set(cpu.STATES)


def test_uptime(linux, mac):
    mac.machine = mac.machine._replace(wall=lambda: boot_time(linux) + uptime.from_proc(linux))
    assert uptime.from_psutil(mac) == pytest.approx(uptime.from_proc(linux), abs=5)


def test_disks(linux, mac):
    ours, theirs = (
        {mount.device for mount in disk.from_proc(linux)},
        {mount.device for mount in disk.from_psutil(mac)},
    )
    assert ours <= theirs or theirs <= ours
    assert {point.tags["mount"] for point in disk.collect(mac)} >= {mount.path for mount in disk.from_psutil(mac)}


def test_network(linux, mac):
    ours, theirs = dict(network.from_proc(linux)), dict(network.from_psutil(mac))
    assert set(ours) == set(theirs)
    name = max(ours, key=lambda name: ours[name][0])
    assert theirs[name][0] >= ours[name][0] > 0


@pytest.mark.slow
def test_processes(linux, mac):
    with subprocess.Popen([sys.executable, "-c", "print(); input()"], stdin=PIPE, stdout=PIPE) as child:
        child.stdout.readline()  # from now on it does nothing
        ours = next(process for process in from_proc(linux) if process.pid == child.pid)
        theirs = next(process for process in from_psutil(mac) if process.pid == child.pid)
        assert command_of(mac, child.pid) == command_of(linux, child.pid)
        child.communicate(b"\n")
    assert (ours.name, ours.threads) == (theirs.name, theirs.threads)
    assert theirs.began == pytest.approx(boot_time(linux) + ours.began, abs=2)
    assert theirs.memory == pytest.approx(ours.memory, rel=0.5)


@pytest.mark.parametrize("name", ["cpu", "load", "memory", "disk", "network", "uptime", "processes", "system"])
@pytest.mark.slow
def test_they_work_without_proc(other, name):
    other.ask(name)
    other.now += 10
    assert other.ask(name) or name == "system"


def test_without_psutil_it_is_absent(mac, monkeypatch):
    monkeypatch.setitem(sys.modules, "psutil", None)
    with pytest.raises(Absent, match="psutil"):
        list(memory.collect(mac))


def test_without_psutil_the_disk_of_the_system_is_told(mac, monkeypatch):
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert [point.tags for point in disk.collect(mac)] == [{"mount": "/"}]
