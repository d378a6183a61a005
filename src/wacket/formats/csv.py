"""CSV with a header line: each column of numbers is a series, or each row is one where there are `name` and `value`.

The time column is `options["time"]`, else the first of time, at, timestamp, ts, date; without one, or with an empty
cell, the time is the hub's. A row with any other text in it is also kept whole as a log record. Every envelope has its
own header; its frames are the rows below. Commas, semicolons (then a decimal comma is understood) or tabs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from wacket.errors import Undecodable
from wacket.formats import _names, _severity, _table
from wacket.formats._frames import Frames, Made, Mask, join, keyed, rows, timed
from wacket.formats._merge import merge
from wacket.formats._names import Labels
from wacket.formats._numbers import integers, number, numbers
from wacket.formats._times import epochs, instants
from wacket.records import F64, I64, Decoded, Envelope, Logs, Reject, SeriesKey

SUMMARY = "CSV with a header line: columns of numbers, or rows of `name,value`; a time column is found by its name."
MEDIA_TYPES = ("text/csv",)

_TIMES = ("time", "at", "timestamp", "ts", "date")
_MESSAGES = ("message", "msg", "body", "log")
_LEVELS = ("level", "severity", "lvl")
_EMPTY = frozenset(("", "nan", "null", "na", "n/a"))  # how programs write that there is no value


def decode(envelopes: Sequence[Envelope]) -> Decoded:
    counts, rejects, parts = [], [], []
    for place, envelope in enumerate(envelopes):
        count, made, refused = _envelope(envelope)
        counts.append(count)
        parts.append((made, np.arange(count)))
        rejects += [Reject(place, row, *why) for row, why in sorted(refused.items())]
    whole = merge(parts)
    return Decoded(counts, whole.keys, whole.readings, whole.logs, rejects, whole.units)


def _envelope(envelope: Envelope) -> tuple[int, Made, dict[int, tuple[str, bytes]]]:
    """Rows below the header, what they hold, and why some were refused."""
    frames = join([envelope])
    if not len(frames):
        return 0, Made(), {}
    table = _table.read(frames)
    problem = _table.problem(table.header)
    if problem:
        return table.count, Made(), dict.fromkeys(range(table.count), (problem, b""))
    if not len(table.rows):
        return table.count, Made(), table.refused
    return table.count, _Rows(envelope, table).made(), table.refused


@dataclass(slots=True)
class _Numbers:
    """A column of cells: where there is a number, and where there is something else."""

    value: F64
    told: Mask
    text: Mask


class _Rows:
    """The rows of one body on their way to series."""

    def __init__(self, envelope: Envelope, table: _table.Table) -> None:
        self.table, self.count = table, len(table.rows)
        self.columns = dict(zip([name.lower() for name in table.header], table.columns, strict=True))
        self.shown = dict(zip([name.lower() for name in table.header], table.header, strict=True))
        # Only whose the rows are, and when they came; what they hold is in the table.
        nothing = np.zeros(self.count, np.int64)
        self.frames = Frames(b"", nothing, nothing, [envelope])
        self.textual = np.zeros(self.count, np.bool_)
        self.at, self.told = self._times(envelope.options.get("time", "").lower())

    def made(self) -> Made:
        result = self._long() if {"name", "value"} <= self.columns.keys() else self._wide(list(self.columns), None)
        self.textual[np.bincount(result.reading_frame, minlength=self.count) == 0] = True
        if self.textual.any():
            result.log_frame = np.flatnonzero(self.textual)
            result.logs = self._logs(result.log_frame)
            result.log_frame = self.table.rows[result.log_frame]
        result.reading_frame = self.table.rows[result.reading_frame]
        return result

    def _times(self, wanted: str) -> tuple[I64, Mask]:
        name = next((name for name in (wanted, *_TIMES) if name in self.columns), None)
        if name is None:
            return np.zeros(self.count, np.int64), np.zeros(self.count, np.bool_)
        cells = self.columns.pop(name)
        whole = integers([cell.encode() for cell in cells])
        at, told = instants(cells) if whole is None else epochs(whole)
        self.textual |= ~told & np.array([cell.strip().lower() not in _EMPTY for cell in cells], np.bool_)
        return at, told

    def _wide(self, names: list[str], labels: tuple[list[Labels], I64] | None) -> Made:
        """A series per column, of the label set of each row where there are any."""
        parts: list[tuple[I64, I64, F64]] = []
        for place, name in enumerate(names):
            column = self._numbers(self.columns[name])
            self.textual |= column.text
            where = np.flatnonzero(column.told)
            parts.append((where, np.full(len(where), place), column.value[where]))
        if not parts:
            return Made()
        frame, name_of, value = (np.concatenate(column) for column in zip(*parts, strict=True))
        return self._series(frame, name_of, [self.shown[name] for name in names], value, labels)

    def _long(self) -> Made:
        """A series per name; what other columns hold keeps the row as a log record."""
        labels = self._labels()
        names, units = self.columns.pop("name"), self.columns.pop("unit", ())
        column = self._numbers(self.columns.pop("value"))
        self.textual |= column.text
        good = {}
        for name in dict.fromkeys(names):
            if 0 < len(name) <= _names.LONGEST_NAME:
                good[name] = len(good)
        name_of = np.fromiter((good.get(name, -1) for name in names), np.int64, self.count)
        fits = (name_of >= 0) & (labels[1] >= 0)
        self.textual |= ~fits
        where = np.flatnonzero(column.told & fits)
        result = self._series(where, name_of[where], list(good), column.value[where], labels)
        result.units = {name: unit for name, unit in dict.fromkeys(zip(names, units, strict=False)) if unit}
        return merge([(result, np.arange(self.count)), (self._wide(list(self.columns), labels), np.arange(self.count))])
