"""Makes journal rows of batches: as few as possible, since each costs the same however small. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wacket.history import codec
from wacket.history.journal import Row
from wacket.history.shapes import LOGS, MOST_ROWS, READINGS, ROW_BITS
from wacket.records import Batch, Logs, Readings


class Packed(NamedTuple):
    """A journal row and what stands in it."""

    row: Row
    batch: Batch


def pack(batches: Sequence[Batch], number: int, now: int) -> tuple[list[Packed], list[int]]:
    """(rows numbered from `number` on, the id of the first row of each batch). Batches of one kind share rows."""
    groups: list[tuple[str, list[int]]] = []
    current: dict[str, tuple[list[int], int]] = {}  # kind -> (its last group, rows in it)
    for place, batch in enumerate(batches):
        size = batch.rows
        if size > MOST_ROWS:
            raise ValueError(f"a batch of {size} rows; at most {MOST_ROWS} fit")
        kind = READINGS if batch.readings is not None else LOGS
        group, rows = current.get(kind, ([], MOST_ROWS))
        if rows + size > MOST_ROWS or not group:
            group, rows = [], 0
            groups.append((kind, group))
        group.append(place)
        current[kind] = (group, rows + size)
    packed, ids = [], [0] * len(batches)
    for row, (kind, group) in enumerate(groups, number):
        offset = 0
        for place in group:
            ids[place] = (row << ROW_BITS) + offset
            offset += batches[place].rows
        if offset:
            joined = _joined([batches[place] for place in group])
            packed.append(Packed(_row(row, kind, joined, offset, now), joined))
    return packed, ids


def _joined(batches: Sequence[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    if batches[0].readings is not None:
        return Batch(readings=Readings.concat([b.readings for b in batches if b.readings is not None]))
    return Batch(logs=codec.join_logs([b.logs for b in batches if b.logs is not None]))


def _row(number: int, kind: str, batch: Batch, rows: int, now: int) -> Row:
    at = (batch.readings or batch.logs or Logs.empty()).at
    return Row(number, kind, rows, int(at.min()), int(at.max()), now, codec.encode(batch))
