"""JSON objects, one a line: numbers and booleans become readings, nested ones named with dots.

Reserved members: a time (`at`, `time`, `timestamp`, `ts`), a message (`message`, `msg`, `body`, `log`), a level
(`level`, `severity`, `lvl`), `labels`, and `node`, which becomes a label: a sender is the node that it is.
`{"name": …, "value": …}` is one reading, as the hub's own export writes it. An object with text in it, or with no
number at all, is also kept whole as a log record. Objects of one form are read together, a member at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from wacket.errors import Undecodable
from wacket.formats import _names, _severity, text
from wacket.formats._frames import Frames, Made, keyed, rows, timed
from wacket.formats._frames import decode as decode_frames
from wacket.formats._objects import Objects
from wacket.records import I64, Decoded, Envelope, Logs, SeriesKey, StringColumn

SUMMARY = "JSON objects, one a line: numbers become readings, texts become log records."
MEDIA_TYPES = ("application/x-ndjson", "application/json", "application/jsonl")

_decode = msgspec.json.Decoder().decode


def decode(envelopes: Sequence[Envelope]) -> Decoded:
    return decode_frames(envelopes, made)


def made(frames: Frames) -> Made:
    lines = frames.lines()
    try:
        found = list(map(_decode, lines))
        if set(map(type, found)) == {dict}:
            return _columns(frames, found, np.arange(len(frames)), {})
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    good, refused = {}, {}
    for frame, line in enumerate(lines):
        try:
            good[frame] = read(line)
        except Undecodable as error:
            refused[frame] = str(error)
    return _columns(frames, list(good.values()), np.array(list(good), np.int64), refused)


def read(line: bytes) -> dict[str, Any]:
    """The object of one line. Raises Undecodable."""
    try:
        found = _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Undecodable(f"not valid JSON: {error}") from error
    if not isinstance(found, dict):
        raise Undecodable('not a JSON object, as in {"temperature": 21.5}')
    return found


def _columns(frames: Frames, found: list[dict[str, Any]], places: I64, refused: dict[int, str]) -> Made:
    objects = Objects(len(frames))
    if found:
        objects.add(found, places)
    result = _readings(frames, objects)
    result.refused, result.units = refused, objects.units
    kept = objects.textual
    kept[places] |= np.bincount(result.reading_frame, minlength=len(frames))[places] == 0
    if kept.any():
        result.logs, result.log_frame = (
            _logs(frames.pick(kept), objects, np.flatnonzero(kept)),
            np.flatnonzero(kept),
        )
    return result


def _readings(frames: Frames, objects: Objects) -> Made:
    if not objects.parts:
        return Made()
    frame, name, label, value = (np.concatenate(column) for column in zip(*objects.parts, strict=True))
    if len(objects.parts) > 1:  # the order of frames again, for values of one series and one time
        order = np.argsort(frame, kind="stable")
        frame, name, label, value = frame[order], name[order], label[order], value[order]
    names, sets = list(objects.names), list(objects.labels)

    def keys(nodes: I64, codes: I64) -> list[SeriesKey]:
        pairs = [divmod(code, len(sets)) for code in codes.tolist()]
        return [SeriesKey(node, names[n], sets[s]) for node, (n, s) in zip(nodes.tolist(), pairs, strict=True)]

    series = keyed(frames, frame, name * len(sets) + label, len(names) * len(sets), keys)
    return rows(*series, timed(frames, frame, objects.at[frame], objects.told[frame]), value, frame)


def _logs(frames: Frames, objects: Objects, places: I64) -> Logs:
    """The frames are those at `places` of the whole."""
    attrs, received, wanted = text.bodies(frames), frames.received(), places.tolist()
    body = attrs
    if objects.messages:
        lines = frames.lines()
        body = StringColumn.of([objects.messages.get(place, line) for place, line in zip(wanted, lines, strict=True)])
    source = StringColumn.constant("", len(frames))
    if objects.sources:
        source = StringColumn.of([_names.source(objects.sources.get(place, "")) for place in wanted])
    levels = [_severity.level(objects.levels.get(place)) for place in wanted]
    at = np.where(objects.told[places], objects.at[places], received)
    return Logs(at, received, frames.node(), source, np.array(levels, np.uint8), body, attrs)
