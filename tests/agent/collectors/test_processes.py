"""Processes: counted, the busiest to read, and those that are watched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agent.collectors.conftest import WALL

from wacket_agent.collectors._context import Context
from wacket_agent.collectors._processes import from_proc, parsed
from wacket_agent.collectors.watched import names_of
from wacket_agent.lines import Log, Point, ndjson

AFTER = " S 1 70 70 0 -1 4194304 1 2 3 4 2000 1000 0 0 20 0 4 0 5000 170000000 20000 18446744073709551615"


def test_counts_by_state(saved):
    assert saved("pc").points("processes") == {
        ("processes",): {"total": 4, "running": 1, "blocked": 1, "stopped": 0, "zombies": 1, "threads": 7}
    }


def test_the_busiest_are_to_be_read(saved):
    rig = saved("pc")
    rig.ask("processes")
    rig.replace("/proc/70/stat", " 2000 1000 ", " 2300 1200 ")
    rig.now += 10
    log = next(one for one in rig.ask("processes") if isinstance(one, Log))
    assert log.level == "debug"
    assert log.message.startswith("busiest: python3 50 %; largest: python3 82 MB, systemd 12 MB, ")
    assert [one["name"] for one in log.attrs["by_processor"]] == ["python3"]
    assert [one["pid"] for one in log.attrs["by_memory"]] == [70, 1, 71]


def test_a_new_process_under_an_old_number_is_not_busy_at_once(saved):
    rig = saved("pc")
    rig.ask("processes")
    rig.replace("/proc/70/stat", " 2000 1000 0 0 20 0 4 0 5000 ", " 9000 9000 0 0 20 0 4 0 5900 ")
    rig.now += 10
    assert "busiest: none; largest: " in rig.logs("processes")[0][1]


def test_nothing_is_said_of_the_busiest_before_anybody_knows(saved):
    assert saved("pc").logs("processes") == []


@pytest.mark.slow
@given(st.text(max_size=20), st.integers(1, 4_194_304))
def test_any_name_is_read_whole(name, pid):
    process = parsed(f"{pid} ({name}){AFTER}", 100, 4096)
    assert (process.pid, process.name, process.state, process.busy) == (pid, name, "S", 30.0)
    assert ndjson(Log(process.name, attrs={"list": [process._asdict()]}), "processes", 1).count(b"\n") == 1


def watched(rig, **options):
    return rig.points("watched", options), rig.logs("watched", options)


def test_watched_by_the_name_of_a_script_a_program_or_a_pid_file(saved):
    rig = saved("pc")
    rig.write("/run/demo.pid", "70\n")
    found, logs = watched(rig, demo="demo.py", init="systemd", file="/run/demo.pid", python="python3", none="nginx")
    assert {key[1]: (told["alive"], told["count"]) for key, told in found.items()} == {
        "demo": (True, 1),
        "init": (True, 1),
        "file": (True, 1),
        "python": (True, 1),
        "none": (False, 0),
    }
    assert found["watched", "demo"]["for_seconds"] == WALL + rig.now - (1795000000 + 50)
    assert logs == [], "what was told once is not told again"


def test_what_is_not_running_is_told_at_once(saved):
    assert saved("pc").logs("watched", {"web": "nginx"}) == [("error", "web is not running")]


def test_the_end_and_the_new_start_of_what_is_watched(saved):
    rig = saved("pc")
    options = {"demo": "demo.py"}
    assert rig.logs("watched", options) == []
    cmdline = (rig.root / "proc/70/cmdline").read_bytes()
    stat = (rig.root / "proc/70/stat").read_text()
    rig.remove("/proc/70")
    rig.now += 10
    assert rig.logs("watched", options) == [("error", "demo is not running")]
    assert rig.points("watched", options)["watched", "demo"]["alive"] is False
    rig.write("/proc/90/cmdline", cmdline)
    rig.write("/proc/90/stat", stat.replace("70 (", "90 (").replace(" 5000 ", " 9000 "))
    assert rig.logs("watched", options) == [("warn", "demo is running again, with the process number 90")]
    told = rig.points("watched", options)["watched", "demo"]
    assert (told["alive"], told["restarts"]) == (True, 1)
    assert told["for_seconds"] == WALL + rig.now - (1795000000 + 90)
    rig.replace("/proc/90/stat", " 9000 ", " 9500 ")
    assert rig.logs("watched", options) == [("warn", "demo was started anew, with the process number 90")]


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("/usr/bin/vim /opt/demo.py", {"vim"}),
        ("tail -f demo.py", {"tail"}),
        ("python3.11 -I -X dev -u /opt/demo.py other.py", {"python3.11", "demo.py"}),
        ("python3 -m http.server 8000", {"python3", "http.server"}),
        ("python3 -c demo.py", {"python3"}),
        ("/bin/sh -c /opt/demo.py", {"sh"}),
        ("java -cp /a.jar -jar app.jar", {"java", "app.jar"}),
        ("node", {"node"}),
        ("nginx:_master_process_/usr/sbin/nginx", {"nginx"}),
        ("/", set()),
        ("", set()),
    ],
)
def test_the_names_that_a_program_is_known_by(saved, command, names):
    rig = saved("pc")
    rig.write("/proc/70/cmdline", "\0".join(command.split(" ")) + "\0")
    process = next(one for one in from_proc(Context(rig.machine)) if one.pid == 70)
    assert names_of(Context(rig.machine), process) == {*names, "python3"}


@pytest.mark.parametrize("text", ["70\n", " 70", "70\n/var/lib/postgresql\n1795000000\n5432\n"])
def test_a_pid_file_begins_with_the_number(saved, text):
    rig = saved("pc")
    rig.write("/run/x.pid", text)
    assert rig.points("watched", {"x": "/run/x.pid"})["watched", "x"]["alive"] is True


@pytest.mark.parametrize("text", ["", "none", "-70", "\u0667\u0660", "99999"])
def test_a_pid_file_that_names_nobody(saved, text):
    rig = saved("pc")
    rig.write("/run/x.pid", text)
    assert rig.points("watched", {"x": "/run/x.pid"})["watched", "x"]["alive"] is False


def test_one_of_several_that_ends_is_no_new_start(saved):
    rig = saved("pc")
    rig.write("/proc/90/cmdline", (rig.root / "proc/70/cmdline").read_bytes())
    stat = (rig.root / "proc/70/stat").read_text()
    rig.write("/proc/90/stat", stat.replace("70 (", "90 (").replace(" 5000 ", " 9000 "))
    assert rig.points("watched", {"demo": "demo.py"})["watched", "demo"]["count"] == 2
    rig.remove("/proc/70")
    told = rig.ask("watched", {"demo": "demo.py"})
    assert [one.fields["restarts"] for one in told if isinstance(one, Point)] == [0]
    assert [one for one in told if isinstance(one, Log)] == []


def test_a_zombie_is_not_alive(saved):
    rig = saved("pc")
    rig.write("/run/x.pid", "72")
    assert rig.points("watched", {"x": "/run/x.pid"})["watched", "x"]["alive"] is False
