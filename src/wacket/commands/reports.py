"""What nodes say of commands, as they may say it: checked for form and size, and made into ledger rows.

Pure. Whether a node may speak of a command at all is for whoever hears it (control.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from wacket.commands.spec import is_below, is_hash
from wacket.commands.states import BEGUN, REPORTED, may_follow
from wacket.errors import BadRequest
from wacket.ledger.commands import CommandRow

LARGEST = 2**53
Id = Annotated[str, Meta(pattern="^[0-9A-HJKMNP-TV-Z]{26}$")]
Count = Annotated[int, Meta(ge=0, le=LARGEST)]
Number = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
Text = Annotated[str, Meta(max_length=1000)]
REASON = 1000  # characters that are kept

T = TypeVar("T", bound=msgspec.Struct)


class Killed(msgspec.Struct):
    """A process that was ended with the command."""

    pid: Count
    name: Text = ""


class Brought(msgspec.Struct):
    """A file that the node sends back."""

    name: Annotated[str, Meta(max_length=1024)]
    size: Count
    sha256: str


class State(msgspec.Struct):
    """How a command stands."""

    id: Id
    state: str
    at: Count = 0
    exit: Number | None = None
    signal: Number | None = None
    reason: Annotated[str, Meta(max_length=16_384)] = ""
    seconds: Annotated[float, Meta(ge=0, le=LARGEST)] | None = None
    peak: Count | None = None
    out: Count = 0
    err: Count = 0
    end: Count = 0
    killed: Annotated[list[Killed], Meta(max_length=4096)] = []
    files: Annotated[list[Brought], Meta(max_length=4096)] = []

    def __post_init__(self) -> None:
        if self.state not in REPORTED:
            raise ValueError(f"{self.state[:40]!r} is nothing that a node says of a command")


class Listed(msgspec.Struct):
    """A command that the node has, and the hub has not settled."""

    id: Id
    state: str


class Commands(msgspec.Struct):
    """All of them. More than fit into a message there cannot be."""

    commands: list[Listed]


class Output(msgspec.Struct):
    id: Id
    offset: Count


class File(msgspec.Struct):
    """A piece of a file that is brought back."""

    id: Id
    name: Annotated[str, Meta(max_length=1024)]
    offset: Count
    size: Count
    sha256: str


class Need(msgspec.Struct):
    """The node asks for what a command names."""

    id: Id
    sha256: str
    offset: Count


def understood(message: Mapping[str, Any], kind: type[T]) -> T:
    """The message as what its type says. Raises BadRequest."""
    try:
        said = msgspec.convert(message, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadRequest(f"this is no {message.get('t')!s:.20}: {error}") from None
    hashes = [one.sha256 for one in (said, *getattr(said, "files", ())) if hasattr(one, "sha256")]
    if not all(is_hash(one) for one in hashes):
        raise BadRequest("sha256 is 64 hexadecimal digits")
    return said


def moved(row: CommandRow, said: State, now: int) -> CommandRow:
    """The row after a report. A node's own time counts as far as it is possible.

    What cannot follow, such as that a command was rejected which had begun, is an end nevertheless: it failed.
    """
    at = min(max(said.at, row.queued), now)
    if said.state in BEGUN:
        return row._replace(state=said.state, started=at if said.state == "running" else row.started)
    begun = row.started
    if begun is None and said.seconds is not None:
        begun = max(at - int(said.seconds * 1_000_000), row.queued)
    known = {name: getattr(said, name) for name in ("exit", "signal", "seconds", "peak", "out", "err")}
    return row._replace(
        state=said.state if may_follow(row.state, said.state) else "failed",
        started=begun,
        ended=at,
        reason=said.reason[:REASON],
        killed=tuple(msgspec.to_builtins(one) for one in said.killed),
        files=tuple(msgspec.to_builtins(one) for one in said.files if is_below(one.name)),
        **known,
    )
