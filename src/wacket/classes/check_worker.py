"""Becomes a check program that can do no harm: limited, alone, and unable to write anything but its verdict.

Called as `python -I -S check_worker.py FOLDER CALLS`, by path: it imports nothing but the standard library. CALLS
is the filter of check_calls.py in hexadecimal; empty, the program is limited only. What the program reads and
prints are the pipes of this process. It judges nothing itself.

With a filter it ends with UNCONFINED, and begins nothing, where the system refuses (Landlock, Linux 5.13).
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

# From linux/landlock.h and linux/prctl.h; the numbers of these calls are the same on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION, PATH_BENEATH = 1, 1
EXECUTE, READ_FILE, READ_FOLDER = 1, 4, 8
ALL_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # version → number of rights; 16 since version 5
NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER = 38, 22, 2
STEP = 8  # bytes of a filter

READABLE = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")


def main() -> None:
    folder, calls = sys.argv[1:]
    os.chdir(folder)
    python = getattr(sys, "_base_executable", "") or sys.executable
    limit()
    if calls and not confine((folder, *READABLE, sys.base_prefix, os.path.realpath(python)), bytes.fromhex(calls)):
        sys.exit(UNCONFINED)
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
    """Of Landlock; 0 or less where the system cannot confine."""
    if not sys.platform.startswith("linux"):
        return 0
    return int(ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, ASK_VERSION))


def confine(readable: tuple[str, ...], calls: bytes) -> bool:
    """From now on this process and what it becomes reads what is `readable` only, writes nowhere, and asks the system
    for what `calls` allows. Whether the system sees to it."""
    found = version()
    if found < 1:
        return False
    libc = ctypes.CDLL(None)
    asked = struct.pack("=Q", (1 << ALL_FILE_RIGHTS.get(found, 16)) - 1)
    rules = libc.syscall(CREATE_RULESET, asked, len(asked), 0)
    if rules < 0 or libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    for path in readable:
        _allow(libc, rules, path)
    return bool(libc.syscall(RESTRICT_SELF, rules, 0) == 0) and _keep_to(libc, calls)


def _keep_to(libc: ctypes.CDLL, calls: bytes) -> bool:
    program = ctypes.create_string_buffer(calls)
    known = struct.pack("@HP", len(calls) // STEP, ctypes.addressof(program))
    return bool(libc.prctl(SET_SECCOMP, FILTER, known, 0, 0) == 0)


def _allow(libc: ctypes.CDLL, rules: int, path: str) -> None:
    """Reading below `path`. What is not there needs no rule."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = EXECUTE | READ_FILE
    if os.path.isdir(path):  # noqa: PTH112  (pathlib would take longer to import than all of this)
        rights |= READ_FOLDER
    libc.syscall(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    os.close(place)


if __name__ == "__main__":
    main()
