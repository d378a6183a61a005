"""Parts of one run of frames, decoded in different ways, put together again in the order of the frames."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wacket.formats._frames import Made
from wacket.records import I64, Logs, Readings, StringColumn


def merge(parts: Sequence[tuple[Made, I64]]) -> Made:
    """Each part with the numbers that its frames have in the whole."""
    if len(parts) == 1 and not len(parts[0][0].log_frame) and not parts[0][0].refused:
        return parts[0][0]  # only ever so when the one part is the whole
    result = Made()
    readings, logs = [], []
    for part, numbers in parts:
        shift = np.uint32(len(result.keys))
        result.keys += part.keys
        result.units |= part.units
        result.refused |= {int(numbers[frame]): why for frame, why in part.refused.items()}
        old = part.readings
        if len(old):
            readings.append((Readings(old.series + shift, old.at, old.value, old.quality), numbers[part.reading_frame]))
        if len(part.logs):
            logs.append((part.logs, numbers[part.log_frame]))
    if readings:
        _order_readings(result, readings)
    if logs:
        _order_logs(result, logs)
    return result


def _order_readings(result: Made, parts: list[tuple[Readings, I64]]) -> None:
    result.readings = Readings.concat([part for part, _ in parts])
    result.reading_frame = np.concatenate([frame for _, frame in parts])
    if len(parts) > 1:
        order = np.argsort(result.reading_frame, kind="stable")
        old = result.readings
        result.readings = Readings(old.series[order], old.at[order], old.value[order], old.quality[order])
        result.reading_frame = result.reading_frame[order]


def _order_logs(result: Made, parts: list[tuple[Logs, I64]]) -> None:
    result.log_frame = np.concatenate([frame for _, frame in parts])
    if len(parts) == 1:
        result.logs = parts[0][0]
        return
    order = np.argsort(result.log_frame, kind="stable")
    old = [part for part, _ in parts]
    result.log_frame = result.log_frame[order]
    result.logs = Logs(
        np.concatenate([part.at for part in old])[order],
        np.concatenate([part.observed_at for part in old])[order],
        np.concatenate([part.node for part in old])[order],
        _strings([part.source for part in old], order),
        np.concatenate([part.severity for part in old])[order],
        _strings([part.body for part in old], order),
        _strings([part.attrs for part in old], order),
    )


def _strings(columns: list[StringColumn], order: I64) -> StringColumn:
    """The columns one behind the other, their rows in the given order."""
    if not any(column.offsets[-1] > column.offsets[0] for column in columns):
        return StringColumn.constant("", len(order))
    cells: list[bytes] = []
    for column in columns:
        ends = column.offsets.tolist()
        cells += map(column.data.__getitem__, map(slice, ends, ends[1:]))
    return StringColumn.of(map(cells.__getitem__, order.tolist()))
