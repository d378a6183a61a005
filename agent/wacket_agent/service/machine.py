"""What installing does to a machine: files, programs of the system, accounts. Decides nothing."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from wacket_agent.disk import write_whole

SECONDS = 60.0  # for a program of the system to end


class Machine:
    """`root` is where the machine's file system begins: elsewhere than / only for who tries an installation."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root

    @property
    def is_root(self) -> bool:
        return hasattr(os, "geteuid") and os.geteuid() == 0

    def has_systemd(self) -> bool:
        """Whether systemd manages it."""
        return (self.root / "run/systemd/system").is_dir()

    def run(self, *command: str) -> str | None:
        """What it wrote, if it ended well; None if it failed or is not there."""
        program = shutil.which(command[0])
        if program is None:
            return None
        # After `su` nothing says where the account's own systemd is, though it may well run.
        own = self.root / "run/user" / str(os.getuid()) if hasattr(os, "getuid") else None
        more = {"XDG_RUNTIME_DIR": str(own)} if own and own.is_dir() else {}
        try:
            done = subprocess.run(  # noqa: S603 - fixed programs, and no shell
                [program, *command[1:]],
                stdin=subprocess.DEVNULL,
                env={**more, **os.environ},
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None

    def account(self, name: str) -> tuple[int, int] | None:
        """Its numbers, user and group."""
        import pwd

        try:
            row = pwd.getpwnam(name)
        except KeyError:
            return None
        return row.pw_uid, row.pw_gid

    def own_name(self) -> str:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name

    def lingers(self) -> bool:
        """Whether services of this account run while it is not logged in."""
        return (self.root / "var/lib/systemd/linger" / self.own_name()).exists()

    def groups(self, names: tuple[str, ...]) -> list[str]:
        """Those of them that this machine has."""
        import grp

        known = {row.gr_name for row in grp.getgrall()}
        return [name for name in names if name in known]


def put(path: Path, content: bytes, mode: int) -> bool:
    """Whether the file had to be changed."""
    try:
        if path.read_bytes() == content and stat.S_IMODE(path.stat().st_mode) == mode:
            return False
    except FileNotFoundError:
        _make_folder(path.parent)
    write_whole(path, content, mode)
    return True


def _make_folder(folder: Path) -> None:
    """With those above it that are missing. Others must get through, whatever umask says."""
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir()
        folder.chmod(0o755)


def give(folder: Path, uid: int, gid: int, former: tuple[int, ...]) -> None:
    """Give a folder to an account, with all in it that belongs to one of the former.

    Whoever has it now may have put links into it: none is followed, and a file with a second name is left alone.
    """
    for _, folders, files, place in os.fwalk(str(folder), follow_symlinks=False):
        _give_one(".", place, (uid, gid), former)
        for name in [*folders, *files]:
            _give_one(name, place, (uid, gid), former)


def _give_one(name: str, place: int, to: tuple[int, int], former: tuple[int, ...]) -> None:
    about = os.stat(name, dir_fd=place, follow_symlinks=False)
    is_shared = stat.S_ISREG(about.st_mode) and about.st_nlink > 1
    if about.st_uid in former and about.st_uid != to[0] and not is_shared:
        os.chown(name, *to, dir_fd=place, follow_symlinks=False)


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(str(path))
    elif path.exists() or path.is_symlink():
        path.unlink()


def remove_empty(folder: Path, home: Path | None) -> None:
    """A folder in which nothing is left, and those above it, as far as they are below `home`."""
    while home and home in folder.parents:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:  # there is something in it
            return
        folder = folder.parent


def python_for(machine: Machine, everybody: bool) -> str:
    """A Python that will still be there tomorrow; for everybody it must not lie in somebody's own folder."""
    ask = ("-I", "-c", "import sys; sys.exit(sys.version_info < (3, 8))")
    for program in ("/usr/bin/python3", "/usr/local/bin/python3"):
        if everybody and machine.run(program, *ask) is not None:
            return program
    own = Path(sys.executable)
    real = own.resolve()
    if everybody and not all(folder.stat().st_mode & stat.S_IXOTH for folder in real.parents):
        raise OSError(f"other accounts cannot run {real}: install a Python for all of them (apt install python3)")
    return str(real if everybody else own)


def own_file() -> bytes:
    """The one file that is running. Raises OSError if it runs from its source."""
    import wacket_agent

    loader = getattr(wacket_agent, "__loader__", None)
    archive = getattr(loader, "archive", "")
    if not archive:
        raise OSError("this agent runs from its source; only the one file that the hub serves can be installed")
    return Path(archive).read_bytes()
