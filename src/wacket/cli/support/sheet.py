"""PURE: rows for a spreadsheet that cannot take a cell for a formula.

What students' hardware says ends in a teacher's spreadsheet. A text that a spreadsheet would compute gets an apostrophe
in front, which the spreadsheet does not show. Numbers stay numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def cell(value: Any) -> Any:
    """`value` as it may stand in a CSV file."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    # Some spreadsheets look behind spaces, and at wide forms of the same characters.
    begun = value.lstrip(" ")
    return f"'{value}" if begun.startswith((*FORMULAS, "\uff1d", "\uff0b", "\uff0d", "\uff20")) else value


def rows(found: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[list[Any]]:
    """A heading, and the cells of each row."""
    return [list(columns), *([cell(row.get(name)) for name in columns] for row in found)]
