"""What holds for every collector: the hub understands each line of it, and what fails is a failure."""

from __future__ import annotations

import pytest

from wacket.formats import influx, ndjson
from wacket.records import Envelope
from wacket_agent import collectors
from wacket_agent.collecting import collected
from wacket_agent.collectors._context import Context
from wacket_agent.collectors._programs import Ran

AT = 1_795_255_200_000_000
HOSTILE = 'a b,c=d "e"\\ \x1b[31m\n# x=1 ü'
# What a collector runs, and what must be there for it to do so.
PROGRAMS = {"packages": ("apt-get", "/usr/bin/apt-get"), "systemd": ("systemctl", "/run/systemd/system/.keep")}
SILENT = {"clock", "containers", "packages", "systemd", "cpu"}  # on the saved machines, where nothing moves


def decoded(form, lines):
    if not lines:
        return None
    found = form.decode([Envelope("test", "peer", 7, "", AT + 1, lines, {}, adopted=True)])
    assert found.rejects == []
    return found


@pytest.mark.slow
@pytest.mark.parametrize("machine", ["pc", "pi"])
@pytest.mark.parametrize("name", collectors.known())
def test_the_hub_understands_every_line(saved, name, machine):
    rig = saved(machine)
    rig.write("/proc/71/stat", f"71 ({HOSTILE}) R 1 71 71 0 -1 0 1 2 3 4 9 9 0 0 20 0 1 0 6000 1 10 1")
    rig.write("/run/utmp", b"")
    rig.write("/sys/class/hwmon/hwmon9/name", HOSTILE)
    rig.write("/sys/class/hwmon/hwmon9/temp1_input", "40000")
    rig.write("/sys/bus/usb/devices/1-1/devnum", "3")
    rig.write("/sys/bus/usb/devices/1-1/product", HOSTILE)
    rig.write("/etc/os-release", f'PRETTY_NAME="{HOSTILE}"')
    context = Context(rig.machine)
    told = []
    for _ in range(2):
        told.append(collected(collectors.find(name), context, {HOSTILE: "demo.py"}, AT))
        rig.now += 10
    readings, logs = decoded(influx, told[1].metrics), decoded(ndjson, told[0].logs)
    assert readings is None or len(readings.logs) == 0
    assert logs is None or len(logs.readings) == 0, "numbers of a log must not become series"
    assert machine == "pi" or name in SILENT | {"temperature", "battery"} or told[1].metrics


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_fails_is_a_failure(rig, name):
    program, there = PROGRAMS[name]
    rig.write(there, "")
    rig.answers[program] = Ran(100, "", "E: broken\n")
    with pytest.raises(OSError, match="E: broken"):
        rig.ask(name)
