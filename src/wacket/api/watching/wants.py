"""What a client of the live connection may say, checked; and who may ask for what. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wacket.commands.targets import LONGEST
from wacket.errors import BadRequest, Forbidden

MOST_TEXT = 65_536  # characters of what a client says
EXAMPLE = '{"readings": ["rig-3/*"], "logs": {"severity": "warn"}}'

Text = Annotated[str, Meta(max_length=1000)]
Glob = Annotated[str, Meta(max_length=200)]
Id = Annotated[int, Meta(ge=0, lt=1 << 62)]


class WantedLogs(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """`severity` is a name or a number. `find` is compared without regard to the case of ASCII letters. `nodes` and
    `node` are added together, and must be in the `target` if there is one. `after` is the id of the last line that the
    client has.
    """

    node: Text = ""
    nodes: Annotated[tuple[Text, ...], Meta(max_length=1000)] = ()
    target: Annotated[str, Meta(max_length=LONGEST)] = ""
    severity: int | Text = ""
    find: Text = ""
    after: Id | None = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset((*self.nodes, *([self.node] if self.node else [])))


class Wanted(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a client asks for: readings of the series that fit any of these globs or have any of these numbers; logs, if
    `logs` is there; rows of the overview; short notes of whatever else has changed.
    """

    readings: Annotated[tuple[Glob, ...], Meta(max_length=100)] = ()
    series: Annotated[tuple[Annotated[int, Meta(ge=1, lt=1 << 31)], ...], Meta(max_length=2000)] = ()
    logs: WantedLogs | None = None
    fleet: bool = False
    changes: bool = False

    @property
    def of_batches(self) -> bool:
        """Whether anything of what is sent to the hub is wanted."""
        return bool(self.readings or self.series or self.logs is not None)

    @property
    def of_names(self) -> bool:
        """Whether it depends on what nodes are called, and on their tags."""
        return bool(self.readings or (self.logs is not None and self.logs.target))


def understood(text: str | bytes) -> Wanted:
    """What a client wants. Raises BadRequest."""
    try:
        if len(text) > MOST_TEXT:
            raise BadRequest(f"a message may have {MOST_TEXT} characters")
        return msgspec.json.decode(text, type=Wanted)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadRequest(f"this is not what a client may say: {error}; for example {EXAMPLE}") from None


def require_own(wanted: Wanted) -> None:
    """Raises Forbidden where more is wanted than who lacks the right `read` may have: word of what is their own."""
    if wanted.of_batches or wanted.fleet:
        raise Forbidden("this needs the right 'read'; without it you may ask for {\"changes\": true}: what is your own")
