"""What this place is called, what kind it is, and how far its first-run guide has come; and people's preferences.

Plain functions on a connection. What a preference means the page decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from wacket.errors import BadRequest
from wacket.ledger.tables import people, place, preferences

KINDS = ("class", "demo room", "home", "office", "research", "workshop", "other")
LONGEST_NAME = 80
LONGEST_PREFERENCES = 16 * 1024  # bytes
STEP = re.compile(r"[a-z][a-z0-9-]{0,39}")
FIRST_STEP, DONE = "start", "done"


class Place(NamedTuple):
    """`first_run` is the step of the guide that comes next, or done."""

    name: str
    kind: str
    first_run: str


def read(connection: Connection, machine: str) -> Place:
    """Until somebody gives it a name it is called like the hub's machine."""
    said = {row.key: row.value for row in connection.execute(select(place))}
    return Place(said.get("name", machine), said.get("kind", "other"), said.get("first_run", FIRST_STEP))


def change(connection: Connection, values: Mapping[str, str]) -> None:
    """Say anew what `values` names. Raises BadRequest naming the field."""
    for key, value in values.items():
        _require_fit(key, value)
        row = insert(place).values(key=key, value=value)
        connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def preferences_of(connection: Connection, person: str) -> dict[str, Any]:
    """What this person's page remembers; empty before it did."""
    wanted = select(preferences.c.value).join(people, people.c.id == preferences.c.person)
    value = connection.execute(wanted.where(people.c.name == person)).scalar()
    known: dict[str, Any] = json.loads(value) if value else {}
    return known


def put_preferences(connection: Connection, person: str, value: Mapping[str, Any]) -> None:
    """In the place of all that was remembered. Raises BadRequest."""
    text = _as_json(value)
    whose = select(people.c.id).where(people.c.name == person).scalar_subquery()
    row = insert(preferences).values(person=whose, value=text)
    connection.execute(row.on_conflict_do_update(index_elements=["person"], set_={"value": text}))


def _as_json(value: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        size = len(text.encode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"preferences are a JSON object of plain values: {str(error)[:100]}") from error
    if size > LONGEST_PREFERENCES:
        raise BadRequest(f"preferences have {size:,} bytes; {LONGEST_PREFERENCES:,} are the most")
    return text


def _require_fit(key: str, value: str) -> None:
    if key == "name" and (not value.strip() or len(value) > LONGEST_NAME or not value.isprintable()):
        raise BadRequest(f"a place has a name of 1 to {LONGEST_NAME} printable characters", "name")
    if key == "kind" and value not in KINDS:
        raise BadRequest(f"kind is one of: {', '.join(KINDS)}", "kind")
    if key == "first_run" and not STEP.fullmatch(value):
        raise BadRequest("first_run is the name of a step (small letters, digits and -), or done", "first_run")
