"""The names that series have, each once: with ten thousand series somebody chooses a name first, and then nodes.

Pure. Says nothing of values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from wacket.ledger.series import SeriesRow


class Named(NamedTuple):
    """A name, the unit that most of its series have, how many those are and of how many nodes, the first of them, and
    which labels tell them apart."""

    name: str
    unit: str
    series: int
    nodes: int
    example: int
    labels: tuple[str, ...]


def named(rows: Iterable[SeriesRow]) -> list[Named]:
    """In order of the names."""
    groups: dict[str, list[SeriesRow]] = {}
    for row in rows:
        groups.setdefault(row.key.name, []).append(row)
    return [_named(name, groups[name]) for name in sorted(groups)]


def search(names: Iterable[Named], find: str) -> list[Named]:
    """Those that hold this text, in any case; those that begin with it first."""
    text = find.lower()
    found = [one for one in names if text in one.name.lower()]
    return sorted(found, key=lambda one: not one.name.lower().startswith(text))


def _named(name: str, rows: list[SeriesRow]) -> Named:
    units = Counter(row.unit for row in rows if row.unit)
    labels = sorted({label for row in rows for label, _ in row.key.labels})
    unit = units.most_common(1)[0][0] if units else ""
    return Named(name, unit, len(rows), len({row.key.node for row in rows}), rows[0].id, tuple(labels))
