"""Columns of number texts into float64, whole columns at a time. Takes decimal numbers only, and only finite ones."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from wacket.records import F64, I64

_floats = msgspec.json.Decoder(list[float])
_POWERS = 10.0 ** np.arange(9, -1, -1)


def number(cell: bytes) -> float | None:
    """One cell, by the same rule as `numbers`."""
    if b"_" in cell:  # Python would take 1_000
        return None
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def numbers(cells: Sequence[bytes]) -> F64 | None:
    """Every cell as a number, or None if any of them is not one. No cell may hold a comma."""
    text, count = b",".join(cells), len(cells)
    try:
        # JSON's numbers are the usual case and are read three times faster than through float().
        values = np.array(_floats.decode(b"[" + text + b"]"), np.float64)
        if len(values) == count:
            return values
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    if b"_" in text:
        return None
    try:
        values = np.array(list(map(float, text.split(b","))), np.float64)
    except ValueError:
        return None
    return values if len(values) == count and bool(np.isfinite(values).all()) else None


def integers(cells: Sequence[bytes]) -> I64 | None:
    """Every cell as a whole number that int64 holds, or None if any of them is not one."""
    widths = set(map(len, cells))
    if len(widths) == 1 and 1 <= (width := widths.pop()) <= 19:
        return _same_width(b"".join(cells), width)
    if b"_" in b"".join(cells):
        return None
    try:
        return np.array(list(map(int, cells)), np.int64)
    except (ValueError, OverflowError):
        return None


def _same_width(text: bytes, width: int) -> I64 | None:
    """Time stamps mostly have one width: their digits are a matrix, and two products with powers of ten are exact."""
    digits = np.frombuffer(text, np.uint8).reshape(-1, width) - np.uint8(48)
    if digits.max(initial=0) > 9:
        cells = [text[at : at + width] for at in range(0, len(text), width)]
        try:
            return None if b"_" in text else np.array(list(map(int, cells)), np.int64)
        except (ValueError, OverflowError):
            return None
    low = digits[:, -9:].astype(np.float64) @ _POWERS[-min(width, 9) :]
    if width <= 9:
        return low.astype(np.int64)
    high = digits[:, :-9].astype(np.float64) @ _POWERS[-(width - 9) :]
    if high.max(initial=0) >= 9_223_372_036:  # near the end of int64; no time stamp comes here
        return None
    return high.astype(np.int64) * 10**9 + low.astype(np.int64)
