"""The filter of calls, followed step by step as Linux does; of ARM there may be no machine here to try it on."""

from __future__ import annotations

import struct

import pytest

from wacket.classes.check_calls import ALLOW, AND, IF_EQUAL, KILL, LOAD, MACHINES, REFUSE, RETURN, calls

OPENAT, PRLIMIT = {"x86_64": 257, "aarch64": 56, "armv7l": 322}, {"x86_64": 302, "aarch64": 261, "armv7l": 369}
# socket, kill, chmod or fchmodat, clone
NEVER = {"x86_64": (41, 62, 90, 56), "aarch64": (198, 129, 53, 220), "armv7l": (281, 37, 15, 120)}


def asked(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the filter says of a call."""
    found = MACHINES[machine][0] if architecture is None else architecture
    data = struct.pack("<IIQ6Q", number, found, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = list(struct.iter_unpack("=HBBI", calls(machine)))
    accumulator = place = 0
    while True:
        what, if_so, if_not, value = steps[place]
        place += 1
        if what == RETURN:
            return int(value)
        if what == LOAD:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif what == AND:
            accumulator &= value
        else:
            assert what == IF_EQUAL
            place += if_so if accumulator == value else if_not


@pytest.mark.parametrize("machine", NEVER)
def test_only_what_is_listed_is_allowed(machine: str) -> None:
    allowed = {number for number in range(600) if asked(machine, number) == ALLOW}
    assert 70 < len(allowed) < 110 and not allowed & {*NEVER[machine], *range(424, 436), *range(440, 600)}
    assert asked(machine, OPENAT[machine], architecture=1) == KILL
    assert asked(machine, 0x4000_0000 | OPENAT[machine]) == REFUSE


@pytest.mark.parametrize("machine", NEVER)
def test_files_are_opened_for_reading_and_limits_looked_at(machine: str) -> None:
    for flags, meant in ((0, ALLOW), (0o2000000, ALLOW), (1, REFUSE), (2, REFUSE), (0o100, REFUSE), (0o1000, REFUSE)):
        assert asked(machine, OPENAT[machine], 5, 6, flags) == meant
    assert asked(machine, PRLIMIT[machine], 0, 3, 0, 99) == ALLOW
    assert asked(machine, PRLIMIT[machine], 1, 3, 0, 99) == REFUSE
    assert asked(machine, PRLIMIT[machine], 0, 3, 1 << 32) == REFUSE
    assert asked(machine, PRLIMIT[machine], 0, 3, 8) == REFUSE


def test_a_machine_that_nobody_knows_has_no_filter() -> None:
    assert calls("riscv64") == b""
