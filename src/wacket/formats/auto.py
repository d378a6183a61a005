"""Tells line by line what a sender speaks: JSON object, `name:value`, energy event, else a text log line.

Lines are sorted by a look at a few of their bytes, all at once; what then turns out to be none of these is a text line
after all, so nothing is refused here. The order of one node's rows is the order of its lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from wacket.formats import energy, ndjson, plotter, text
from wacket.formats._frames import Frames, Made, Mask
from wacket.formats._frames import decode as decode_frames
from wacket.formats._merge import merge
from wacket.records import I64, Decoded, Envelope

SUMMARY = "Recognises each line by itself: JSON object, name:value pairs, energy event, or text."
MEDIA_TYPES = ("application/octet-stream",)

# An event begins with a section of which the first item is a pair or a number, and has a semicolon behind it.
_EVENT = re.compile(
    rb"\s*+[A-Za-z][^;:=]{0,63}+:\s*+(?:[A-Za-z][^;:=]{0,63}+=[^;:=]{0,63}+|[+-]?[0-9][0-9.,]*+\s*+[A-Za-z]{0,3}+|"
    rb"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T ]++[0-9:.]++)\s*+(?:;|\Z)"
)

_TEXT, _JSON, _PLOTTER, _ENERGY = range(4)
_DECODERS: dict[int, Callable[[Frames], Made]] = {
    _JSON: ndjson.made,
    _PLOTTER: plotter.made,
    _ENERGY: energy.made,
}

_NUMERIC = np.zeros(256, np.bool_)
_NUMERIC[list(b"0123456789+-.nNiI")] = True  # n and i: nan and inf
_NAME = np.zeros(256, np.bool_)
_NAME[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")] = True
_NAME[128:] = True


def decode(envelopes: Sequence[Envelope]) -> Decoded:
    return decode_frames(envelopes, made)


def made(frames: Frames) -> Made:
    kind = _kinds(frames)
    parts: list[tuple[Made, I64]] = []
    plain = kind == _TEXT
    for number, decoder in _DECODERS.items():
        wanted = kind == number
        if not wanted.any():
            continue
        part, places = decoder(frames.pick(wanted)), np.flatnonzero(wanted)
        plain[places[list(part.refused)]] = True
        part.refused = {}
        parts.append((part, places))
    if plain.any():
        parts.append((text.made(frames.pick(plain)), np.flatnonzero(plain)))
    return merge(parts)


def _kinds(frames: Frames) -> I64:
    """What each line looks like."""
    raw, starts, ends = frames.raw, frames.starts, frames.ends
    kind = np.full(len(frames), _TEXT)
    first = raw[starts]
    kind[first == ord("{")] = _JSON
    separators = np.flatnonzero((raw == ord(":")) | (raw == ord("=")))
    if not len(separators):
        return kind
    place = np.searchsorted(separators, starts)
    separator = separators[np.minimum(place, len(separators) - 1)]
    present = (separator >= starts) & (separator < ends) & (first != ord("{"))
    after = raw[np.minimum(separator + 1, len(raw) - 1)]
    kind[present & _NAME[first] & _NUMERIC[after] & ~_blank_before(frames, separator)] = _PLOTTER
    kind[_events(frames, present)] = _ENERGY
    return kind


def _blank_before(frames: Frames, separator: I64) -> Mask:
    """Whether a blank or comma stands before the first separator: then it does not end a name."""
    raw, starts = frames.raw, frames.starts
    blanks = np.flatnonzero((raw == ord(" ")) | (raw == ord("\t")) | (raw == ord(",")))
    if not len(blanks):
        return np.zeros(len(frames), np.bool_)
    place = np.searchsorted(blanks, starts)
    blank = blanks[np.minimum(place, len(blanks) - 1)]
    return (blank >= starts) & (blank < separator)


def _events(frames: Frames, present: Mask) -> list[int]:
    if b";" not in frames.data:
        return []
    lines = np.unique(np.searchsorted(frames.ends, np.flatnonzero(frames.raw == ord(";"))))
    return [line for line in lines[present[lines]].tolist() if _EVENT.match(frames.line(line))]
