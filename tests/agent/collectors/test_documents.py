"""Collectors whose news are told when something changes: ports, USB, people, the system, updates."""

from __future__ import annotations

import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.collectors import packages, people, ports
from wacket_agent.collectors._context import Absent
from wacket_agent.collectors._programs import Ran
from wacket_agent.lines import Log


def attributes(told):
    return next(one.attrs for one in told if isinstance(one, Log))


# Ports


@pytest.fixture
def listening(saved):
    rig = saved("pc")
    (rig.root / "proc/70/fd").mkdir()
    (rig.root / "proc/70/fd/5").symlink_to("socket:[9002]")
    (rig.root / "proc/70/fd/6").symlink_to("/dev/null")
    return rig


def test_ports_with_the_program_behind_them(listening):
    told = attributes(listening.ask("ports"))["ports"]
    assert told == [
        {"protocol": "tcp", "port": 22, "address": "0.0.0.0", "program": ""},
        {"protocol": "tcp", "port": 631, "address": "::1", "program": ""},
        {"protocol": "tcp", "port": 8080, "address": "127.0.0.1", "program": "python3"},
        {"protocol": "udp", "port": 5353, "address": "0.0.0.0", "program": ""},
    ]


def test_ports_are_told_when_they_change(listening):
    message = "listening: tcp 0.0.0.0 22, tcp ::1 631, tcp 127.0.0.1 8080 (python3), udp 0.0.0.0 5353"
    assert listening.logs("ports") == [("info", message)]
    assert listening.points("ports") == {("ports",): {"listening": 4}}
    listening.replace("/proc/net/tcp", "00000000:0016 00000000:0000 0A", "00000000:0017 00000000:0000 0A")
    listening.replace("/proc/net/tcp", " 9001 ", " 9011 ")
    assert listening.logs("ports") == [("info", "opened tcp 0.0.0.0 23; closed tcp 0.0.0.0 22")]


@pytest.mark.slow
@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_any_address_is_read(address):
    words = struct.unpack(f"={len(address.packed) // 4}I", address.packed)
    shown = ports.address("".join(f"{word:08X}" for word in words))
    assert type(address)(shown) == address


# USB


def attach(rig, place, devnum, kind, **said):
    for file, text in {"busnum": 1, "devnum": devnum, "bDeviceClass": kind, **said}.items():
        rig.write(f"/sys/bus/usb/devices/{place}/{file}", f"{text}\n")


@pytest.fixture
def usb(rig):
    attach(rig, "usb1", 1, "09", product="Host Controller")
    attach(rig, "1-1.2", 3, "02", idVendor="2341", idProduct="0043", manufacturer="Arduino", product="Uno", serial="75")
    rig.write("/sys/bus/usb/devices/1-1.2:1.0/tty/ttyACM0/dev", "166:0\n")
    return rig


def test_usb_devices_without_hubs(usb):
    told = usb.ask("usb")
    assert told[0].fields == {"devices": 1}
    assert attributes(told)["devices"] == [
        {
            "place": "1-1.2",
            "number": "1-3",
            "vendor": "2341",
            "product": "0043",
            "name": "Arduino Uno",
            "serial": "75",
            "tty": "ttyACM0",
        }
    ]


def test_usb_devices_that_come_and_go(usb):
    usb.ask("usb")
    attach(usb, "1-1.3", 4, "ff", idVendor="1a86", idProduct="7523", product="USB Serial")
    usb.write("/sys/bus/usb/devices/1-1.3:1.0/ttyUSB0/port_number", "0\n")
    assert usb.logs("usb") == [("info", "attached: USB Serial (1a86:7523) at 1-1.3 as /dev/ttyUSB0")]
    assert usb.logs("usb") == []
    usb.remove("/sys/bus/usb/devices/1-1.3")
    assert usb.logs("usb") == [("warn", "removed: USB Serial (1a86:7523) at 1-1.3 as /dev/ttyUSB0")]


def test_another_device_in_the_same_place(usb):
    usb.ask("usb")
    attach(usb, "1-1.2", 9, "02", product="Nano")
    assert [level for level, _ in usb.logs("usb")] == ["info", "warn"]


# People


def utmp(size, *sessions):
    records = [
        struct.pack("=hxxi32s4s32s256s", kind, 1, line, b"", person, host).ljust(size, b"\0")
        for kind, person, line, host in sessions
    ]
    return b"".join(records)


BOOT = (2, b"reboot", b"~", b"6.1")


@pytest.mark.parametrize("size", [384, 400])
def test_people_come_and_go(rig, size):
    rig.write("/run/utmp", utmp(size, BOOT, (7, b"ada", b"tty1", b"")))
    assert rig.points("people") == {("people",): {"sessions": 1, "logged_in": 1}}
    rig.write("/run/utmp", utmp(size, BOOT, (7, b"ada", b"tty1", b""), (7, b"bob", b"pts/0", b"10.0.0.5")))
    assert rig.logs("people") == [("info", "logged in: bob on pts/0 from 10.0.0.5")]
    rig.write("/run/utmp", utmp(size, BOOT, (8, b"", b"tty1", b""), (7, b"bob", b"pts/0", b"10.0.0.5")))
    assert rig.logs("people") == [("info", "logged out: ada on tty1")]


