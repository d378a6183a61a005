"""Installing, repairing and removing: below a root folder, with programs of the system that write down their calls."""

from __future__ import annotations

import shutil
import stat
import subprocess

import pytest
from tests.agent.service.installing import GID, INSTALLS, PROGRAM, UID, World, as_root

from wacket_agent import service

pytestmark = INSTALLS
USERADD = "useradd --system --user-group --no-create-home --home-dir {state} --shell /usr/sbin/nologin wacket"


@as_root
def test_root_installs_a_service_under_an_account_of_its_own(world):
    assert world.install() == [
        USERADD.format(state=world.state),
        "systemctl daemon-reload",
        "systemctl enable wacket-agent.service",
        "systemctl restart wacket-agent.service",
    ]
    assert "User=wacket\n" in world.unit()
    assert "NoNewPrivileges=yes\n" in world.unit()
    assert "SupplementaryGroups=adm\n" in world.unit()
    assert world.places.program.read_bytes() == PROGRAM
    assert stat.S_IMODE(world.places.command.stat().st_mode) == 0o755
    assert (world.state / "node.key").stat().st_uid == UID
    assert (world.state.stat().st_uid, world.state.stat().st_gid) == (UID, GID)
    assert (world.config / "agent.conf").stat().st_uid == 0
    assert world.told == ["The agent runs as a service."]


@as_root
def test_done_again_it_changes_nothing(world):
    world.install()
    assert world.install() == ["systemctl enable wacket-agent.service"]
    assert "installed already" in world.told[-1]


@as_root
def test_what_is_broken_is_repaired(world):
    world.install()
    world.places.command.unlink()
    world.places.unit.write_text("[Service]\nExecStart=/bin/false\n")
    assert world.install() == [
        "systemctl daemon-reload",
        "systemctl enable wacket-agent.service",
        "systemctl restart wacket-agent.service",
    ]
    assert world.places.command.exists()
    (world.folder / "active").unlink()
    assert "systemctl restart wacket-agent.service" in world.install()
    assert "systemctl restart wacket-agent.service" in world.install(PROGRAM + b", newer")
    assert world.places.program.read_bytes() == PROGRAM + b", newer"


@as_root
def test_where_root_is_allowed_the_service_is_roots_and_back(world):
    world.install()
    world.allow("root = yes")
    assert "systemctl restart wacket-agent.service" in world.install()
    assert "User=" not in world.unit()
    assert "NoNewPrivileges" not in world.unit()
    assert (world.state / "node.key").stat().st_uid == 0
    world.allow("root = no\nlogs = no")
    world.install()
    assert "User=wacket\n" in world.unit()
    assert "SupplementaryGroups" not in world.unit()
    assert (world.state / "node.key").stat().st_uid == UID


@as_root
def test_uninstalling_leaves_nothing(world):
    before = {path for path in world.root.rglob("*") if path.is_file()}
    world.install()
    assert {path for path in world.root.rglob("*") if path.is_file()} > before
    assert world.uninstall() == [
        "systemctl daemon-reload",
        "systemctl disable --now wacket-agent.service",
        "systemctl daemon-reload",
        "userdel wacket",
    ]
    assert [path for path in world.root.rglob("*") if path.is_file()] == []
    assert not world.config.exists()
    assert not world.state.exists()
    assert not (world.folder / "account").exists()
    assert "KillMode=control-group" in (world.folder / "unit-at-the-end").read_text()


@as_root
def test_an_account_that_was_there_stays(world):
    (world.folder / "account").touch()
    world.install()
    assert "userdel wacket" not in world.uninstall()


@as_root
def test_an_account_that_cannot_be_made_ends_it(world):
    (world.folder / "bin" / "useradd").write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(OSError, match="useradd --system wacket"):
        world.install()


@as_root
def test_a_systemd_that_refuses_is_told(world):
    (world.folder / "bin" / "systemctl").write_text('#!/bin/sh\n[ "$1" != enable ]\n')
    with pytest.raises(OSError, match="systemctl enable"):
        world.install()


def test_folders_of_other_names_are_left_to_their_owner(home):
    precious = home.folder / "home" / "thesis"
    shutil.copytree(home.config, precious)
    (precious / "thesis.tex").write_text("years")
    service.uninstall(precious, home.state, home.machine, home.told.append)
    assert [path.name for path in precious.iterdir()] == ["thesis.tex"]
    assert any(str(precious) in text for text in home.told)


def test_without_root_it_is_a_service_of_the_account(home):
    assert home.install() == [
        "systemctl --user daemon-reload",
        "systemctl --user enable wacket-agent.service",
        "systemctl --user restart wacket-agent.service",
    ]
    assert home.places.unit == home.folder / "home/.config/systemd/user/wacket-agent.service"
    assert "User=" not in home.unit()
    assert "WantedBy=default.target" in home.unit()
    assert "enable-linger" in home.told[-1]
    assert service.status(home.config, home.state, home.machine) == "a service of this account, running"
    linger = home.root / "var/lib/systemd/linger"
    linger.mkdir(parents=True)
    (linger / home.machine.own_name()).touch()
    home.told.clear()
    home.install()
    assert len(home.told) == 1
    assert home.uninstall()[-1] == "systemctl --user daemon-reload"
    assert list((home.folder / "home").iterdir()) == [], "folders that were made for it go with it"
    assert service.status(home.config, home.state, home.machine) == "not installed"


def test_without_systemd_it_says_how_to_start_it(home, monkeypatch):
    monkeypatch.setenv("USER_SYSTEMD", "")
    assert home.install() == []
    assert not home.places.unit.exists()
    assert f"{home.places.command} run" in home.told[0]
    assert f"@reboot {home.places.command} run" in home.told[0]
    assert "no service" in service.status(home.config, home.state, home.machine)
    home.uninstall()
    assert not home.places.program.exists()


@as_root
def test_without_systemd_root_needs_no_account(tmp_path, monkeypatch):
    world = World(tmp_path, monkeypatch, is_root=True)
    assert world.install() == []
    assert world.places.program.exists()
    assert (world.state / "node.key").stat().st_uid == 0


def test_the_installed_command_runs_the_program(home):
    home.install(b"import sys\nprint(sys.argv[1:], sys.flags.isolated)\n")
    done = subprocess.run([home.places.command, "a b", "$c"], capture_output=True, text=True, check=True)
    assert done.stdout == "['a b', '$c'] 1\n"


def test_from_its_source_it_cannot_be_installed(home):
    with pytest.raises(OSError, match="from its source"):
        service.install(home.config, home.state, home.machine, None, home.told.append)
