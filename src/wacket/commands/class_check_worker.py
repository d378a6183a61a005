"""Becomes a check program that can do no harm: limited, alone, and unable to see anything but its own folder.

Called as `python -I -S class_check_worker.py FOLDER confine|limit`, by path: it imports nothing but the standard
library. What the program reads and prints are the pipes of this process. It judges nothing itself.

With `confine` it ends with UNCONFINED, and begins nothing, where the system refuses (Landlock, Linux 5.13).
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys

UNCONFINED = 77
CPU_SECONDS = 10
MEMORY = 512 * 1024 * 1024
FILE_SIZE = 1024 * 1024
OPEN_FILES = 64

# From linux/landlock.h, linux/prctl.h and linux/sched.h; the numbers of the calls are the same on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION, PATH_BENEATH = 1, 1
EXECUTE, READ_FILE, READ_FOLDER = 1, 4, 8
ALL_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # version → number of rights; 16 since version 5
ALL_NET_RIGHTS, ALL_SCOPES = 3, 3
NO_NEW_PRIVILEGES = 38
NEW_USERS, NEW_NETWORK = 0x1000_0000, 0x4000_0000

READABLE = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")


def main() -> None:
    folder, how = sys.argv[1:]
    os.chdir(folder)
    python = getattr(sys, "_base_executable", "") or sys.executable
    if how == "confine" and not confine(folder, (*READABLE, sys.base_prefix, os.path.realpath(python))):
        sys.exit(UNCONFINED)
    limit()
    os.execve(python, [python, "-I", "-S", "-X", "utf8", "check.py"], dict(os.environ))  # noqa: S606  (no shell wanted)


def limit() -> None:
    """What one program may use. No other program can be started, except by root."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def version() -> int:
    """Of Landlock; 0 or less where the system has none."""
    if not sys.platform.startswith("linux"):
        return 0
    return int(ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, ASK_VERSION))


def confine(folder: str, readable: tuple[str, ...]) -> bool:
    """From now on this process and what it becomes writes below `folder` only, reads that and `readable`, connects
    nowhere and signals nobody, as far as the system can see to it. Whether it can."""
    found = version()
    if found < 1:
        return False
    libc = ctypes.CDLL(None)
    libc.unshare(NEW_USERS | NEW_NETWORK)  # not allowed everywhere: the rules below hold without it
    rights = (1 << ALL_FILE_RIGHTS.get(found, 16)) - 1
    asked = struct.pack("=QQQ", rights, ALL_NET_RIGHTS, ALL_SCOPES)[: 8 if found < 4 else 16 if found < 6 else 24]
    rules = libc.syscall(CREATE_RULESET, asked, len(asked), 0)
    if rules < 0 or libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    for path in readable:
        _allow(libc, rules, path, EXECUTE | READ_FILE | READ_FOLDER)
    _allow(libc, rules, folder, rights)
    return bool(libc.syscall(RESTRICT_SELF, rules, 0) == 0)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    """What is not there needs no rule."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):  # noqa: PTH112  (pathlib would take longer to import than all of this)
        rights &= EXECUTE | READ_FILE
    libc.syscall(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    os.close(place)


if __name__ == "__main__":
    main()
