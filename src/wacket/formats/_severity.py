"""How bad a log line is: a level named by the sender, or one recognised near the start of the line.

Words are found for a whole chunk at once in NumPy. What is not recognised is INFO; nothing here is ever an error.
"""

from __future__ import annotations

import numpy as np

from wacket.formats._frames import Frames
from wacket.records import DEBUG, ERROR, FATAL, I64, INFO, TRACE, U8, WARN

_WINDOW = 48  # bytes of a line that are looked at: time, host and program come before the level, the message after it
_BLOCK = 2048  # lines at a time: what is made on the way stays in the processor's cache

LEVELS = {
    "trace": TRACE,
    "debug": DEBUG,
    "info": INFO,
    "information": INFO,
    "notice": INFO + 1,
    "warn": WARN,
    "warning": WARN,
    "err": ERROR,
    "error": ERROR,
    "severe": ERROR,
    "crit": ERROR + 1,
    "critical": ERROR + 1,
    "alert": ERROR + 2,
    "fatal": FATAL,
    "panic": FATAL,
    "emerg": FATAL,
    "emergency": FATAL,
}

# What a level word begins with; no two begin with the same two letters, so these find the one to compare with.
_HEADS = (
    b"",
    b"trace",
    b"debug",
    b"info",
    b"notic",
    b"warn",
    b"err",
    b"sever",
    b"crit",
    b"alert",
    b"fatal",
    b"panic",
    b"emerg",
)
_GIVES = (INFO, TRACE, DEBUG, INFO, INFO + 1, WARN, ERROR, ERROR, ERROR + 1, ERROR + 2, FATAL, FATAL, FATAL)
_LEVEL = np.array(_GIVES, np.uint8)
_VALUE = np.array([int.from_bytes(head, "little") for head in _HEADS], np.uint64)
_MASK = np.array([(1 << 8 * len(head)) - 1 for head in _HEADS], np.uint64)
_SMALL = np.uint64(0x2020202020202020)
_BY_PAIR = np.zeros(65536, np.uint8)
_BY_PAIR[[int.from_bytes(head[:2], "little") for head in _HEADS[1:]]] = range(1, len(_HEADS))


def level(word: object) -> int:
    """The severity that a sender named, by word or as a number from 1 to 24; INFO if it is neither."""
    if isinstance(word, str):
        return LEVELS.get(word.strip().lower(), INFO)
    if isinstance(word, int | float) and not isinstance(word, bool) and 1 <= word <= 24:
        return int(word)
    return INFO


def of_lines(frames: Frames) -> U8:
    """The first level word in the first 48 bytes of each line.

    Levels are words in capitals anywhere there, and in any letters at the start of the line or after `[` or `=`;
    what follows in the same word does not count, so that WARN and WARNING are one.
    """
    severity = np.full(len(frames), INFO, np.uint8)
    raw, starts, ends = frames.raw, frames.starts, frames.ends
    # The first line has no byte before it and the last ones not enough behind them: those are looked at in a copy.
    late = int(np.searchsorted(starts, len(raw) - _WINDOW - 8))
    for first in range(1, late, _BLOCK):
        part = slice(first, min(first + _BLOCK, late))
        _mark(raw, starts[part], ends[part], severity[part])
    for part in (slice(0, 1), slice(max(late, 1), None)):
        if not len(starts[part]):
            continue
        base = int(starts[part][0])
        copy = frames.data[base : int(ends[part][-1])]
        padded = np.frombuffer(b"".join((b"\n", copy, b"\n" * (_WINDOW + 8))), np.uint8)
        _mark(padded, starts[part] + (1 - base), ends[part] + (1 - base), severity[part])
    return severity


def _mark(raw: U8, starts: I64, ends: I64, severity: U8) -> None:
    """Writes the severities of the lines. Looks at the words that begin where a level may, none other."""
    width = _WINDOW + 1
    heads = np.ndarray((len(raw) - width + 1,), f"V{width}", raw.data, strides=(1,))[starts - 1].view(np.uint8)
    capital = (heads - np.uint8(65)) < 26
    begin = capital[1:-1] & capital[2:]
    begin &= ~capital[:-2]
    begin |= ((heads == ord("=")) | (heads == ord("[")))[:-2]
    begin[::width] = True
    place = np.flatnonzero(begin)
    row, column = np.divmod(place, width)
    at = starts[row] + column
    word = _BY_PAIR[np.ndarray((len(raw) - 1,), "<u2", raw.data, strides=(1,))[at] | np.uint16(0x2020)]
    some = np.flatnonzero(word)
    row, at, word = row[some], at[some], word[some]
    windows = np.ndarray((len(raw) - 7,), "<u8", raw.data, strides=(1,))[at] | _SMALL
    hit = ((windows & _MASK[word]) == _VALUE[word]) & (at < ends[row])
    # Backwards, so that the first level of a line is written last and stays.
    severity[row[hit][::-1]] = _LEVEL[word[hit]][::-1]
