"""The life cycle of one piece of class hardware, as one table: what each state allows, and where that leads.

Pure: status and command in, new status or None out. It does not know who asks, where a status is kept or what time
it is. Code, tests and the diagram in docs/reference/class-protocol.md all read `LIFE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from wacket.errors import BadRequest

STATES = {
    0: "at rest",
    1: "requested: waits for the hardware to collect it",
    2: "collected: waits for the hardware's response",
    3: "answered: waits for the server's analysis",
}
LIFE: dict[int, dict[str, int]] = {
    0: {"hw_command_request": 1},
    1: {"hw_command_retrieval": 2, "reset": 0},
    2: {"hw_response_provide": 3, "reset": 0},
    3: {"server_analysis_provide": 0, "reset": 0},
}
WORDS = ("rest", "requested", "collected", "returned")  # by state; or `error` or `stuck`
# What a command must come with, and the status field that takes it.
CARRIES = {
    "hw_command_request": ("hw_comm", "hw_command"),
    "hw_response_provide": ("hw_resp", "hw_response"),
    "server_analysis_provide": ("server_anal", "server_analysis"),
}
# What else a command may come with; the older protocol knew none of it.
OPTIONAL = {"hw_command_request": ("timeout",), "hw_response_provide": ("hw_err", "hw_exit")}
TOLD = ("state", "hw_command", "hw_response", "server_analysis", "time")
QUERY = "status_query"
COMMANDS = (QUERY, *dict.fromkeys(command for allowed in LIFE.values() for command in allowed))
LONGEST_VALUE = 64 * 1024  # bytes as UTF-8
LONGEST_USER = 64  # characters
USUAL_TIMEOUT = 60  # seconds that a program may take if its request does not say
LONGEST_TIMEOUT = 86_400
SECOND = 1_000_000


class Status(NamedTuple):
    """Where one user's hardware stands. `time` is that of the last transition, 0 if there was none yet."""

    state: int = 0
    hw_command: str = ""
    hw_response: str = ""
    server_analysis: str = ""
    time: int = 0  # microseconds since 1970 UTC
    hw_err: str = ""  # standard error, as far as the hardware told it
    hw_exit: int | None = None  # exit code, if it told it
    timeout: int = USUAL_TIMEOUT  # seconds that the last program may take

    def stuck(self, now: int) -> bool:
        """Whether the hardware took more than twice the time that the program may take, to collect it or to answer."""
        return self.stuck_from is not None and now > self.stuck_from

    @property
    def stuck_from(self) -> int | None:
        """From when on it counts as stuck, where it can be."""
        return self.time + 2 * self.timeout * SECOND if self.state in (1, 2) else None

    @property
    def failed(self) -> bool:
        """Whether the last program ended badly, as far as the hardware told it."""
        return bool(self.hw_exit) or (self.hw_exit is None and bool(self.hw_err))

    def word(self, now: int) -> str:
        """Where it is counted: under one of six words."""
        if self.stuck(now):
            return "stuck"
        return "error" if self.state == 3 and self.failed else WORDS[self.state]


def transition(status: Status, command: str, values: Mapping[str, str], now: int) -> Status | None:
    """The status after `command`, or None if the present state does not allow it (and nothing changes).

    Fields that the command does not carry keep what they held. Raises BadRequest, naming the field, where the command
    is unknown or comes without its value: whatever the state, so that a client's mistake always shows.
    """
    value, beside = carried(command, values), _beside(command, values)
    after = LIFE[status.state].get(command)
    if after is None:
        return None
    fields = {**status._asdict(), "state": after, "time": now}
    if command in CARRIES:
        fields[CARRIES[command][1]] = value
    return Status(**fields | beside)


def carried(command: str, values: Mapping[str, str]) -> str:
    """The value that the command comes with, empty for those that need none. Raises BadRequest as `transition`."""
    if command not in COMMANDS:
        said = f"unknown command {command[:80]!r}" if command else "no command"
        raise BadRequest(f"{said}; known: {', '.join(COMMANDS)}", "command")
    if command not in CARRIES:
        return ""
    name = CARRIES[command][0]
    if name not in values:
        raise BadRequest(f"{command} must come with a value {name}", name)
    return _bounded(values[name], name)


def _beside(command: str, values: Mapping[str, str]) -> dict[str, Any]:
    """The fields that the optional values set. What a response does not bring is not left over from the one before."""
    if command == "hw_command_request":
        return {"timeout": _whole(values, "timeout", 1, LONGEST_TIMEOUT) or USUAL_TIMEOUT}
    if command == "hw_response_provide":
        error = _bounded(values.get("hw_err", ""), "hw_err")
        return {"hw_err": error, "hw_exit": _whole(values, "hw_exit", -(2**31), 2**31 - 1)}
    return {}


def _bounded(text: str, name: str) -> str:
    size = len(text.encode("utf-8", "replace"))
    if size > LONGEST_VALUE:
        raise BadRequest(f"{name} has {size} bytes; at most {LONGEST_VALUE} are taken", name)
    return text


def _whole(values: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    """A whole number, or None if it is not there or empty."""
    text = values.get(name, "").strip()
    if not text:
        return None
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12 and least <= int(text) <= most):
        raise BadRequest(f"{name} is a whole number between {least} and {most}, not {text[:80]!r}", name)
    return int(text)


def checked_user(user: str | None) -> str:
    """A user name that is fit to be kept and shown. Raises BadRequest."""
    if not user:
        raise BadRequest("no user: say whose hardware this is about", "user")
    if len(user) > LONGEST_USER or not user.isprintable() or user != user.strip():
        raise BadRequest(f"not a user name: 1 to {LONGEST_USER} printable characters, no space at either end", "user")
    return user


def answer(status: Status) -> dict[str, Any]:
    """The status as the protocol tells it. `time` is text, seconds since 1970 as the old server wrote it, or empty."""
    fields: dict[str, Any] = {"login": True} | {name: getattr(status, name) for name in TOLD}
    fields["time"] = f"{status.time // SECOND}.{status.time % SECOND:06d}" if status.time else ""
    return fields


def diagram() -> str:
    """The state diagram of the docs, as Mermaid text, drawn from `LIFE`."""
    lines = ["stateDiagram-v2"]
    # In a state's text Mermaid takes a second colon for syntax.
    lines += [f'    state "{state} {text.replace(":", ",")}" as s{state}' for state, text in STATES.items()]
    lines += ["    [*] --> s0"]
    for before, allowed in LIFE.items():
        for command, after in allowed.items():
            value = f" ({CARRIES[command][0]})" if command in CARRIES else ""
            lines.append(f"    s{before} --> s{after}: {command}{value}")
    return "\n".join(lines)
