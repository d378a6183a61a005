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

# From linux/landlock.h and linux/prctl.h; the numbers of these calls are the same on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION, PATH_BENEATH = 1, 1
EXECUTE, READ_FILE, READ_FOLDER = 1, 4, 8
ALL_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # version → number of rights; 16 since version 5
NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER = 38, 22, 2

# What Landlock does not cover: opening sockets (io_uring could, too), signalling others, and becoming several. From
# linux/audit.h and the tables of calls: socket, kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo,
# pidfd_send_signal, io_uring_setup, clone3, clone, and where they are there fork and vfork.
ARM = (0x4000_0028, (281, 37, 238, 268, 178, 363, 424, 425, 435, 120, 2, 190))
DENIED = {
    "x86_64": (0xC000_003E, (41, 62, 200, 234, 129, 297, 424, 425, 435, 56, 57, 58)),
    "aarch64": (0xC000_00B7, (198, 129, 130, 131, 138, 240, 424, 425, 435, 220)) if sys.maxsize > 2**32 else ARM,
    "armv7l": ARM,
    "armv6l": ARM,
}
# From linux/filter.h and linux/seccomp.h.
LOAD, IF_EQUAL, IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
CALL, ARCHITECTURE = 0, 4  # offsets
ALLOW, REFUSE, KILL = 0x7FFF_0000, 0x0005_0001, 0x8000_0000  # refused calls fail with EPERM
X32 = 0x4000_0000  # numbers from here on are x86-64's other set of calls

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
    """Of Landlock; 0 or less where the system cannot confine."""
    if not sys.platform.startswith("linux") or os.uname().machine not in DENIED:
        return 0
    return int(ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, ASK_VERSION))


def confine(folder: str, readable: tuple[str, ...]) -> bool:
    """From now on this process and what it becomes writes below `folder` only, reads that and `readable`, opens no
    socket, signals nobody and stays alone. Whether the system sees to it."""
    found = version()
    if found < 1:
        return False
    libc = ctypes.CDLL(None)
    rights = (1 << ALL_FILE_RIGHTS.get(found, 16)) - 1
    asked = struct.pack("=Q", rights)
    rules = libc.syscall(CREATE_RULESET, asked, len(asked), 0)
    if rules < 0 or libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    for path in readable:
        _allow(libc, rules, path, EXECUTE | READ_FILE | READ_FOLDER)
    _allow(libc, rules, folder, rights)
    return bool(libc.syscall(RESTRICT_SELF, rules, 0) == 0) and _deny(libc, *DENIED[os.uname().machine])


def _deny(libc: ctypes.CDLL, architecture: int, calls: tuple[int, ...]) -> bool:
    """Refuse these calls, and end what comes by another table of calls. Whether the system sees to it."""
    steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        (IF_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, CALL),
        (IF_AT_LEAST, len(calls) + 2, 0, X32),
        *((IF_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, KILL),
    ]
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    known = struct.pack("@HP", len(steps), ctypes.addressof(program))
    return bool(libc.prctl(SET_SECCOMP, FILTER, known, 0, 0) == 0)


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
