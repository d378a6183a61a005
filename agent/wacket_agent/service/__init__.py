"""Installs the agent as a service, repairs it, and takes everything away again.

For root it is a service of the machine, under an account of its own unless the owner allows commands as root; for
anybody else a service of their account. Done again it changes only what is not as it should be, and restarts the agent
only then. Where there is no systemd it installs the program and says how to have it started. It joins no hub.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Callable

from wacket_agent import status as agent_status
from wacket_agent.config import FILE, Allows, Config
from wacket_agent.service import leftovers, texts
from wacket_agent.service.machine import Machine, give, own_file, put, python_for, remove, remove_empty
from wacket_agent.service.places import ACCOUNT, NAME, Places, of_account, of_machine
from wacket_agent.service.systemd import Systemd

LOG_GROUPS = ("systemd-journal", "adm")  # may read what the machine logs
Tell = Callable[[str], None]


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def install(
    config: Path, state: Path, machine: Machine | None = None, content: bytes | None = None, say: Tell = tell
) -> None:
    """Make it as it should be. `content` is the program, if it is not the running one. Raises OSError, ValueError."""
    machine = machine or Machine()
    places = _places(machine, config, state)
    systemd = Systemd(machine, places.system)
    allows = Config.load(config, state).allows
    python = python_for(machine, places.system)
    changed = put(places.program, own_file() if content is None else content, 0o755)
    changed |= put(places.command, texts.command(places, python).encode(), 0o755)
    if not systemd.is_here():
        say("\n".join(_without_systemd(machine, places)))
        return
    if places.system:
        _give_to_account(machine, places, allows.root)
    wishes = texts.Wishes(python, allows.root, _groups(machine, allows), systemd.has_steps())
    unit_changed = put(places.unit, texts.unit(places, wishes).encode(), 0o644)
    systemd.start(unit_changed, changed or unit_changed)
    say("The agent runs as a service." if changed or unit_changed else "The agent was installed already, and is well.")
    if not places.system and not machine.lingers():
        say(f"It ends when you log out, unless somebody says once: sudo loginctl enable-linger {machine.own_name()}")


def restart(config: Path, state: Path, machine: Machine | None = None) -> bool:
    """Have the service begin anew with what is in its state now; False if there is no service."""
    machine = machine or Machine()
    places = _places(machine, config, state)
    systemd = Systemd(machine, places.system)
    if machine.is_root:  # what root has just written there is for whoever the state belongs to
        owner = places.state.stat()
        give(places.state, owner.st_uid, owner.st_gid, former=(0,))
    if not systemd.is_here() or not places.unit.exists():
        return False
    systemd.restart()
    return True


def uninstall(config: Path, state: Path, machine: Machine | None = None, say: Tell = tell) -> None:
    """Leave nothing: programs that run for the hub are ended, and the account goes if it was made for the agent."""
    machine = machine or Machine()
    places = _places(machine, config, state)
    systemd = Systemd(machine, places.system)
    if not any(path.exists() for path in (places.unit, places.folder, places.command, places.config, places.state)):
        say(f"There is no agent here: neither {places.program} nor {places.config} nor {places.state}.")
        return
    if systemd.is_here() and places.unit.exists():
        # systemd knows every process of the unit, also those that the agent itself has lost sight of.
        wishes = texts.Wishes(sys.executable, False, (), False, kill_all=True)
        put(places.unit, texts.unit(places, wishes).encode(), 0o644)
        systemd.reload()
        systemd.stop()
        remove(places.unit)
        systemd.reload()
    leftovers.end(places.state)
    made_account = places.made_account.exists()
    for path in (places.unit, places.command, places.folder):
        remove(path)
        remove_empty(path.parent, places.home)
    if made_account and machine.run("userdel", ACCOUNT) is None:
        say(f"The account {ACCOUNT} could not be removed: userdel {ACCOUNT}")
    _remove_own(places.config, [FILE], say)
    _remove_own(places.state, [], say)
    for folder in (places.config, places.state):
        remove_empty(folder.parent, places.home)
    say("The agent is gone. On the hub, `wacket node retire` keeps what it told.")


def status(config: Path, state: Path, machine: Machine | None = None) -> str:
    """One sentence for people."""
    machine = machine or Machine()
    places = _places(machine, config, state)
    if not places.program.exists():
        return "not installed"
    systemd = Systemd(machine, places.system)
    if not systemd.is_here():
        return f"installed, and no service; start it with: {places.command} run"
    kind = "of the machine" if places.system else "of this account"
    return f"a service {kind}, {'running' if systemd.is_active() else 'not running'}"


def _places(machine: Machine, config: Path, state: Path) -> Places:
    config, state = Path(config).absolute(), Path(state).absolute()
    return of_machine(machine.root, config, state) if machine.is_root else of_account(Path.home(), config, state)


def _groups(machine: Machine, allows: Allows) -> list[str]:
    return machine.groups(LOG_GROUPS) if allows.logs else []


def _give_to_account(machine: Machine, places: Places, as_root: bool) -> None:
    account = machine.account(ACCOUNT)
    if account is None:
        useradd = ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(places.state))
        if machine.run(*useradd, "--shell", "/usr/sbin/nologin", ACCOUNT) is None:
            raise OSError(f"the account {ACCOUNT} could not be made: useradd --system {ACCOUNT}")
        put(places.made_account, b"", 0o644)
        account = machine.account(ACCOUNT)
    if account is None:
        raise OSError(f"the account {ACCOUNT} was made and is not there")
    places.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    uid, gid = (0, 0) if as_root else account
    give(places.state, uid, gid, former=(0, account[0]))


def _without_systemd(machine: Machine, places: Places) -> list[str]:
    by_hand = [
        f"  now, in the foreground:    {places.command} run",
        f"  after each start, by cron: {texts.cron_line(places)}",
    ]
    if agent_status.running(places.state):
        return ["The agent is installed, and runs. Nothing starts it again by itself.", by_hand[1]]
    if not places.system and machine.has_systemd():
        name = machine.own_name()
        return [
            f"The agent is installed, but is no service: systemd does nothing for {name} in this session, as after su.",
            f"Have root say `loginctl enable-linger {name}`, then join again. Without that:",
            *by_hand,
        ]
    return [
        "The agent is installed, but systemd does not run here, so nothing starts it by itself.",
        *by_hand,
        "launchd (macOS) and Windows services: see install-an-agent in the hub's documentation.",
    ]


def _remove_own(folder: Path, files: list[str], say: Tell) -> None:
    """A folder of another name than ours was chosen by somebody, and may hold what is theirs."""
    if folder.name == NAME:
        remove(folder)
        return
    for name in files:
        remove(folder / name)
    if folder.exists():
        say(f"{folder} stays, because it is not called {NAME}: remove it yourself if nothing else is in it")
