"""The shapes that travel through the hub: columns of many rows, never one row at a time.

Times are whole microseconds since 1970-01-01 UTC (int64). Columns of one batch have equal length. Nothing here
does input, output or waiting, and nothing here knows where a batch goes next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

MILLISECOND = 1000  # µs
ROW_BYTES = 32  # of memory for a row of a batch, beside its texts


def arrival(now: int) -> int:
    """The time of arrival at `now`: whole milliseconds, since finer digits are noise that costs 2 bytes a reading."""
    return now // MILLISECOND * MILLISECOND


# Severity numbers are OpenTelemetry's (1-24); these are the first of each named range.
TRACE, DEBUG, INFO, WARN, ERROR, FATAL = 1, 5, 9, 13, 17, 21

# Quality bits of a reading. 0 means: the device said when, and nothing is doubtful.
HUB_TIME = 1  # the hub's clock at arrival stands in for a time that the sender did not give
SUSPECT = 8  # from a node that nobody has adopted yet

# The `source` of a log says where within its node it came from; these two are given by the hub alone.
REJECT_SOURCE = "wacket.reject"
ENERGY_SOURCE = "energy"


class SeriesKey(NamedTuple):
    """What makes a series itself. `labels` is sorted by name and free of duplicates."""

    node: int
    name: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StringColumn:
    """UTF-8 text of many rows, laid out as Arrow does: row i is data[offsets[i]:offsets[i + 1]].

    `data` is not copied; `offsets` is int32, one longer than the column.
    """

    data: bytes
    offsets: I32

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def of(cls, rows: Iterable[str | bytes]) -> StringColumn:
        """A column from Python strings; bytes must already be valid UTF-8."""
        raw = [row.encode("utf-8", "replace") if isinstance(row, str) else row for row in rows]
        offsets = np.zeros(len(raw) + 1, np.int32)
        np.cumsum(np.fromiter(map(len, raw), np.int32, len(raw)), out=offsets[1:])
        return cls(b"".join(raw), offsets)

    @classmethod
    def constant(cls, value: str, rows: int) -> StringColumn:
        """The same text in every row."""
        raw = value.encode("utf-8", "replace")
        return cls(raw * rows, np.arange(rows + 1, dtype=np.int32) * np.int32(len(raw)))

    @classmethod
    def concat(cls, parts: Sequence[StringColumn]) -> StringColumn:
        bases = np.cumsum([0, *(len(part.data) for part in parts)])
        shifted = [part.offsets[1:] + np.int32(base) for part, base in zip(parts, bases, strict=False)]
        return cls(b"".join(part.data for part in parts), np.concatenate([np.zeros(1, np.int32), *shifted]))

    def slice(self, start: int, stop: int) -> StringColumn:
        ends = self.offsets[start : stop + 1]
        return StringColumn(self.data[ends[0] : ends[-1]], ends - ends[0])

    def bytes_at(self, row: int) -> bytes:
        return bytes(self.data[self.offsets[row] : self.offsets[row + 1]])

    def to_list(self) -> list[str]:
        ends = self.offsets.tolist()
        data = self.data
        return [data[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class Readings:
    """Numbers. As a format returns them `series` indexes `Decoded.keys`; after intake it holds catalogue ids."""

    series: U32
    at: I64
    value: F64
    quality: U8

    def __len__(self) -> int:
        return len(self.at)

    def slice(self, start: int, stop: int) -> Readings:
        part = slice(start, stop)
        return Readings(self.series[part], self.at[part], self.value[part], self.quality[part])

    @classmethod
    def empty(cls) -> Readings:
        return cls(np.empty(0, np.uint32), np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.uint8))

    @classmethod
    def concat(cls, parts: Sequence[Readings]) -> Readings:
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls.empty()
        return cls(
            np.concatenate([p.series for p in parts]),
            np.concatenate([p.at for p in parts]),
            np.concatenate([p.value for p in parts]),
            np.concatenate([p.quality for p in parts]),
        )


@dataclass(frozen=True, slots=True)
class Logs:
    """Text and documents. `source` says where within the node it came from; `attrs` is a JSON object or empty."""

    at: I64
    observed_at: I64
    node: U32
    source: StringColumn
    severity: U8
    body: StringColumn
    attrs: StringColumn

    def __len__(self) -> int:
        return len(self.at)

    def slice(self, start: int, stop: int) -> Logs:
        part = slice(start, stop)
        return Logs(
            self.at[part],
            self.observed_at[part],
            self.node[part],
            self.source.slice(start, stop),
            self.severity[part],
            self.body.slice(start, stop),
            self.attrs.slice(start, stop),
        )

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, str, int, str | bytes, str | bytes]]) -> Logs:
        """From (at, observed_at, node, source, severity, body, attrs) tuples: for the formats that are not busy."""
        at, observed, node, source, severity, body, attrs = zip(*rows, strict=True) if rows else ((),) * 7
        return cls(
            np.array(at, np.int64),
            np.array(observed, np.int64),
            np.array(node, np.uint32),
            StringColumn.of(source),
            np.array(severity, np.uint8),
            StringColumn.of(body),
            StringColumn.of(attrs),
        )

    @classmethod
    def empty(cls) -> Logs:
        return cls.of(())

    @classmethod
    def concat(cls, parts: Sequence[Logs]) -> Logs:
        filled = [part for part in parts if len(part)]
        if len(filled) == 1:
            return filled[0]
        if not filled:
            return cls.empty()
        return cls(
            np.concatenate([p.at for p in filled]),
            np.concatenate([p.observed_at for p in filled]),
            np.concatenate([p.node for p in filled]),
            StringColumn.concat([p.source for p in filled]),
            np.concatenate([p.severity for p in filled]),
            StringColumn.concat([p.body for p in filled]),
            StringColumn.concat([p.attrs for p in filled]),
        )


class Reject(NamedTuple):
    """One frame that could not be understood: `offset` is its number in its envelope, counted from 0."""

    envelope: int  # index in the sequence of envelopes that was decoded
    offset: int
    reason: str
    excerpt: bytes = b""  # at most 256 bytes of what was sent


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a door took in: one or many whole frames of one node, and all that is known about how they came."""

    door: str
    peer: str
    node: int
    format: str
    received_at: int
    body: bytes
    options: Mapping[str, str] = field(default_factory=dict)  # what the request said: precision, time column …
    epoch: str | None = None  # with `sequence`: the sender numbers its frames
    sequence: int | None = None  # number of the first frame in `body`
    never: int | None = None  # `body` is empty: the frames from `sequence` to this one will never come
    key: str | None = None  # Idempotency-Key
    adopted: bool = True
    urgent: bool = True  # somebody waits for the receipt
    refusal: str | None = None  # the door refused this one frame, for this reason; `body` is the start of it


