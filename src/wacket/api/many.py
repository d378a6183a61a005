"""One act on many nodes: a single transaction, a row in the audit log for each, and what became of each.

A node with which it cannot be done does not keep the others from it. What is done to one is the caller's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel
from sqlalchemy import Connection

from wacket.api.access import Caller, audit_row
from wacket.api.nodes import tell
from wacket.errors import WacketError
from wacket.ledger import audit, nodes
from wacket.ledger.nodes import NodeRow

if TYPE_CHECKING:
    from wacket.api.parts import Parts

MOST = 5000
# Changes one node and says what of it belongs into the audit log. It raises before it has changed anything.
Change = Callable[[Connection, NodeRow], Mapping[str, Any]]


class Outcome(BaseModel):
    """What became of one node; `why` says why nothing did."""

    name: str
    ok: bool
    why: str = ""


class Done(NamedTuple):
    name: str
    row: NodeRow | None
    why: str = ""


async def change_each(parts: Parts, caller: Caller, act: str, names: Iterable[str], change: Change) -> list[Done]:
    """Each node once, in the order of the names."""

    def one(connection: Connection, name: str) -> Done:
        try:
            details = change(connection, nodes.by_name(connection, name))
        except WacketError as error:
            return Done(name, None, str(error))
        audit.record(connection, audit_row(parts, caller, act, name, **details))
        return Done(name, nodes.by_name(connection, name))

    def work(connection: Connection) -> list[Done]:
        return [one(connection, name) for name in dict.fromkeys(names)]

    done = await parts.ledger.write(work)
    tell(parts, *(one.row for one in done if one.row is not None))
    return done


def outcomes(done: Sequence[Done]) -> list[Outcome]:
    return [Outcome(name=one.name[:100], ok=one.row is not None, why=one.why) for one in done]
