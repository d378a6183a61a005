"""What a command finds on the disk and leaves there: its working folder, its program, its files; runner's side.

A command of another account than the agent's works below /var/tmp, for it may not look into the agent's folders.
"""

# ruff: noqa: PTH102, PTH103, PTH108, PTH118, PTH119, PTH211

from __future__ import annotations

import os

from wacket_agent.commands import accounts, files
from wacket_agent.commands.notes import Note

_ELSEWHERE = "/var/tmp"  # noqa: S108 - a name is made there that nobody can guess or take


class Scratch:
    """`home` is the folder that the fresh working folder and the program are in; `work` is the working folder."""

    def __init__(self, folder: str, account: accounts.Account, cwd: str) -> None:
        self._folder, self._account = folder, account
        self.home = folder if account.is_own else _fresh_elsewhere(folder)
        self.work = cwd or os.path.join(self.home, "work")

    def prepare(self, task: Note) -> None:
        """Raises files.Refused and OSError."""
        if not self._account.is_own:
            os.mkdir(self.home, 0o700)
            os.chown(self.home, self._account.uid, self._account.gid)
        with accounts.rights_of(self._account):
            os.mkdir(os.path.join(self.home, "work"), 0o700)
        if task.one("program"):
            self._place(task.one("program"), self.home, "program.py", 0o600)
        for entry in task.all("file"):
            mode, blob, name = entry.split(" ", 2)
            self._place(blob, self.work, name, int(mode))

    def bring(self, patterns: list[str]) -> tuple[list[tuple[int, int, str]], list[str]]:
        """Copy what fits to `brought`; (names and sizes, what was left out and why)."""
        brought: list[tuple[int, int, str]] = []
        left_out: list[str] = []
        room = files.LARGEST_IN_ALL
        if not patterns:
            return brought, left_out
        target = os.path.join(self._folder, "brought")
        os.makedirs(target, 0o700, exist_ok=True)
        with accounts.rights_of(self._account):
            names = files.matching(self.work, patterns)
        for number, name in enumerate(names):
            try:
                size = self._bring(name, os.path.join(target, str(number)), min(room, files.LARGEST))
            except (files.Refused, OSError) as error:
                left_out.append(str(error))
                continue
            brought.append((number, size, name))
            room -= size
        return brought, left_out

    def _bring(self, name: str, path: str, most: int) -> int:
        with accounts.rights_of(self._account):
            source = files.open_to_read(self.work, name)
        try:
            size = files.copy_bounded(source, path, most)
        finally:
            os.close(source)
        if size < 0:
            os.unlink(path)
            limits = f"{files.LARGEST >> 20} MiB each and {files.LARGEST_IN_ALL >> 20} MiB in all"
            raise files.Refused(f"{name!r} was not brought back: at most {limits} are possible")
        return size

    def _place(self, blob: str, folder: str, name: str, mode: int) -> None:
        source = os.open(blob, os.O_RDONLY)
        try:
            with accounts.rights_of(self._account):
                files.place(source, folder, name, mode)
        finally:
            os.close(source)


def remove(folder: str) -> None:
    """All of a command's folder and its working folder, wherever that is."""
    if os.name == "nt":
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        elsewhere = os.readlink(os.path.join(folder, "elsewhere"))
        if elsewhere.startswith(f"{_ELSEWHERE}/wacket-"):
            files.remove_tree(elsewhere)
    except OSError:
        pass
    files.remove_tree(folder)


def _fresh_elsewhere(folder: str) -> str:
    """A name nobody can foresee; the link says where to clean up. mkdir fails if it is there already."""
    path = f"{_ELSEWHERE}/wacket-{os.path.basename(folder)}-{os.urandom(8).hex()}"
    os.symlink(path, os.path.join(folder, "elsewhere"))
    return path
