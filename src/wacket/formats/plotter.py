"""The serial-plotter habit: `name:value name:value`, also `name=value`, parted by blanks, tabs or commas.

A value that is no finite number (a failed sensor prints `nan`) keeps the line as a log record beside its other values.
Knows no units and no times: the time is the hub's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from wacket.formats import text
from wacket.formats._frames import Frames, Made, keyed, rows, timed
from wacket.formats._frames import decode as decode_frames
from wacket.formats._merge import merge
from wacket.formats._numbers import number, numbers
from wacket.formats._pairs import pairs
from wacket.formats._words import Words
from wacket.records import F64, I64, Decoded, Envelope, SeriesKey

SUMMARY = "Lines of `name:value name:value` or `name=value`, as boards print for a serial plotter."
MEDIA_TYPES = ("text/plain",)

_NAME = re.compile(rb"[A-Za-z_\x80-\xff][^\s:=,;\"'{}<>]{0,127}+")
_NUMBER = rb"[+-]?(?:(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:e[+-]?[0-9]++)?+|nan|inf(?:inity)?+)|ovf"  # ovf: Arduino's inf
_ITEM = re.compile(rb"(" + _NAME.pattern + rb")[ \t]*+[:=][ \t]*+(" + _NUMBER + rb")", re.I)
_GAP = re.compile(rb"[ \t]*+(?:,[ \t]*+|(?<=[ \t])|\Z)")
_CANONICAL = bytes.maketrans(b": \t,", b"=,,,")


def decode(envelopes: Sequence[Envelope]) -> Decoded:
    return decode_frames(envelopes, made)


def made(frames: Frames) -> Made:
    part = _together(frames)
    if part is not None:
        return part
    regular = _regular(frames)
    part = _together(frames.pick(regular)) if regular.any() else Made()
    if part is None:
        return _one_by_one(frames)
    rest = _one_by_one(frames.pick(~regular))
    return merge([(part, np.flatnonzero(regular)), (rest, np.flatnonzero(~regular))])


def _regular(frames: Frames) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The lines in which names and values take turns, with one mark between any two."""
    raw = np.frombuffer(frames.data.translate(_CANONICAL), np.uint8)
    marks = np.flatnonzero((raw == ord("=")) | (raw == ord(",")) | (raw == ord("\n")))
    line = np.searchsorted(frames.ends, marks)
    turn = np.arange(len(marks)) - np.searchsorted(marks, frames.starts)[line]
    regular = np.ones(len(frames), np.bool_)
    regular[line[(raw[marks] == ord("=")) != (turn % 2 == 0)]] = False
    return regular


def _together(frames: Frames) -> Made | None:
    words = Words(frames.data.translate(_CANONICAL))
    marks = words.places(b"=,\n")
    last = np.flatnonzero(words.raw[marks] == ord("\n"))
    found = pairs(words, marks, np.concatenate(([0], last[:-1] + 1)), last, numbers)
    if found is None or not all(map(_NAME.fullmatch, found.names)):
        return None
    frame = np.repeat(np.arange(len(frames)), found.counts)
    return _readings(frames, frame, found.names, found.name, found.value)


def _readings(frames: Frames, frame: I64, names: list[bytes], name: I64, value: F64) -> Made:
    texts = [raw.decode("utf-8", "replace") for raw in names]

    def keys(nodes: I64, places: I64) -> list[SeriesKey]:
        return [SeriesKey(node, texts[place]) for node, place in zip(nodes.tolist(), places.tolist(), strict=True)]

    return rows(*keyed(frames, frame, name, len(names), keys), timed(frames, frame, None), value, frame)


def _one_by_one(frames: Frames) -> Made:
    names: dict[bytes, int] = {}
    found: list[tuple[int, int, float]] = []
    refused: dict[int, str] = {}
    kept = np.zeros(len(frames), np.bool_)
    for frame, line in enumerate(frames.lines()):
        items = _items(line)
        if items is None:
            refused[frame] = "expected name:value name:value, or name=value"
            continue
        for name, cell in items:
            value = number(cell)
            if value is None:
                kept[frame] = True
            else:
                found.append((frame, names.setdefault(name, len(names)), value))
    result = Made()
    if found:
        frame_of, name_of, values = zip(*found, strict=True)
        columns = (
            np.array(frame_of, np.int64),
            list(names),
            np.array(name_of, np.int64),
            np.array(values, np.float64),
        )
        result = _readings(frames, *columns)
    if kept.any():
        result.logs, result.log_frame = text.made(frames.pick(kept)).logs, np.flatnonzero(kept)
    result.refused = refused
    return result


def _items(line: bytes) -> list[tuple[bytes, bytes]] | None:
    line, place, items = line.strip(), 0, []
    while place < len(line):
        item = _ITEM.match(line, place)
        gap = item and _GAP.match(line, item.end())
        if item is None or gap is None:
            return None
        items.append((item[1], item[2]))
        place = gap.end()
    return items
