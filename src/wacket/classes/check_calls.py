"""PURE: what a check program may ask of the system, as a filter that Linux keeps to (seccomp).

Landlock keeps files from it, and leaves much else open to whoever runs under the same account: changing the mode of any
file, another process's limits, memory that stays when the program has ended. So the filter lists what Python needs, and
refuses all the rest, what is invented later too.
"""

from __future__ import annotations

import struct
import sys

# A name of a call, and its number on x86-64, on 64-bit ARM and on 32-bit ARM; - where there is none.
CALLS = """
# Reading, and writing to what is open already.
read 0 63 3
readv 19 65 145
pread64 17 67 180
preadv 295 69 361
write 1 64 4
writev 20 66 146
close 3 57 6
close_range 436 436 436
lseek 8 62 19
_llseek - - 140
dup 32 23 41
dup2 33 - 63
dup3 292 24 358
pipe 22 - 42
pipe2 293 59 359
poll 7 - 168
ppoll 271 73 336
ppoll_time64 - - 414
select 23 - -
_newselect - - 142
pselect6 270 72 335
pselect6_time64 - - 413
# Looking at files.
stat 4 - 106
lstat 6 - 107
fstat 5 80 108
newfstatat 262 79 -
stat64 - - 195
lstat64 - - 196
fstat64 - - 197
fstatat64 - - 327
statx 332 291 397
statfs 137 43 99
fstatfs 138 44 100
access 21 - 33
faccessat 269 48 334
faccessat2 439 439 439
readlink 89 - 85
readlinkat 267 78 332
getdents64 217 61 217
getcwd 79 17 183
chdir 80 49 12
fchdir 81 50 133
umask 95 166 60
fadvise64 221 223 270
# Memory of its own.
brk 12 214 45
mmap 9 222 -
mmap2 - - 192
munmap 11 215 91
mremap 25 216 163
mprotect 10 226 125
madvise 28 233 220
# What the C library does to begin and end a program.
execve 59 221 11
exit 60 93 1
exit_group 231 94 248
restart_syscall 219 128 0
futex 202 98 240
futex_time64 - - 422
set_tid_address 218 96 256
set_robust_list 273 99 338
rseq 334 293 398
membarrier 324 283 389
arch_prctl 158 - -
arm_set_tls - - 983045
arm_cacheflush - - 983042
getrandom 318 278 384
# Signals to itself.
rt_sigaction 13 134 174
rt_sigprocmask 14 135 175
rt_sigpending 127 136 176
rt_sigreturn 15 139 173
sigreturn - - 119
sigaltstack 131 132 186
alarm 37 - -
setitimer 38 103 104
getitimer 36 102 105
# Who and where it is.
getpid 39 172 20
getppid 110 173 64
getpgrp 111 - 65
getpgid 121 155 132
gettid 186 178 224
getuid 102 174 -
geteuid 107 175 -
getgid 104 176 -
getegid 108 177 -
getuid32 - - 199
geteuid32 - - 201
getgid32 - - 200
getegid32 - - 202
getrlimit 97 163 -
ugetrlimit - - 191
getrusage 98 165 77
getcpu 309 168 345
sched_getaffinity 204 123 242
sched_yield 24 124 158
sysinfo 99 179 116
uname 63 160 122
# Time.
time 201 - -
times 100 153 43
gettimeofday 96 169 78
clock_gettime 228 113 263
clock_gettime64 - - 403
clock_getres 229 114 264
clock_getres_time64 - - 406
nanosleep 35 101 162
clock_nanosleep 230 115 265
clock_nanosleep_time64 - - 407
"""
# Of these only some uses. The numbers as above; each test is of one argument: which half of it, what to look at, what
# that may be.
OPENING = "open 2 - 5", "openat 257 56 322"
CONTROL = "fcntl 72 25 55", "fcntl64 - - 221"
DEVICE = "ioctl 16 29 54"
LIMITS = "prlimit64 302 261 369"
WRITES = 0o1 | 0o2 | 0o100 | 0o1000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
COPY_AND_FLAGS = (0, 1, 2, 3, 4, 1030)  # no signals to whoever is named as the owner
IS_TERMINAL_AND_CLOSE = (0x5401, 0x5450, 0x5451)

# From linux/audit.h; the place in a row of CALLS.
X86_64, ARM_64, ARM_32 = (0xC000_003E, 1), (0xC000_00B7, 2), (0x4000_0028, 3)
MACHINES = {
    "x86_64": X86_64,
    "aarch64": ARM_64 if sys.maxsize > 2**32 else ARM_32,
    "armv7l": ARM_32,
    "armv6l": ARM_32,
}
# From linux/filter.h and linux/seccomp.h.
LOAD, AND, IF_EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06
CALL, ARCHITECTURE = 0, 4  # offsets
ALLOW, REFUSE, KILL = 0x7FFF_0000, 0x0005_0001, 0x8000_0000  # refused calls fail with EPERM
WHOLE = 0xFFFF_FFFF

Step = tuple[int, int, int, int]  # what, steps to leave out if so, if not, a value
Test = tuple[int, int, tuple[int, ...]]  # offset, mask, values


def calls(machine: str) -> bytes:
    """The filter for a machine, as `os.uname()` calls it; empty where none is known."""
    if machine not in MACHINES:
        return b""
    architecture, place = MACHINES[machine]
    steps: list[Step] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (IF_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, CALL),
    ]
    for row, tests in _guarded():
        if (number := _number(row, place)) is not None:
            uses = _uses(tests)
            steps += [(IF_EQUAL, 0, len(uses), number), *uses]
    rows = (line for line in CALLS.splitlines() if line and not line.startswith("#"))
    plain = [number for row in rows if (number := _number(row, place)) is not None]
    steps += [(IF_EQUAL, len(plain) - index, 0, number) for index, number in enumerate(plain)]
    steps += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _guarded() -> list[tuple[str, list[Test]]]:
    found = [(row, [_test(flags, (0,), WRITES)]) for flags, row in enumerate(OPENING, 1)]
    found += [(row, [_test(1, COPY_AND_FLAGS)]) for row in CONTROL]
    found += [(DEVICE, [_test(1, IS_TERMINAL_AND_CLOSE)])]
    its_own, only_looked_at = _test(0, (0,)), [_test(2, (0,)), _test(2, (0,), upper=True)]
    return [*found, (LIMITS, [its_own, *only_looked_at])]


def _test(argument: int, values: tuple[int, ...], mask: int = WHOLE, upper: bool = False) -> Test:
    """Of half an argument; all machines that are known begin with the lower one."""
    return 16 + 8 * argument + 4 * upper, mask, values


def _uses(tests: list[Test]) -> list[Step]:
    """Allow if every test finds one of its values, else refuse."""
    steps: list[Step] = []
    for offset, mask, values in tests:
        steps += [(LOAD, 0, 0, offset), (AND, 0, 0, mask)]
        steps += [(IF_EQUAL, len(values) - index, 0, value) for index, value in enumerate(values)]
        steps += [(RETURN, 0, 0, REFUSE)]
    return [*steps, (RETURN, 0, 0, ALLOW)]


def _number(row: str, place: int) -> int | None:
    number = row.split()[place]
    return None if number == "-" else int(number)
