"""The nodes that a question means, in the words in which jobs are sent: names, globs, demo-[01-30], tag:demo, os:linux.

Unlike a job a question may mean any node: those that are away, retired or not let in have a past too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from wacket.api.parts import Parts
from wacket.commands.targets import LONGEST, Candidate, select
from wacket.errors import NotFound
from wacket.ledger.nodes import NodeRow

Target = Annotated[
    str,
    Query(
        description="Only of the nodes that this means: names, globs, `demo-[01-30]`, `tag:room=lab`, `os:linux`, "
        "`state:down`, joined with `,` (or), `&` (and), `!` (but not).",
        max_length=LONGEST,
    ),
]


def node_ids(parts: Parts, names: Sequence[str]) -> frozenset[int]:
    """The ids under which the past of these nodes is kept. Raises NotFound."""
    known = {row.name: row.id for row in parts.catalogue.nodes()}
    for name in names:
        if name not in known:
            raise NotFound(f"no node is named {name[:80]!r}; see /api/v1/nodes")
    return frozenset(parts.catalogue.aliases.of(known[name] for name in names))


def targeted(parts: Parts, target: str) -> frozenset[int]:
    """The same for those that a target means. Raises BadRequest where it means none."""
    candidates = [_candidate(parts, row) for row in parts.catalogue.nodes()]
    return frozenset(parts.catalogue.aliases.of(node.id for node in select(target, candidates).nodes))


def meant(parts: Parts, names: Sequence[str], target: str) -> frozenset[int] | None:
    """The nodes of these names that are also in the target; None where neither says anything."""
    chosen = [node_ids(parts, names)] if names else []
    chosen += [targeted(parts, target)] if target else []
    return frozenset.intersection(*chosen) if chosen else None


def _candidate(parts: Parts, row: NodeRow) -> Candidate:
    presence = parts.fleet.presence
    about = presence.about(row.id) or {}
    return Candidate(row.id, row.name, row.tags, str(about.get("os", "")), presence.state_of(row))
