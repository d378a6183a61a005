"""Names that senders give: bounded, valid text, and never one that the hub keeps for itself."""

from __future__ import annotations

from collections.abc import Iterable

from wacket.errors import Undecodable
from wacket.records import ENERGY_SOURCE, REJECT_SOURCE

# In characters:
LONGEST_NAME = 255  # of a series, a label or a source
LONGEST_LABEL = 1024  # its value
LONGEST_UNIT = 32
MOST_LABELS = 64

Labels = tuple[tuple[str, str], ...]

_OWN = REJECT_SOURCE.partition(".")[0] + "."


def series_name(raw: bytes | str) -> str:
    """A series or label name. Raises Undecodable when it is empty or too long."""
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    if not text or len(text) > LONGEST_NAME:
        raise Undecodable(f"a name must have 1 to {LONGEST_NAME} characters, not {len(text)}: {text[:32]!r}")
    return text


def labels(pairs: dict[str, str]) -> Labels:
    """Sorted, free of empty values. Raises Undecodable when they are too many or too long."""
    kept = {series_name(name): value for name, value in pairs.items() if value}
    if len(kept) > MOST_LABELS:
        raise Undecodable(f"{len(kept)} labels; a series may have {MOST_LABELS}")
    for name, value in kept.items():
        if len(value) > LONGEST_LABEL:
            raise Undecodable(f"label {name!r} has {len(value)} characters; {LONGEST_LABEL} are allowed")
    return tuple(sorted(kept.items()))


def units(pairs: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Unit by series name. Whoever says none, or writes a novel there, has none."""
    return {name: unit for name, unit in pairs if unit and len(unit) <= LONGEST_UNIT}


def source(text: str) -> str:
    """A log's source as the sender named it; the hub's own sources cannot be forged."""
    text = text[:LONGEST_NAME]
    return f"sent.{text}" if text.startswith(_OWN) or text == ENERGY_SOURCE else text
