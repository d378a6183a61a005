"""The row of one node in the overview, from what several parts know of it. Pure. api/fleet.py says what it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from wacket.fleet.messages import About
from wacket.fleet.numbers import shown
from wacket.fleet.problems import of_numbers, of_presence, status_of
from wacket.records import Series

if TYPE_CHECKING:
    from wacket.fleet.presence import State
    from wacket.fleet.sights import Sights
    from wacket.ledger.nodes import NodeRow

Row = dict[str, Any]
HERE = ("up", "late")
STATUSES = ("up", "warn", "down", "off", "pending", "unknown")


class LastLog(NamedTuple):
    """The last line of a node that was a warning or worse."""

    at: int
    severity: int
    body: str


class Situation(NamedTuple):
    """How a node is, beside its numbers. `about` is what is said of its machine, by its agent where it has one; `habit`
    is how often it speaks (µs), where that is known apart from its numbers.
    """

    state: State
    about: Mapping[str, Any] | None
    has_agent: bool
    code: str
    log: LastLog | None
    habit: int | None


def row_of(node: NodeRow, situation: Situation, sights: Sights, series: Callable[[int], Series | None]) -> Row:
    state, about = situation.state, msgspec.convert(situation.about or {}, About)
    worst = sights.worst(node.id)
    problems = of_presence(state.state, state.why)
    if state.state in HERE:  # nobody knows how full the disk is of what is not there
        problems += of_numbers({number: found.told for number, found in worst.items()})
    return {
        "name": node.name,
        "kind": node.kind,
        "state": node.state,
        "presence": state.state,
        "since": state.since,
        "why": state.why,
        "os": about.os,
        "agent": about.agent if situation.has_agent else "",
        "tags": node.tags,
        "code": situation.code,
        "allows": msgspec.structs.asdict(about.allows) if situation.has_agent else None,
        "at": sights.at(node.id) or None,
        "period": situation.habit or sights.period(node.id),
        "status": status_of(state.state, state.why, problems),
        "problems": [problem._asdict() for problem in problems],
        "numbers": {number: shown(number, found.told, found.among) for number, found in worst.items()},
        "spark": sights.spark(node.id),
        "drawn": sights.of(node.id).drawn or None,
        "newest": [] if worst else _newest(node.id, sights, series),
        "series": sights.of(node.id).series,
        "log": situation.log._asdict() if situation.log else None,
    }


def _newest(node: int, sights: Sights, series: Callable[[int], Series | None]) -> list[Row]:
    """The headlines of what is no machine."""
    known = ((told, series(told.series)) for told in sights.headlines(node))
    return [
        {
            "id": one.id,
            "name": one.name,
            "labels": one.labels,
            "unit": one.unit,
            "value": told.value,
            "at": int(sights.pulse.at[one.id]),
        }
        for told, one in known
        if one is not None
    ]
