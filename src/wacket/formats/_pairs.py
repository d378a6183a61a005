"""Texts of `name=number,name=number`, read together: what `influx` and `plotter` have in common.

Names and values are not taken out one by one: `Words` reads whole columns of them from where they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from wacket.formats._words import Words
from wacket.records import F64, I64

_EQUALS, _COMMA = ord("="), ord(",")


Odd = Callable[[Sequence[bytes]], F64 | None]


class Pairs(NamedTuple):
    """Each pair's value and its name's place among `names`; `counts` is pairs a text."""

    names: list[bytes]
    name: I64
    value: F64
    counts: I64


def pairs(words: Words, marks: I64, first: I64, last: I64, odd: Odd, suffixes: bytes = b"") -> Pairs | None:
    """All pairs of some texts, or None if the texts hold anything else.

    `marks` are the places of all `=` and `,` and of what ends a text; text i begins behind the mark `first[i]` - 1 (or
    where the body does) and ends at the mark `last[i]`. A plain value may end in one of `suffixes`; `odd` makes numbers
    of the values that are not plain decimals.
    """
    sizes = last - first + 1
    if (sizes % 2).any():
        return None
    counts = sizes // 2
    within = np.arange(int(sizes.sum())) + np.repeat(first - np.cumsum(sizes) + sizes, sizes)
    places = marks[within]
    equals, closes = places[::2], places[1::2]
    closing = words.raw[closes]
    closing[np.cumsum(counts) - 1] = _COMMA  # whatever ends a text
    if (words.raw[equals] != _EQUALS).any() or (closing != _COMMA).any():
        return None
    before = within[::2] - 1
    starts = np.where(before < 0, 0, marks[before] + 1)
    if (starts == equals).any():
        return None
    value = _values(words, equals + 1, closes, odd, suffixes)
    if value is None:
        return None
    return Pairs(*words.distinct(starts, equals), value, counts)


def _values(words: Words, starts: I64, ends: I64, odd: Odd, suffixes: bytes) -> F64 | None:
    last = words.raw[ends - 1]
    value, plain = words.decimals(starts, ends - sum((last == suffix for suffix in suffixes), np.int64(0)))
    rest = np.flatnonzero(~plain)
    if len(rest):
        others = odd(words.cells(starts[rest], ends[rest]))
        if others is None:
            return None
        value[rest] = others
    return value
