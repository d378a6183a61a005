"""The shapes that history's parts and its readers share. No input, no output, no behaviour beyond that.

Times are microseconds since 1970 UTC. A `View` names every file and every row in memory that together are the whole
history at one moment: a reading is in exactly one of `readings` and `tail_readings`, never in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

READINGS, LOGS = "readings", "logs"
ROLLUPS: Mapping[str, int] = {
    "1m": 60_000_000,
    "1h": 3_600_000_000,
    "1d": 86_400_000_000,
}  # kind -> bucket width
KINDS = (READINGS, *ROLLUPS, LOGS)

ROW_BITS = 20
MOST_ROWS = 1 << ROW_BITS  # of one batch; the id of a log line is (journal row << ROW_BITS) + place in the batch


class Mark(NamedTuple):
    """What is known of one sender's numbering: sorted, non-touching, inclusive ranges of one (source, epoch).

    One without ranges, given to the journal, takes away what is there of its (source, epoch).
    """

    source: str
    epoch: str
    ranges: tuple[tuple[int, int], ...]


class StoredReceipt(NamedTuple):
    """An answer that must be given again when the same key comes again. `at` is when it was first given."""

    source: str
    key: str
    body: bytes
    at: int


class RetentionRule(NamedTuple):
    """How long some series are kept; days of 0 mean for ever. `series_ids` None is for all that no rule names.

    Where several rules name a series the first one counts.
    """

    series_ids: frozenset[int] | None
    readings_days: float
    rollup_days: float


class Segment(NamedTuple):
    """One immutable Parquet file. `t_min` and `t_max` are inclusive (roll-ups: of the bucket starts).

    `series_min` and `series_max` are node ids where the kind is logs. `first` and `last` are the journal rows that the
    file grew out of; `crc` is the crc32 of the whole file.
    """

    path: str  # absolute
    kind: str  # one of KINDS
    level: int  # 0 as sealed; compaction makes higher ones
    t_min: int
    t_max: int
    series_min: int
    series_max: int
    rows: int
    bytes: int
    id: int = 0
    crc: int = 0
    first: int = 0
    last: int = 0


class Damage(NamedTuple):
    """Something that could not be read back as it was written: what, why, and what was in it as far as is known."""

    path: str
    kind: str
    t_min: int
    t_max: int
    rows: int
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class View:
    """The whole history at one moment; hold it only while a question runs, since it keeps files from being removed.

    The tails are `arro3.core.Table`s with the columns and types of the Parquet files (None when nothing is in them), in
    order of arrival. Segments of one kind stand in order of arrival too (by `first`); within a readings segment equal
    (series, at) keep that order. Logs are sorted by (at, id), and their `observed_at` is NULL where it equals `at`.

    Roll-ups say nothing of the tail. A bucket may have several rows, in one file or several: add `count` and `sum`,
    take the least `min`, the greatest `max`, `first` where `t_first` is least, `last` where `t_last` is greatest.
    `rise` is the sum of the increases inside one row; rollups.weave joins those of several rows, of one bucket or of
    neighbouring ones. Readings that are NaN are in `readings` but in no roll-up.
    """

    readings: tuple[Segment, ...] = ()
    rollups: Mapping[str, tuple[Segment, ...]] = field(default_factory=dict)
    logs: tuple[Segment, ...] = ()
    tail_readings: Any | None = None
    tail_logs: Any | None = None
