"""Who is logged in: how many, and a log when somebody comes or goes.

Read from utmp, or, where the system keeps none any more, from the sessions of systemd.
"""

from __future__ import annotations

import struct
from typing import Iterator, NamedTuple

from wacket_agent.collectors._context import Absent, Context
from wacket_agent.lines import Log, Point

PERIOD = 30.0
UTMP = "/run/utmp"
SESSIONS = "/run/systemd/sessions"
MOST = 500

USER_PROCESS = 7
# What all records begin with: kind, process, line, id, person, host. Behind it come times, which make the size of a
# record differ by the kind of processor.
_RECORD = struct.Struct("=hxxi32s4s32s256s")
_SIZES = (384, 400)
_LAST_KIND = 9


class Session(NamedTuple):
    person: str
    place: str
    origin: str

    def __str__(self) -> str:
        return f"{self.person} on {self.place or '?'}" + (f" from {self.origin}" if self.origin else "")


def collect(context: Context) -> Iterator[Point | Log]:
    sessions = sorted(set((from_linux if context.on_linux else from_psutil)(context)))[:MOST]
    yield Point("people", {"sessions": len(sessions), "logged_in": len({session.person for session in sessions})})
    before = context.kept.get("sessions", sessions)
    context.kept["sessions"] = sessions
    for session in sorted(set(sessions).difference(before)):
        yield Log(f"logged in: {session}", "info", session._asdict())
    for session in sorted(set(before).difference(sessions)):
        yield Log(f"logged out: {session}", "info", session._asdict())


def from_linux(context: Context) -> Iterator[Session]:
    try:
        return from_utmp(context.read_bytes(UTMP))
    except Absent:
        return from_systemd(context)


def from_utmp(data: bytes) -> Iterator[Session]:
    for size in _SIZES:
        records = [_RECORD.unpack_from(data, at) for at in range(0, len(data) - size + 1, size)]
        if len(data) % size == 0 and all(0 <= record[0] <= _LAST_KIND for record in records):
            break
    else:
        raise ValueError(f"{UTMP} has no form that is known")
    for kind, _, line, _, person, host in records:
        if kind == USER_PROCESS:
            yield Session(*(field.split(b"\0")[0].decode("utf-8", "replace") for field in (person, line, host)))


def from_systemd(context: Context) -> Iterator[Session]:
    """One small file of NAME=value for each session."""
    if not context.names("/run/systemd"):
        raise Absent(f"neither {UTMP} nor {SESSIONS} is there")
    for name in context.names(SESSIONS):
        lines = context.word(f"{SESSIONS}/{name}").splitlines()
        told = {key: value for key, _, value in (line.partition("=") for line in lines)}
        if told.get("CLASS") == "user" and told.get("STATE") != "closing":
            yield Session(told.get("USER", "?"), told.get("TTY", ""), told.get("REMOTE_HOST", ""))


def from_psutil(context: Context) -> Iterator[Session]:
    for user in context.psutil().users():
        yield Session(user.name, user.terminal or "", user.host or "")
