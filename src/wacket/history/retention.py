"""How long things are kept: which segments have expired, whole or in part, by the rules for their series.

A file whose rows have all expired is simply dropped. One in which a good part has expired (an eighth, or all rows of
the strictest rule) is written again without them; less than that stays until more has expired, so nothing is written
over and over for a few rows. Pure but for `rewrite`; deletes nothing and changes no manifest.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from wacket.history import segments
from wacket.history.sealer import Number
from wacket.history.segments import quoted
from wacket.history.shapes import LOGS, READINGS, ROLLUPS, RetentionRule, Segment
from wacket.settings import History as Limits

_DAY = 86_400_000_000
_SHARE = 8  # rewrite when one row in so many has expired
_ZSTD = 9
NEVER = -(1 << 62)


class Cutoffs(NamedTuple):
    """Rows before a cutoff have expired. `others` is for every series that is in no set of `named`."""

    named: tuple[tuple[frozenset[int], int], ...]
    others: int

    def of(self, segment: Segment) -> list[int]:
        """The cutoffs that may matter for the rows of a segment; `others` always may."""
        low, high = segment.series_min, segment.series_max
        return [
            *(cutoff for ids, cutoff in self.named if any(low <= number <= high for number in ids)),
            self.others,
        ]


def cutoffs(kind: str, rules: Sequence[RetentionRule], limits: Limits, now: int) -> Cutoffs:
    """What the rules mean for one kind of segment at `now`. The first rule that names a series counts."""
    if kind == LOGS:
        return Cutoffs((), _cutoff(limits.logs_days, now))
    raw = kind == READINGS
    now -= ROLLUPS.get(kind, 0)  # a bucket expires when its last reading does
    named: list[tuple[frozenset[int], int]] = []
    taken: frozenset[int] = frozenset()
    others = _cutoff(limits.readings_days if raw else limits.rollup_days, now)
    for rule in rules:
        cutoff = _cutoff(rule.readings_days if raw else rule.rollup_days, now)
        if rule.series_ids is None:
            others = cutoff
            continue
        named.append((rule.series_ids - taken, cutoff))
        taken |= rule.series_ids
    return Cutoffs(tuple(named), others)


def _cutoff(days: float, now: int) -> int:
    return now - int(days * _DAY) if days > 0 else NEVER


def expired(segment: Segment, limits: Cutoffs) -> bool:
    """All rows of it have expired."""
    return segment.t_max < min(limits.of(segment))


def touched(segment: Segment, limits: Cutoffs) -> bool:
    """Some rows of it may have expired."""
    return segment.t_min < max(limits.of(segment))


def rewrite(segment: Segment, limits: Cutoffs, folder: Path, number: Number) -> Segment | None:
    """The segment without its expired rows, or the same segment when too few have expired; None: no row is left.

    Raises duckdb.Error or OSError; then no file is left behind.
    """
    column = '"at"' if segment.kind in (READINGS, LOGS) else "bucket"
    source = f"read_parquet({quoted(segment.path)})"
    condition = f"{column} >= {_limit_sql(limits)}"
    strictest = max(limits.of(segment))
    with segments.engine(folder) as connection:
        found = connection.execute(
            f"select count(*), epoch_us(min({column})), epoch_us(max({column})) from {source} where {condition}"
        ).fetchone()
        rows, t_min, t_max = found or (0, None, None)
        if not rows:
            return None
        gone = segment.rows - int(rows)
        if not gone or (gone * _SHARE < segment.rows and segment.t_max >= strictest):
            return segment
        planned = segment._replace(id=number(), t_min=int(t_min), t_max=int(t_max))
        return segments.write(connection, f"select * from {source} where {condition}", planned, folder, _ZSTD)


def _limit_sql(limits: Cutoffs) -> str:
    cases = [
        f"when series in ({','.join(map(str, sorted(ids)))}) then {_time_sql(cutoff)}"
        for ids, cutoff in limits.named
        if ids
    ]
    others = _time_sql(limits.others)
    return f"case {' '.join(cases)} else {others} end" if cases else others


def _time_sql(cutoff: int) -> str:
    return f"make_timestamp({cutoff}::bigint)" if cutoff != NEVER else "'-infinity'::timestamp"
