"""How bad a log line is: a level named by the sender, or one recognised near the start of the line.

Words are found for a whole chunk at once in NumPy. What is not recognised is INFO; nothing here is ever an error.
"""

from __future__ import annotations

import numpy as np

from wacket.formats._frames import Frames
from wacket.records import DEBUG, ERROR, FATAL, I64, INFO, TRACE, U8, WARN

_WINDOW = 48  # bytes of a line that are looked at: time, host and program come before the level, the message after it
_PAD = 16
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

# Two tables of words by their first two letters (the longer word first), each word cut to 8 bytes.
_NONE = 0
_WORDS = ["", *sorted(LEVELS, key=len, reverse=True)]
_VALUE = np.array([int.from_bytes(word.encode()[:8], "little") for word in _WORDS], np.uint64)
_MASK = np.array([int.from_bytes(b"\xff" * min(len(word), 8), "little") for word in _WORDS], np.uint64)
_LENGTH = np.array([len(word) for word in _WORDS], np.int64)
_LEVEL = np.array([INFO, *(LEVELS[word] for word in _WORDS[1:])], np.uint8)
_LOWER = np.uint64(0x2020202020202020)
_SETTERS = np.zeros(256, np.bool_)
_SETTERS[list(b"=[<(|\"'")] = True  # before a level in small letters: level=warn, [warn]
_CLOSERS = np.zeros(256, np.bool_)
_CLOSERS[list(b":]>)|")] = True


def _tables() -> tuple[U8, U8]:
    first, second = np.zeros(65536, np.uint8), np.zeros(65536, np.uint8)
    for place, word in enumerate(_WORDS):
        if word:
            pair = word.encode()[0] | word.encode()[1] << 8
            (second if first[pair] else first)[pair] = place
    return first, second


_FIRST, _SECOND = _tables()


def level(word: object) -> int:
    """The severity that a sender named, by word or as a number from 1 to 24; INFO if it is neither."""
    if isinstance(word, str):
        return LEVELS.get(word.strip().lower(), INFO)
    if isinstance(word, int | float) and not isinstance(word, bool) and 1 <= word <= 24:
        return int(word)
    return INFO


def of_lines(frames: Frames) -> U8:
    """The first level word in the first 48 bytes of each line; small letters count only beside a `:`, `=` or bracket."""
    severity = np.full(len(frames), INFO, np.uint8)
    raw = np.frombuffer(b"".join((b"\n", frames.data, b"\n" * (_WINDOW + _PAD))), np.uint8)
    starts, ends = frames.starts, frames.ends
    for first in range(0, len(frames), _BLOCK):
        part = slice(first, first + _BLOCK)
        _mark(raw, starts[part], ends[part], severity[part])
    return severity


def _mark(raw: U8, starts: I64, ends: I64, severity: U8) -> None:
    """`raw` begins one byte before the lines do, so that each has a byte before it."""
    heads = np.ndarray((len(raw) - _WINDOW,), f"V{_WINDOW + 1}", raw.data, strides=(1,))[starts]
    letters = ((heads.view(np.uint8) | np.uint8(0x20)) - np.uint8(97)) < 26
    begins = np.flatnonzero(letters[1:] & ~letters[:-1]) + 1
    row, column = np.divmod(begins, _WINDOW + 1)
    at = starts[row] + column
    # A begin in column 0 is the byte before the line; one beyond the end is the next line's.
    keep = np.flatnonzero((at <= ends[row]) & (column > 0))
    row, at = row[keep], at[keep]
    pairs = np.ndarray((len(raw) - 1,), "<u2", raw.data, strides=(1,))[at] | np.uint16(0x2020)
    for table in (_SECOND, _FIRST):
        word = table[pairs]
        some = np.flatnonzero(word)
        hit = some[_is_word(raw, at[some], word[some])]
        # Backwards, so that the first level of a line is written last and stays.
        severity[row[hit][::-1]] = _LEVEL[word[hit]][::-1]


def _is_word(raw: U8, at: I64, word: U8) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    windows = np.ndarray((len(raw) - 8,), "<u8", raw.data, strides=(1,))[at].astype(np.uint64)
    mask = _MASK[word]
    same = ((windows | _LOWER) & mask) == _VALUE[word]
    after, before = raw[at + _LENGTH[word]], raw[at - 1]
    ended = ((after | np.uint8(0x20)) - np.uint8(97) >= 26) & (after - np.uint8(48) >= 10) & (after != ord("_"))
    capitals = (windows & _LOWER & mask) == 0
    return same & ended & (capitals | _CLOSERS[after] | _SETTERS[before])
