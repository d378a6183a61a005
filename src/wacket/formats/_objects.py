"""Columns out of many JSON objects: objects of one form (the same members in the same order) are read together.

Gathers numbers with their names and labels, times, messages and levels, by frame. Decides nothing about series, and
never fails: a member that fits nowhere marks its object as one to keep whole (`textual`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, compress
from types import NoneType
from typing import Any

import msgspec
import numpy as np

from wacket.errors import Undecodable
from wacket.formats import _names, _times
from wacket.formats._frames import Mask
from wacket.formats._names import Labels
from wacket.records import F64, I64

TIMES = ("at", "time", "timestamp", "ts")
MESSAGES = ("message", "msg", "body", "log")
LEVELS = ("level", "severity", "lvl")
_RESERVED = (*TIMES, "name", "labels", "node")  # what is done with these depends on their kind
_DEEPEST = 8
_LARGEST = int(np.finfo(np.float64).max)  # JSON has integers that no float64 reaches
_SCALARS = {str, int, float, bool, type(None)}

_encode = msgspec.json.Encoder(order="deterministic").encode

Column = tuple[Any, ...]


class Objects:
    """What `count` frames hold. `parts` has (frame, name, labels, value) arrays of the numbers found.

    Names and labels are places in `names` and `labels`. `at` holds where `told` does.
    """

    def __init__(self, count: int) -> None:
        self.parts: list[tuple[I64, I64, I64, F64]] = []
        self.names: dict[str, int] = {}
        self.labels: dict[Labels, int] = {(): 0}
        self.at = np.zeros(count, np.int64)
        self.told = np.zeros(count, np.bool_)
        self.textual = np.zeros(count, np.bool_)
        self.messages: dict[int, str] = {}
        self.levels: dict[int, Any] = {}
        self.sources: dict[int, str] = {}
        self.units: dict[str, str] = {}

    def add(self, objects: Sequence[dict[str, Any]], frames: I64) -> None:
        """Objects and the frame that each is of."""
        for columns, places in _forms(objects, frames):
            reserved = [list(map(type, columns[name])) for name in _RESERVED if name in columns]
            for part, some in _split(columns, places, list(zip(*reserved, strict=True))):
                self._form(part, some)

    def _form(self, columns: dict[str, Column], frames: I64) -> None:
        """Objects of one form whose reserved members are also of one kind each."""
        name, told = self._time(columns, frames)
        if name and not told.all():  # each object by itself, whatever stands beside it
            for part, some in _split(columns, frames, told.tolist()):
                self._form(part, some)
            return
        columns.pop(name, None)
        self._words(columns, frames)
        labels = self._labels(columns, frames)
        if "value" in columns and type(columns.get("name", (0,))[0]) is str:
            self._named(columns, frames, labels)
        for name, column in columns.items():
            self._member(name, column, frames, labels, 1)

    def _time(self, columns: dict[str, Column], frames: I64) -> tuple[str, Mask]:
        """The first member that is a time for any object, and for which; "" if there is none."""
        for name in TIMES:
            kind = type(columns.get(name, (None,))[0])
            if kind is str:
                at, told = _times.instants(columns[name])
            elif kind in (int, float):
                at, told = _epochs(columns[name])
            else:
                continue
            if told.any():
                self.at[frames[told]], self.told[frames[told]] = at[told], True
                return name, told
        return "", np.ones(len(frames), np.bool_)

    def _words(self, columns: dict[str, Column], frames: I64) -> None:
        """Messages, levels and sources stay in `columns`: they are text, so their object is kept whole."""
        places = frames.tolist()
        kinds = (
            (MESSAGES, str, self.messages),
            (LEVELS, (str, int), self.levels),
            (("source",), str, self.sources),
        )
        for names, kind, target in kinds:
            for name in reversed([name for name in names if name in columns]):
                right = [isinstance(cell, kind) for cell in columns[name]]
                target.update(zip(compress(places, right), compress(columns[name], right), strict=True))

    def _labels(self, columns: dict[str, Column], frames: I64) -> I64:
        """The label set of each row; takes `labels` and `node` out of `columns` where they are of the right kind."""
        sets = columns.pop("labels") if type(columns.get("labels", (0,))[0]) is dict else ()
        nodes = columns.pop("node") if type(columns.get("node", (0,))[0]) is str else ()
        if not sets and not nodes:
            return np.zeros(len(frames), np.int64)
        raw = list(zip(_encoded(sets) or [b"{}"] * len(nodes), nodes or [""] * len(sets), strict=True))
        places = {pair: self._label_set(*pair) for pair in set(raw)}
        chosen = np.fromiter(map(places.__getitem__, raw), np.int64, len(raw))
        self.textual[frames[chosen < 0]] = True
        return chosen

    def _label_set(self, raw: bytes, node: str) -> int:
        """The place of a label set; -1 for one that a series cannot have."""
        if not raw:
            return -1
        pairs = {name: _text(value) for name, value in msgspec.json.decode(raw).items()}
        if node:
            pairs["node"] = node
        try:
            return self.labels.setdefault(_names.labels(pairs), len(self.labels))
        except Undecodable:
            return -1

    def _named(self, columns: dict[str, Column], frames: I64, labels: I64) -> None:
        """The long form: each row names its own series."""
        names, units = columns.pop("name"), columns.pop("unit", ())
        values = columns.pop("value")
        places = {name: self._name(name) for name in set(names)}
        name = np.fromiter(map(places.__getitem__, names), np.int64, len(names))
        self._values(name, values, frames, labels)
        if set(map(type, units)) - {str, NoneType}:  # a unit may be anything, also what has no hash
            right = np.array([isinstance(unit, (str, NoneType)) for unit in units], np.bool_)
            self.textual[frames[~right]] = True
            names, units = tuple(compress(names, right)), tuple(compress(units, right))
        pairs = set(zip(names, units, strict=False))
        self.units |= _names.units(pairs)

    def _member(self, name: str, column: Column, frames: I64, labels: I64, depth: int) -> None:
        kinds = set(map(type, column))
        if dict not in kinds:
            self._values(np.full(len(column), self._name(name)), column, frames, labels)
            return
        inner = np.array([type(cell) is dict for cell in column], np.bool_)
        if len(kinds) > 1:
            rest = tuple(compress(column, ~inner))
            self._member(name, rest, frames[~inner], labels[~inner], depth)
        if depth == _DEEPEST:
            self.textual[frames[inner]] = True
            return
        objects, places = list(compress(column, inner)), frames[inner]
        rows = np.arange(len(places))
        for columns, some in _forms(objects, rows):
            for key, cells in columns.items():
                self._member(f"{name}.{key}", cells, places[some], labels[inner][some], depth + 1)

    def _values(self, name: I64, column: Column, frames: I64, labels: I64) -> None:
        """Numbers and booleans as readings; null is nothing; all else marks its object."""
        if not set(map(type, column)) <= {int, float, bool} or not _fits_float(column):
            right = np.array([isinstance(cell, int | float) and _fits_float((cell,)) for cell in column], np.bool_)
            wrong = np.array([cell is not None for cell in column], np.bool_) & ~right
            self.textual[frames[wrong]] = True
            name, column, frames, labels = (
                name[right],
                tuple(compress(column, right)),
                frames[right],
                labels[right],
            )
        value = np.array(column, np.float64)
        fits = (name >= 0) & (labels >= 0)
        if not fits.all():
            self.textual[frames[~fits]] = True
            name, value, frames, labels = name[fits], value[fits], frames[fits], labels[fits]
        if len(value):
            self.parts.append((frames, name, labels, value))

    def _name(self, text: str) -> int:
        """The place of a series name; -1 for one that no series can have."""
        try:
            return self.names.setdefault(_names.series_name(text), len(self.names))
        except Undecodable:
            return -1


def _forms(objects: Sequence[dict[str, Any]], places: I64) -> list[tuple[dict[str, Column], I64]]:
    """The objects by form: columns by member name, and the places of the rows. Empty objects have no columns."""
    forms: dict[tuple[str, ...], list[int]] = {}
    sorts = list(map(tuple, objects))
    if len(set(sorts)) == 1:
        return [(_columns(sorts[0], objects), places)]
    for row, sort in enumerate(sorts):
        forms.setdefault(sort, []).append(row)
    return [(_columns(sort, [objects[row] for row in rows]), places[rows]) for sort, rows in forms.items()]


def _columns(names: tuple[str, ...], objects: Sequence[dict[str, Any]]) -> dict[str, Column]:
    return dict(zip(names, zip(*map(dict.values, objects), strict=True), strict=True))


def _split(columns: dict[str, Column], places: I64, kinds: Sequence[Any]) -> list[tuple[dict[str, Column], I64]]:
    """Apart what is of different kinds; no kinds are one kind."""
    different = list(dict.fromkeys(kinds))
    if len(different) < 2:
        return [(columns, places)]
    parts = []
    for kind in different:
        wanted = np.array([one == kind for one in kinds], np.bool_)
        part = {name: tuple(compress(column, wanted)) for name, column in columns.items()}
        parts.append((part, places[wanted]))
    return parts


def _encoded(sets: Column) -> list[bytes]:
    """Label sets as JSON; b"" where a value is itself an object or a list: encoding those may use up the stack."""
    if _SCALARS.issuperset(map(type, chain.from_iterable(map(dict.values, sets)))):
        return list(map(_encode, sets))
    return [_encode(labels) if _SCALARS.issuperset(map(type, labels.values())) else b"" for labels in sets]


def _epochs(column: Column) -> tuple[I64, Mask]:
    """All of one type: whole numbers stay exact."""
    if type(column[0]) is int:
        return _times.epochs(np.array([cell if abs(cell) < 2**63 else 0 for cell in column], np.int64))
    return _times.epochs(np.array(column, np.float64))


def _fits_float(column: Column) -> bool:
    try:
        return bool(max(map(abs, column)) <= _LARGEST)
    except TypeError:
        return False


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
