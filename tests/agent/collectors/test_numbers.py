"""Collectors of numbers, on saved machines: what they make of the kernel's texts."""

from __future__ import annotations

import shutil

import pytest

from wacket_agent.collectors._context import Absent


def test_cpu_is_told_from_the_second_turn_on(saved):
    rig = saved("pc")
    assert rig.points("cpu") == {}
    rig.replace("/proc/stat", "cpu  1000 100 500 8000 200 0 50 0", "cpu  1020 100 510 8060 210 0 50 0")
    rig.replace("/proc/stat", "cpu0 600 50 300 3800", "cpu0 620 50 310 3810")
    rig.now += 10
    found = rig.points("cpu")
    whole = found.pop(("cpu",))
    assert (whole["percent"], whole["user_percent"], whole["iowait_percent"]) == (30.0, 20.0, 10.0)
    # Core 1 did not tick at all, so that nothing is known of it.
    assert found == {("cpu", "0"): {"percent": 75.0}}


def test_a_counter_that_went_back_is_no_news(saved):
    rig = saved("pc")
    rig.ask("cpu")
    rig.replace("/proc/stat", "cpu  1000", "cpu  900")
    rig.now += 10
    assert ("cpu",) not in rig.points("cpu")


def test_load(saved):
    assert saved("pc").points("load") == {("load",): {"1m": 0.52, "5m": 1.25, "15m": 2.0}}


def test_memory_and_swap(saved):
    found = saved("pc").points("memory")
    assert found["memory",] == {
        "used_percent": 25.0,
        "total_bytes": 8_000_000 * 1024,
        "available_bytes": 6_000_000 * 1024,
        "cached_bytes": 4_500_000 * 1024,
    }
    assert found["swap",] == {"used_percent": 25.0, "total_bytes": 2_000_000 * 1024, "used_bytes": 500_000 * 1024}


def test_memory_of_an_old_kernel_without_swap(saved):
    rig = saved("pc")
    rig.replace("/proc/meminfo", "MemAvailable:    6000000 kB\n", "")
    rig.replace("/proc/meminfo", "SwapTotal:       2000000 kB", "SwapTotal: 0 kB")
    found = rig.points("memory")
    assert list(found) == [("memory",)]
    assert found["memory",]["available_bytes"] == 5_500_000 * 1024


def test_uptime(saved):
    assert saved("pc").points("uptime") == {("uptime",): {"seconds": 13564.81}}


def test_disk_rates_of_whole_disks(saved):
    rig = saved("pc")
    assert rig.points("diskio") == {}
    rig.replace(
        "/proc/diskstats",
        "nvme0n1 1000 20 80000 300 500 30 40000 700 0 900",
        "nvme0n1 1010 20 80200 300 520 30 40040 700 0 1900",
    )
    rig.now += 10
    assert rig.points("diskio")["diskio", "nvme0n1"] == {
        "reads_per_s": 1.0,
        "read_bytes_per_s": 10240.0,
        "writes_per_s": 2.0,
        "written_bytes_per_s": 2048.0,
        "busy_percent": 10.0,
    }
    assert set(rig.points("diskio")) == set()  # no time has passed
    rig.now += 10
    assert set(rig.points("diskio")) == {("diskio", "nvme0n1"), ("diskio", "sda")}


def test_network_rates_of_interfaces_that_stay(saved):
    rig = saved("pc")
    assert rig.points("network") == {}
    rig.replace("/proc/net/dev", "1000000 1000 1 2 0 0 0 10 500000 800", "1050000 1100 1 7 0 0 0 10 501000 810")
    rig.now += 10
    found = rig.points("network")
    assert set(found) == {("network", "enp3s0"), ("network", "wlan0")}
    assert found["network", "enp3s0"] == {
        "received_bytes_per_s": 5000.0,
        "received_packets_per_s": 10.0,
        "received_bad_per_s": 0.5,
        "sent_bytes_per_s": 100.0,
        "sent_packets_per_s": 1.0,
        "sent_bad_per_s": 0.0,
    }


def test_temperatures_and_fans(saved):
    # A zone that is a hardware monitor too is told once; nonsense and what cannot be read is not told.
    assert saved("pi").points("temperature") == {
        ("temperature", "cpu_thermal temp1"): {"celsius": 48.312},
        ("temperature", "nvme Composite"): {"celsius": 31.85},
        ("temperature", "nvme Composite 2"): {"celsius": 32.85},
        ("temperature", "gpu-thermal"): {"celsius": 51.0},
        ("fan", "pwmfan fan1"): {"rpm": 2400},
    }


def test_battery(saved):
    rig = saved("pi")
    told = {"percent": 81, "watts": 18.0, "cycles": 12, "discharging": True}
    assert rig.points("battery") == {("battery", "BAT0"): told}
    assert rig.logs("battery") == []
    rig.write("/sys/class/power_supply/BAT0/status", "Charging\n")
    assert rig.logs("battery") == [("info", "BAT0 is not in use at 81 %")]


def test_a_battery_that_tells_power(saved):
    rig = saved("pi")
    rig.write("/sys/class/power_supply/BAT0/power_now", "7500000\n")
    assert rig.points("battery")["battery", "BAT0"]["watts"] == 7.5


def test_clock_is_told_while_connected(rig):
    assert rig.points("clock") == {}
    rig.offset = -2500
    assert rig.points("clock") == {("clock",): {"offset_seconds": -0.0025}}


@pytest.mark.parametrize("name", ["cpu", "load", "memory", "uptime", "diskio", "disk", "network", "temperature"])
def test_what_a_machine_does_not_have_is_absent(rig, name):
    with pytest.raises(Absent):
        rig.ask(name)


@pytest.mark.parametrize(
    "name", ["battery", "usb", "people", "systemd", "containers", "packages", "watched", "processes"]
)
def test_what_a_machine_need_not_have_is_no_failure(rig, name):
    shutil.rmtree(rig.root)
    if name == "processes":
        assert rig.points(name)["processes",]["total"] == 0
        return
    with pytest.raises(Absent):
        rig.ask(name)
