"""Installing under odd circumstances: after su, with a careful umask, beside what root has left in the state."""

from __future__ import annotations

import os
import stat

from tests.agent.service.installing import INSTALLS, UID, as_root

from wacket_agent import service

pytestmark = INSTALLS


def test_after_su_it_says_why_it_is_no_service(home, monkeypatch):
    monkeypatch.setenv("USER_SYSTEMD", "")
    home.boot()
    home.install()
    assert f"loginctl enable-linger {home.machine.own_name()}" in home.told[0]
    assert f"{home.places.command} run" in home.told[0]


def test_after_su_the_accounts_own_systemd_is_found(home, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    (home.folder / "bin" / "systemctl").write_text('#!/bin/sh\n[ -d "$XDG_RUNTIME_DIR" ]\n')
    own = home.root / "run/user" / str(os.getuid())
    assert home.machine.run("systemctl", "--user", "show-environment") is None
    own.mkdir(parents=True)
    assert home.machine.run("systemctl", "--user", "show-environment") is not None


@as_root
def test_a_careful_umask_keeps_nobody_from_the_program(world):
    before = os.umask(0o077)
    try:
        world.install()
    finally:
        os.umask(before)
    for place in (world.places.program, world.places.command, world.places.unit):
        assert stat.S_IMODE(place.stat().st_mode) & 0o044 == 0o044
        assert stat.S_IMODE(place.parent.stat().st_mode) & 0o055 == 0o055, place.parent


@as_root
def test_what_root_leaves_for_the_service_is_the_services(world):
    world.install()
    (world.state / "joining.json").write_text("{}")
    assert service.restart(world.config, world.state, world.machine)
    assert (world.state / "joining.json").stat().st_uid == UID
    assert world.calls() == ["systemctl restart wacket-agent.service"]


def test_without_a_service_nothing_is_restarted(home, monkeypatch):
    monkeypatch.setenv("USER_SYSTEMD", "")
    assert not service.restart(home.config, home.state, home.machine)
