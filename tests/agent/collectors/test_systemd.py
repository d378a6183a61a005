"""The units of systemd, from what systemctl prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.collectors import systemd
from wacket_agent.lines import Log, Point

UNITS = """\
cron.service loaded active running Regular background program processing daemon
● nginx.service loaded failed failed A high performance web server
apt-daily.timer loaded active waiting Daily apt download activities
bluetooth.service loaded inactive dead Bluetooth service
"""


def test_units_by_state_and_the_failed_ones(rig):
    rig.write("/run/systemd/system/.keep", "")
    rig.answers["systemctl"] = UNITS
    told = rig.ask("systemd")
    counts = {state: number for state, number in told[0].fields.items() if number}
    assert counts == {"active": 2, "inactive": 1, "failed": 1}
    assert told[1] == Log(
        "nginx.service has failed: systemctl status nginx.service",
        "error",
        {"unit": "nginx.service", "about": "A high performance web server"},
    )
    assert rig.logs("systemd") == []
    rig.answers["systemctl"] = UNITS.replace("● ", "").replace("failed failed", "active running")
    assert rig.logs("systemd") == [("info", "nginx.service has failed no longer")]


def test_units_that_are_named_are_told_one_by_one(rig):
    rig.write("/run/systemd/system/.keep", "")
    rig.answers["systemctl"] = UNITS
    options = {"units": "cron, nginx.service bluetooth.service gone.timer"}
    told = rig.ask("systemd", options)
    active = {one.tags["unit"]: one.fields["active"] for one in told if isinstance(one, Point) and one.name == "unit"}
    assert active == {"cron.service": True, "nginx.service": False, "bluetooth.service": False, "gone.timer": False}
    assert [one.message for one in told if isinstance(one, Log)] == [
        "bluetooth.service is inactive",
        "gone.timer is not loaded",
        "nginx.service has failed: systemctl status nginx.service",
    ]
    assert rig.logs("systemd", options) == []
    rig.answers["systemctl"] = UNITS.replace("inactive dead", "active running")
    assert rig.logs("systemd", options) == [("info", "bluetooth.service is active")]


@pytest.mark.slow
@given(st.text())
def test_any_answer_of_systemctl_is_read(text):
    assert all(len(unit) == 3 for unit in systemd.parsed(text))
