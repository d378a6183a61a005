"""PURE: draws series as text, eight dots to a character (braille), or in ASCII for pipes.

A column of dots shows everything that lies in its span of time as one bar from lowest to highest, so that a
single spike is seen at any width. Knows nothing of the hub, the terminal or colours.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

Point = tuple[int, float]  # µs since 1970, value
BRAILLE = 0x2800
# Dot bits of a braille cell by [row][column].
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


class Band(NamedTuple):
    """What one column of dots shows: the lowest and highest value in its span, and the last one."""

    low: float
    high: float
    last: float


def bands(points: Iterable[Point], columns: int, since: int, until: int) -> list[Band | None]:
    """`points` gathered into `columns` equal spans of [since, until]; None where there is nothing."""
    gathered: list[Band | None] = [None] * columns
    span = max(1, until - since)
    for at, value in points:
        if value is None or not math.isfinite(value) or not since <= at <= until:
            continue
        column = min(columns - 1, (at - since) * columns // span)
        had = gathered[column]
        gathered[column] = Band(min(had.low, value), max(had.high, value), value) if had else Band(value, value, value)
    return gathered


def chart(points: Sequence[Point], width: int, height: int, ascii_only: bool = False) -> list[str]:
    """A chart of `width` × `height` characters with its axes; points are in order of time. Empty for no
    points.
    """
    known = [(at, value) for at, value in points if value is not None and math.isfinite(value)]
    if not known:
        return []
    since, until = known[0][0], known[-1][0]
    low, high = min(value for _, value in known), max(value for _, value in known)
    labels = [short(high), short((low + high) / 2), short(low)]
    margin = max(map(len, labels)) + 1
    inner = max(30, width) - margin - 1
    draw = _ascii if ascii_only else _braille
    body = draw(known, inner, height, low, high)
    named = {0: labels[0], height // 2: labels[1], height - 1: labels[2]}
    axis = "+" if ascii_only else "┤"
    lines = [f"{named.get(row, ''):>{margin - 1}} {axis}{text}" for row, text in enumerate(body)]
    left, right = clock(since, until - since), clock(until, until - since)
    gap = max(1, inner - len(left) - len(right))
    return [*lines, " " * (margin + 1) + left + " " * gap + right]


def short(value: float) -> str:
    """A label of few characters: 21.4, 1.25e+06."""
    return f"{value:.4g}"


def clock(at: int, span: int) -> str:
    """A time on the axis, in UTC: with the date where the span needs it, with seconds where it is short."""
    moment = datetime.fromtimestamp(at / 1_000_000, UTC)
    if span > 3 * 86_400_000_000:
        return moment.strftime("%Y-%m-%d %H:%MZ")
    return moment.strftime("%H:%MZ" if span > 3_600_000_000 else "%H:%M:%SZ")


def _braille(points: list[Point], width: int, height: int, low: float, high: float) -> list[str]:
    cells = [[0] * width for _ in range(height)]
    for column, top, bottom in _strokes(bands(points, width * 2, points[0][0], points[-1][0]), height * 4, low, high):
        for row in range(top, bottom + 1):
            cells[row // 4][column // 2] |= DOTS[row % 4][column % 2]
    return ["".join(chr(BRAILLE + cell) if cell else " " for cell in row).rstrip() for row in cells]


def _ascii(points: list[Point], width: int, height: int, low: float, high: float) -> list[str]:
    cells = [[" "] * width for _ in range(height)]
    for column, top, bottom in _strokes(bands(points, width, points[0][0], points[-1][0]), height, low, high):
        for row in range(top, bottom + 1):
            cells[row][column] = "*" if top == bottom else "|"
    return ["".join(row).rstrip() for row in cells]


def _strokes(columns: list[Band | None], rows: int, low: float, high: float) -> Iterable[tuple[int, int, int]]:
    """(column, top row, bottom row) of every bar, row 0 on top; each bar is drawn to meet the one before
    it.
    """
    scale = (rows - 1) / ((high - low) or 1.0)
    flat = high == low
    before: Band | None = None
    for column, band in enumerate(columns):
        if band is None:
            continue
        bottom, top = band.low, band.high
        if before is not None:
            bottom, top = min(bottom, before.last), max(top, before.last)
        middle = (rows - 1) // 2
        yield (
            (column, middle, middle)
            if flat
            else (column, rows - 1 - round((top - low) * scale), rows - 1 - round((bottom - low) * scale))
        )
        before = band
