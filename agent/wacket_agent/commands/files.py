"""Files of a command: put into its working folder before it begins, and taken from there when it has ended.

Both with the rights of the command's account (accounts.rights_of), so that nothing can be written or read that the
account could not, and without following a link: names come from outside, and the folder belongs to the program, which
may change it at any moment.
"""

# ruff: noqa: PTH106, PTH208

from __future__ import annotations

import contextlib
import os
import stat

LARGEST = 64 << 20  # bytes of one file that is brought back
LARGEST_IN_ALL = 256 << 20
MOST_FILES = 1000
_PIECE = 1 << 20
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _NO_FOLLOW


class Refused(Exception):
    """A file is not placed or not brought; the reason is for a person."""


def place(source: int, folder: str, name: str, mode: int) -> None:
    """Copy what the descriptor `source` reads to `name` below `folder`, a path; makes the folders between."""
    *parents, last = name.split("/")
    try:
        at = _descend(os.open(folder, _FOLDER & ~os.O_NOFOLLOW), parents, make=True)
        try:
            target = os.open(last, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NO_FOLLOW, 0o600, dir_fd=at)
        finally:
            os.close(at)
        try:
            _copy(source, target)
            os.fchmod(target, mode)
        finally:
            os.close(target)
    except OSError as error:
        raise Refused(f"the file {name!r} could not be put into the working folder: {error.strerror}") from error


def matching(folder: str, patterns: list[str]) -> list[str]:
    """The names below `folder` of regular files that fit a pattern, sorted. `*` stands for anything but `/`."""
    found: set[str] = set()
    try:
        root = os.open(folder, _FOLDER & ~os.O_NOFOLLOW)
    except OSError:
        return []
    try:
        for pattern in patterns:
            _match(root, pattern.split("/"), "", found)
    finally:
        os.close(root)
    return sorted(found)


def open_to_read(folder: str, name: str) -> int:
    """A descriptor of the regular file `name` below `folder`. Raises Refused."""
    *parents, last = name.split("/")
    try:
        at = _descend(os.open(folder, _FOLDER & ~os.O_NOFOLLOW), parents, make=False)
        try:
            file = os.open(last, os.O_RDONLY | os.O_NONBLOCK | _NO_FOLLOW, dir_fd=at)
        finally:
            os.close(at)
    except OSError as error:
        raise Refused(f"{name!r} could not be read: {error.strerror}") from error
    found = os.fstat(file)
    if stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST:
        return file
    os.close(file)
    raise Refused(f"{name!r} is not a file of at most {LARGEST >> 20} MiB")


def copy_bounded(source: int, path: str, most: int) -> int:
    """Copy what `source` reads to a new file at `path`; the bytes, or -1 if there were more than `most`."""
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NO_FOLLOW, 0o600)
    try:
        return _copy(source, target, most)
    finally:
        os.close(target)


def remove_tree(path: str) -> None:
    """Remove a folder with all that is in it; never leaves it through a link, whoever changes it meanwhile."""
    try:
        folder = os.open(path, _FOLDER)
    except OSError:
        return
    try:
        _empty(folder)
    finally:
        os.close(folder)
    with contextlib.suppress(OSError):
        os.rmdir(path)


def _empty(root: int) -> None:
    """Folders below are moved up before they are looked into: a program may nest them deeper than anything can follow.

    What cannot be removed, a mount for example, stays.
    """
    stubborn: set[str] = set()
    while True:
        names = [name for name in os.listdir(root) if name not in stubborn]
        if not names:
            return
        for name in names:
            if not (_unlinked(root, name) or _dissolved(root, name)):
                stubborn.add(name)


def _unlinked(at: int, name: str) -> bool:
    try:
        os.unlink(name, dir_fd=at)
    except OSError:
        return False
    return True


def _dissolved(root: int, name: str) -> bool:
    """Whether the folder `name` is gone, and what was in it removed or moved to `root`."""
    try:
        if os.geteuid():
            os.chmod(name, 0o700, dir_fd=root)
        inner = os.open(name, _FOLDER, dir_fd=root)
    except OSError:
        return False
    try:
        for entry in os.listdir(inner):
            if not _unlinked(inner, entry):
                os.rename(entry, os.urandom(8).hex(), src_dir_fd=inner, dst_dir_fd=root)
        os.rmdir(name, dir_fd=root)
    except OSError:
        return False
    finally:
        os.close(inner)
    return True


def _descend(at: int, parents: list[str], make: bool) -> int:
    """The descriptor of the folder `parents` below `at`, which is closed."""
    for name in parents:
        try:
            if make:
                _make_folder(name, at)
            inner = os.open(name, _FOLDER, dir_fd=at)
        finally:
            os.close(at)
        at = inner
    return at


def _make_folder(name: str, at: int) -> None:
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, 0o755, dir_fd=at)


def _match(at: int, parts: list[str], before: str, found: set[str]) -> None:
    part, further = parts[0], parts[1:]
    names = [name for name in os.listdir(at) if _fits(name, part)] if "*" in part else [part]
    for name in names:
        if len(found) >= MOST_FILES:
            return
        if further:
            _match_below(at, name, further, before, found)
        elif _is_file(at, name):
            found.add(before + name)


def _match_below(at: int, name: str, parts: list[str], before: str, found: set[str]) -> None:
    try:
        inner = os.open(name, _FOLDER, dir_fd=at)
    except OSError:
        return
    try:
        _match(inner, parts, f"{before}{name}/", found)
    finally:
        os.close(inner)


def _is_file(at: int, name: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _fits(name: str, pattern: str) -> bool:
    """As a shell does it: `*` alone does not find hidden files. Not `fnmatch`, which would compile what comes in."""
    if name.startswith(".") and not pattern.startswith("."):
        return False
    first, *middle, last = pattern.split("*")
    if len(name) < len(first) + len(last) or not (name.startswith(first) and name.endswith(last)):
        return False
    rest = name[len(first) : len(name) - len(last)]
    for piece in middle:
        _, mark, rest = rest.partition(piece) if piece else ("", "*", rest)
        if not mark:
            return False
    return True


def _copy(source: int, target: int, most: int | None = None) -> int:
    """The bytes copied; -1 as soon as there are more than `most`."""
    copied = 0
    while True:
        piece = os.read(source, _PIECE)
        if not piece:
            return copied
        copied += len(piece)
        if most is not None and copied > most:
            return -1
        view = memoryview(piece)
        while view:
            view = view[os.write(target, view) :]