@dataclass(slots=True)
class Decoded:
    """What a format made of a sequence of envelopes. `frames[i]` counts the frames of envelope i, rejects included.

    `units` gives the unit of a series name where the format knows it. One frame may give many readings and a log.
    """

    frames: list[int]
    keys: list[SeriesKey] = field(default_factory=list)
    readings: Readings = field(default_factory=Readings.empty)
    logs: Logs = field(default_factory=Logs.empty)
    rejects: list[Reject] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)


class Receipt(NamedTuple):
    """The hub's answer once everything accepted is on disk: frames stored and refused, and why."""

    stored: int
    rejected: int
    rejects: tuple[Reject, ...] = ()
    duplicates: int = 0  # frames known already by their sequence or key; they count as stored
    sequence: int | None = None  # the number of the last of these frames, where the sender numbers them


@dataclass(frozen=True, slots=True)
class Batch:
    """What the journal takes as one row, all ids global. Exactly one of the two is not None."""

    readings: Readings | None = None
    logs: Logs | None = None

    @property
    def rows(self) -> int:
        return len(self.readings if self.readings is not None else self.logs or ())

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        logs = self.logs
        texts = sum(len(column.data) for column in (logs.source, logs.body, logs.attrs)) if logs is not None else 0
        return self.rows * ROW_BYTES + texts


class Series(NamedTuple):
    """A catalogue entry as people see it."""

    id: int
    node: int
    node_name: str
    name: str
    labels: dict[str, str]
    unit: str
    adopted: bool = True


Statistics = dict[str, Any]