def test_records_of_400_bytes_that_fill_as_much_as_some_of_384(rig):
    rig.write("/run/utmp", utmp(400, *[(7, b"user%d" % number, b"pts/%d" % number, b"") for number in range(24)]))
    assert rig.points("people")["people",]["logged_in"] == 24


@pytest.mark.slow
@given(st.binary(max_size=900))
def test_any_utmp_is_read_or_refused(data):
    try:
        sessions = list(people.from_utmp(data))
    except ValueError:
        return
    assert all(isinstance(part, str) for session in sessions for part in session)


def test_people_where_there_is_no_utmp(rig):
    rig.write("/run/systemd/sessions/3", "UID=1000\nUSER=ada\nSTATE=active\nCLASS=user\nTTY=tty2\nREMOTE_HOST=\n")
    rig.write("/run/systemd/sessions/3.ref", "")
    rig.write("/run/systemd/sessions/c1", "USER=gdm\nCLASS=greeter\n")
    assert rig.points("people") == {("people",): {"sessions": 1, "logged_in": 1}}


# System


def test_what_the_machine_is(saved):
    rig = saved("pc")
    told = attributes(rig.ask("system"))
    assert {name: told[name] for name in ("system", "version", "kernel", "host", "model", "processor")} == {
        "system": "Debian GNU/Linux 12 (bookworm)",
        "version": "12",
        "kernel": "6.1.0-18-amd64",
        "host": "lab-3",
        "model": "B450 AORUS",
        "processor": "AMD Ryzen 5 3600 6-Core Processor",
    }
    assert rig.logs("system") == []


def test_what_nobody_knows_of_the_machine_is_left_out(rig):
    (log,) = [one for one in rig.ask("system") if isinstance(one, Log)]
    assert log.message == f"Linux, {os.uname().machine}"
    assert "" not in log.attrs.values()


def test_a_needed_restart(saved):
    rig = saved("pc")
    assert rig.points("system") == {("system",): {"reboot_needed": False}}
    rig.write("/run/reboot-required", "")
    assert rig.logs("system") == [("info", "a restart is needed for updates to take effect")]


def test_the_model_of_a_board(saved):
    assert attributes(saved("pi").ask("system"))["model"] == "Raspberry Pi 4 Model B Rev 1.4"


# Updates

APT = """\
NOTE: This is only a simulation!
Inst openssl [3.0.11-1] (3.0.13-1~deb12u1 Debian-Security:12/stable-security [amd64]) []
Inst vim [2:9.0.1378-2] (2:9.0.1378-3 Debian:12.5/stable [amd64])
Inst linux-image-6.1 (6.1.90-1 Debian:12.5/stable [amd64])
Conf openssl (3.0.13-1~deb12u1 Debian-Security:12/stable-security [amd64])
"""
DNF = (
    "\nopenssl.x86_64    1:3.0.9-2.fc38    updates\nvim.noarch 9.0 updates\nObsoleting Packages\nold.x86_64 1 updates\n"
)
MANAGERS = {
    "/usr/bin/apt-get": ("apt-get", APT, 3, 1),
    "/usr/bin/dnf": ("dnf", Ran(100, DNF, ""), 2, None),
    "/sbin/apk": ("apk", "Installed:  Available:\nbusybox-1.36.1-r4 < 1.36.1-r5\npy3-x-2.0-r0 < 2.1-r0\n", 2, None),
    "/usr/bin/pacman": ("pacman", "linux 6.5.1-1 -> 6.5.2-1\nvim 1-1 -> 2-1 [ignored]\n", 1, None),
    "/opt/homebrew/bin/brew": ("brew", "git (2.42.0) < 2.43.0\nnode (20.1, 20.2) < 21.0\n", 2, None),
}


@pytest.mark.parametrize("there", MANAGERS)
def test_updates(rig, there):
    program, answer, count, security = MANAGERS[there]
    rig.write(there, "")
    rig.answers[program] = answer
    told = rig.points("packages")["packages",]
    assert (told["to_update"], told.get("security")) == (count, security)


def test_updates_are_listed_with_the_urgent_ones_first(rig):
    rig.write("/usr/bin/apt-get", "")
    rig.answers["apt-get"] = APT
    log = next(one for one in rig.ask("packages") if isinstance(one, Log))
    assert log.message == "3 packages have a newer version"
    assert [one["package"] for one in log.attrs["packages"]] == ["openssl", "linux-image-6.1", "vim"]
    assert rig.logs("packages") == []
    assert all("update" not in argv[-1] for argv in rig.asked), "it must not refresh the lists"


@pytest.mark.slow
@given(st.text())
def test_any_answer_of_a_package_manager_is_read(text):
    for manager in packages.MANAGERS:
        assert all(update.package for update in manager.read(text))


def test_ports_of_another_system_are_absent(other):
    with pytest.raises(Absent):
        other.ask("ports")
