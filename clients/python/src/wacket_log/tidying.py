"""Removes old log files of programs that ended, so that nobody has to. Never raises.

A file is removed if all of this is so: it belongs to this account; its first line says that its writer holds a lock on
it for as long as it lives; nobody holds that lock; and it was written a day ago or more, so that the agent has read
it, or is one of too many. Files that another library wrote are its own business.
"""

from __future__ import annotations

import os
import re
import stat

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

OLD_SECONDS = 86400.0
MOST_KEPT = 200  # of this account, the newest ones
MOST_SEEN = 5000
MOST_REMOVED = 100  # at one time: a program is not to be delayed for long
HEADER_BYTES = 512
_NAME = re.compile(r"wacket_log_[A-Za-z0-9._-]{1,64}", re.ASCII)
_SAYS_SO = re.compile(rb'\{"wacket_log":1,[^\n]{0,400}"lock":true[,}]')
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def tidy(folder: str, now: float) -> None:
    """`now` is in seconds since 1970."""
    if fcntl is None or not hasattr(os, "geteuid"):
        return
    try:
        own = sorted(_own(folder), reverse=True)
    except OSError:
        return
    old = [path for place, (changed, path) in enumerate(own) if place >= MOST_KEPT or now - changed >= OLD_SECONDS]
    for path in old[-MOST_REMOVED:]:
        try:
            _remove_if_left(path)
        except OSError:
            continue


def _own(folder: str) -> list[tuple[float, str]]:
    """Files of this account, with when they were changed."""
    found = []
    with os.scandir(folder) as entries:
        for _, entry in zip(range(MOST_SEEN), entries):
            if _NAME.fullmatch(entry.name):
                info = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(info.st_mode) and info.st_uid == os.geteuid():
                    found.append((info.st_mtime, entry.path))
    return found


def _remove_if_left(path: str) -> None:
    descriptor = os.open(path, _FLAGS)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises if somebody lives
        if _SAYS_SO.match(os.read(descriptor, HEADER_BYTES)):
            os.unlink(path)  # noqa: PTH108
    finally:
        os.close(descriptor)
