"""One of a class as pages and programs see them: where they sit, where their hardware stands and since when, in short.

Shapes and how they are filled. Whose is shown to whom is decided by the routes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ConfigDict
from pydantic.config import JsonDict

from wacket.api.classes import EXAMPLE as STATUS
from wacket.api.classes import ClassUser, shown
from wacket.classes.desk import status_of
from wacket.classes.life import Status
from wacket.ledger.class_sets import Member
from wacket.ledger.classes import ClassRow

if TYPE_CHECKING:
    from wacket.api.parts import Parts

LONGEST_LINE = 200  # characters of what is shown of a text
LONG = ("hw_command", "hw_response", "hw_err", "server_analysis")
MEMBER: JsonDict = {
    **STATUS,
    "node": "pi-11",
    "seat": "A1",
    "presence": "up",
    "word": "returned",
    "since": 1795249800000000,
    "stuck_since": None,
    "answer": "42",
    "error": "",
    "verdict": "",
    "round": 7,
    "moves": 14,
}


class ClassMember(ClassUser):
    """One of a class and how their hardware stands. `node` and `presence` (up, late, down, off, pending, retired) are
    of the node whose agent is their hardware, "" for a worker that polls.

    `word` is rest, requested, collected, returned, error or stuck; `since` when that state began (µs since 1970), 0
    where nothing ever happened, and `stuck_since` from when on it is stuck, where it is. `answer` and `error` are the
    first lines of standard output and standard error, `verdict` that of the analysis, once there is one. `round` is the
    number of what was asked, `moves` how many transitions their history has.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [MEMBER]})

    node: str
    seat: str
    presence: str
    word: str
    since: int
    stuck_since: int | None
    answer: str
    error: str
    verdict: str
    round: int | None
    moves: int


def member_of(parts: Parts, member: Member, texts: bool = True) -> ClassMember:
    """`texts` says whether the long texts come along, beside their first lines."""
    row, now = member.status or ClassRow(member.user, **Status()._asdict()), parts.clock()
    status = status_of(row)
    node = parts.catalogue.node_by_id(member.node) if member.node is not None else None
    long = {} if texts else dict.fromkeys(LONG, "")
    return ClassMember(
        **shown(row, now).model_dump() | long,
        node=member.node_name,
        seat=member.seat,
        presence=parts.fleet.presence.state_of(node) if node else "",
        word=status.word(now),
        since=row.time,
        stuck_since=status.stuck_from if status.stuck(now) else None,
        answer=first_line(row.hw_response),
        error=first_line(row.hw_err),
        verdict=first_line(row.server_analysis) if row.state == 0 else "",
        round=row.round,
        moves=member.moves,
    )


def first_line(text: str) -> str:
    """The first that is not empty, cut."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:LONGEST_LINE]
