"""CSV with a header line: each column of numbers is a series, or each row is one where there are `name` and `value`.

The time column is `options["time"]`, else the first of time, at, timestamp, ts, date; without one, or with an empty
cell, the time is the hub's. A row with any other text in it is also kept whole as a log record. Every envelope has its
own header; its frames are the rows below. Commas, semicolons (then a decimal comma is understood) or tabs.
"""

from __future__ import annotations

from collections.abc import Sequence

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
WHOLE_BODY = True  # the header counts for every row below it

_TIMES = ("time", "at", "timestamp", "ts", "date")
_MESSAGES = ("message", "msg", "body", "log")
_LEVELS = ("level", "severity", "lvl")
_EMPTY = frozenset(("", "nan", "null", "na", "n/a"))  # how programs write that there is no value


def decode(envelopes: Sequence[Envelope]) -> Decoded:
    counts, rejects, parts, before = [], [], [], 0
    for place, envelope in enumerate(envelopes):
        count, made, refused = _envelope(envelope)
        parts.append((made, np.arange(before, before + count)))
        before += count
        counts.append(count)
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


class _Rows:
    """The rows of one body on their way to series. `columns` loses what is understood; `textual` marks rows to keep."""

    def __init__(self, envelope: Envelope, table: _table.Table) -> None:
        self.table, self.count = table, len(table.rows)
        self.cells = dict(zip(table.header, table.columns, strict=True))
        self.columns = {name.lower(): column for name, column in self.cells.items()}
        self.textual = np.zeros(self.count, np.bool_)
        self.at, self.told = self._times(envelope.options.get("time", "").lower())
        # Only whose the rows are, and when they came; what they hold is in the table.
        nothing = np.zeros(self.count, np.int64)
        self.frames = Frames(b"", nothing, nothing, [envelope])

    def made(self) -> Made:
        result = self._long() if {"name", "value"} <= self.columns.keys() else self._wide()
        self.textual |= np.bincount(result.reading_frame, minlength=self.count) == 0
        if self.textual.any():
            kept = np.flatnonzero(self.textual)
            result.logs, result.log_frame = self._logs(kept), self.table.rows[kept]
        result.reading_frame = self.table.rows[result.reading_frame]
        return result

    def _times(self, wanted: str) -> tuple[I64, Mask]:
        name = next((name for name in (wanted, *_TIMES) if name in self.columns), None)
        if name is None:
            return np.zeros(self.count, np.int64), np.zeros(self.count, np.bool_)
        cells = self.columns.pop(name)
        whole = integers([cell.encode() for cell in cells])
        at, told = instants(cells) if whole is None else epochs(whole)
        self.textual |= ~told & _filled(cells)
        return at, told

    def _wide(self) -> Made:
        """A series per column."""
        frames, names, values = [], [], []
        shown = [name for name in self.cells if name.lower() in self.columns]
        for place, name in enumerate(shown):
            value, told = self._numbers(self.cells[name])
            frames.append(np.flatnonzero(told))
            names.append(np.full(len(frames[-1]), place))
            values.append(value[told])
        if not frames:
            return Made()
        labels = np.zeros(sum(map(len, frames)), np.int64)
        return self._series(
            np.concatenate(frames), (np.concatenate(names), shown), (labels, [()]), np.concatenate(values)
        )

    def _long(self) -> Made:
        """A series per name. What columns other than labels and units hold keeps the row as a log record."""
        label, sets = self._labels()
        names, units = self.columns.pop("name"), self.columns.pop("unit", ())
        value, told = self._numbers(self.columns.pop("value"))
        for cells in self.columns.values():
            self.textual |= _filled(cells)
        good = [name for name in dict.fromkeys(names) if 0 < len(name) <= _names.LONGEST_NAME]
        places = dict(zip(good, range(len(good)), strict=True))
        name = np.fromiter((places.get(name, -1) for name in names), np.int64, self.count)
        fits = (name >= 0) & (label >= 0)
        self.textual |= ~fits
        where = np.flatnonzero(told & fits)
        result = self._series(where, (name[where], good), (label[where], sets), value[where])
        result.units = _names.units(set(zip(names, units, strict=False)))
        return result

    def _labels(self) -> tuple[I64, list[Labels]]:
        """The label set of each row, -1 where there can be none, out of the columns `labels` (JSON) and `node`."""
        nothing = ("",) * self.count
        pairs = list(zip(self.columns.pop("labels", nothing), self.columns.pop("node", nothing), strict=True))
        sets: dict[Labels, int] = {}
        places = {}
        for pair in set(pairs):
            try:
                found = msgspec.json.decode(pair[0] or "{}", type=dict[str, str])
                labels = _names.labels(found | {"node": pair[1]})
                places[pair] = sets.setdefault(labels, len(sets))
            except (msgspec.MsgspecError, Undecodable):
                places[pair] = -1
        return np.fromiter(map(places.__getitem__, pairs), np.int64, self.count), list(sets)

    def _numbers(self, cells: tuple[str, ...]) -> tuple[F64, Mask]:
        """A column's numbers and where there is one; where there is something else the row is kept."""
        joined = "\n".join(cells)
        if self.table.delimiter == ";":
            joined = joined.replace(",", ".")
        raw = joined.encode().split(b"\n") if "\n" not in "".join(cells) else [cell.encode() for cell in cells]
        value = numbers(raw)
        if value is not None:
            return value, np.ones(self.count, np.bool_)
        some = [number(cell) for cell in raw]
        told = np.array([one is not None for one in some], np.bool_)
        self.textual |= ~told & _filled(cells)
        return np.array([one or 0.0 for one in some], np.float64), told

    def _series(self, frame: I64, name: tuple[I64, list[str]], label: tuple[I64, list[Labels]], value: F64) -> Made:
        order = np.argsort(frame, kind="stable")
        frame, value = frame[order], value[order]
        names, sets = name[1], label[1]

        def keys(nodes: I64, codes: I64) -> list[SeriesKey]:
            pairs = [divmod(code, len(sets)) for code in codes.tolist()]
            return [SeriesKey(node, names[n], sets[s]) for node, (n, s) in zip(nodes.tolist(), pairs, strict=True)]

        code = (name[0] * len(sets) + label[0])[order]
        series = keyed(self.frames, frame, code, len(names) * len(sets), keys)
        return rows(*series, timed(self.frames, frame, self.at[frame], self.told[frame]), value, frame)

    def _logs(self, kept: I64) -> Logs:
        received = self.frames.received()[kept]
        at = np.where(self.told[kept], self.at[kept], received)
        node = self.frames.node()[kept].tolist()
        small = {name.lower(): column for name, column in self.cells.items()}
        level = next((small[name] for name in _LEVELS if name in small), None)
        message = next((small[name] for name in _MESSAGES if name in small), None)
        header, columns = list(self.cells), list(self.cells.values())
        logs = []
        for row, moment, seen, owner in zip(kept.tolist(), at.tolist(), received.tolist(), node, strict=True):
            cells = [column[row] for column in columns]
            body = message[row] if message else self.table.delimiter.join(cells)
            attrs = msgspec.json.encode(dict(zip(header, cells, strict=True)))
            logs.append((moment, seen, owner, "", _severity.level(level[row] if level else None), body, attrs))
        return Logs.of(logs)


def _filled(cells: Sequence[str]) -> Mask:
    return np.array([cell.strip().lower() not in _EMPTY for cell in cells], np.bool_)
