"""Accounts of this machine: who a command runs as, what belongs to its surroundings, and acting with its rights.

On Windows there is one account, the agent's own. Who may be what is not decided here (see allowing.py).
"""

# ruff: noqa: PLW0603, PTH111, PTH116

from __future__ import annotations

import contextlib
import os

try:
    import pwd
except ImportError:  # Windows
    pwd = None  # type: ignore[assignment]

TYPE_CHECKING = False  # typing itself would cost a megabyte
if TYPE_CHECKING:
    from typing import Iterable, Iterator

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_FROM_WINDOWS = ("PATH", "PATHEXT", "SYSTEMROOT", "COMSPEC", "WINDIR", "TEMP", "TMP", "USERPROFILE", "USERNAME")


class Account:
    def __init__(self, name: str, uid: int, gid: int, home: str) -> None:
        self.name, self.uid, self.gid, self.home = name, uid, gid, home

    @property
    def is_own(self) -> bool:
        """Whether it is who this process is already."""
        return pwd is None or self.uid == os.geteuid()


_own: dict[int, Account] = {}


def own() -> Account:
    """Looked up once, for that may take long."""
    who = os.geteuid() if pwd else 0
    if who not in _own:
        _own[who] = _look_up_own()
    return _own[who]


def _look_up_own() -> Account:
    if pwd is None:
        return Account(os.environ.get("USERNAME", ""), 0, 0, os.path.expanduser("~"))
    try:
        return _account(pwd.getpwuid(os.geteuid()))
    except KeyError:  # an account without a name, as in containers
        return Account(str(os.geteuid()), os.geteuid(), os.getegid(), "/")


def find(name: str) -> Account | None:
    """The account of this name, or None."""
    if pwd is None:
        return None
    try:
        return _account(pwd.getpwnam(name))
    except (KeyError, ValueError):
        return None


def first_known(names: Iterable[str]) -> str:
    """The first of these that there is an account of, or "". Looked up anew when the system's list has changed: to ask
    for an account that there is not goes through all services that might know of it, which takes a millisecond.
    """
    global _first_known
    asked = tuple(names), _last_change()
    if _first_known[0] != asked:
        _first_known = asked, next((name for name in asked[0] if find(name)), "")
    return _first_known[1]


_first_known: tuple[object, str] = (None, "")


def _last_change() -> int:
    try:
        return os.stat("/etc/passwd").st_mtime_ns
    except OSError:
        return 0


def surroundings(account: Account) -> dict[str, str]:
    """The variables that every program gets: nothing of the agent's own, which may hold secrets."""
    if pwd is None:
        return {name: os.environ[name] for name in _FROM_WINDOWS if name in os.environ}
    language = os.environ.get("LANG") or "C.UTF-8"
    who = {"HOME": account.home, "USER": account.name, "LOGNAME": account.name}
    return {"PATH": PATH, "LANG": language, "TERM": "dumb", **who}


def become(account: Account) -> None:
    """For good, in a process that is about to run a program. Raises OSError."""
    if account.is_own:
        return
    os.setgroups(_groups(account))
    os.setgid(account.gid)
    os.setuid(account.uid)


@contextlib.contextmanager
def rights_of(account: Account) -> Iterator[None]:
    """Touch files as this account would: what it may not, we may not. Only for a process with one thread."""
    if account.is_own:
        yield
        return
    groups, group = os.getgroups(), os.getegid()
    os.setgroups(_groups(account))
    os.setegid(account.gid)
    os.seteuid(account.uid)
    try:
        yield
    finally:
        os.seteuid(os.getuid())
        os.setegid(group)
        os.setgroups(groups)


def _account(row: pwd.struct_passwd) -> Account:
    return Account(row.pw_name, row.pw_uid, row.pw_gid, row.pw_dir)


def _groups(account: Account) -> list[int]:
    return os.getgrouplist(account.name, account.gid)
