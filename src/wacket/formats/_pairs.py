"""Lines of `name=number,name=number`, read together: what `influx` and `plotter` have in common.

Names and values are not taken out one by one: the bytes of all values are copied away at once, and the names that are
left over tell the few kinds of lines apart.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import NamedTuple

import numpy as np

from wacket.records import F64, I64

_EQUALS, _COMMA, _LF = b"=,\n"


class Pairs(NamedTuple):
    """Each pair's value and its name's place among `names`; `counts` is pairs a line."""

    names: list[bytes]
    name: I64
    value: F64
    counts: I64


def pairs(text: bytes, values: Callable[[bytes, int], F64 | None]) -> Pairs | None:
    """All pairs of whole lines, or None if the lines hold anything else.

    `values` makes numbers of so many texts, each followed by a comma; None from it is None from here.
    """
    raw = np.frombuffer(text, np.uint8)
    marks = np.flatnonzero((raw == _COMMA) | (raw == _EQUALS) | (raw == _LF))
    kinds = raw[marks]
    if len(marks) % 2 or (kinds[::2] != _EQUALS).any() or (kinds[1::2] == _EQUALS).any():
        return None
    sizes = np.diff(marks, prepend=-1)
    of_value = np.repeat(np.tile(np.array([False, True]), len(sizes) // 2), sizes)
    value = values(raw[of_value].tobytes().replace(b"\n", b","), len(sizes) // 2)
    if value is None:
        return None
    line_ends = kinds[1::2] == _LF
    of_value[marks[1::2]] = ~line_ends  # they stay with the names, to keep the lines apart
    sorts, sort = distinct(raw[~of_value].tobytes()[:-1].split(b"\n"))
    sequences = [one[:-1].split(b"=") for one in sorts]
    names, sequence = distinct(list(chain.from_iterable(sequences)))
    if b"" in names:
        return None
    counts = np.diff(np.flatnonzero(line_ends), prepend=-1)
    if len(sequences) == 1:
        return Pairs(names, np.tile(sequence, len(sort)), value, counts)
    firsts = np.cumsum([0, *map(len, sequences)])[sort]
    within = np.arange(len(value)) - np.repeat(np.cumsum(counts) - counts, counts)
    return Pairs(names, sequence[np.repeat(firsts, counts) + within], value, counts)


def distinct(cells: list[bytes]) -> tuple[list[bytes], I64]:
    """The different cells, and each cell's place among them."""
    different = list(dict.fromkeys(cells))
    if len(different) == 1:
        return different, np.zeros(len(cells), np.int64)
    places = dict(zip(different, range(len(different)), strict=True))
    return different, np.fromiter(map(places.__getitem__, cells), np.int64, len(cells))
