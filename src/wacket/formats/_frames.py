"""Many envelopes as one run of lines, so that ten thousand small senders are decoded in one pass.

`join` gathers; a decoder turns `Frames` into `Made`, whose rows say which frame they came from; `finish` gives the
frames back to their envelopes. Lines are neither interpreted nor changed here, but for a CR before the line feed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wacket.records import (
    F64,
    HUB_TIME,
    I64,
    SUSPECT,
    U8,
    U32,
    Decoded,
    Envelope,
    Logs,
    Readings,
    Reject,
    SeriesKey,
)

Mask = NDArray[np.bool_]

EXCERPT = 256  # bytes of a refused frame that are kept
LF, CR = 10, 13

# Shared, because making empty columns costs more than decoding a short line; nobody writes into columns.
_NO_READINGS, _NO_LOGS, _NO_FRAMES = Readings.empty(), Logs.empty(), np.empty(0, np.int64)

_BLANK = np.zeros(256, np.bool_)
_BLANK[list(b" \t\n\r\x0b\x0c")] = True


@dataclass(slots=True)
class Frames:
    """Lines without CR, each ended by LF, none blank. `ends[i]` is the place of the LF of frame i in `data`.

    `origin[i]` is the envelope of frame i.
    """

    data: bytes
    ends: I64
    origin: I64
    envelopes: Sequence[Envelope]

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def raw(self) -> U8:
        return np.frombuffer(self.data, np.uint8)

    @property
    def starts(self) -> I64:
        starts = np.empty_like(self.ends)
        starts[:1] = 0
        np.add(self.ends[:-1], 1, out=starts[1:])
        return starts

    def lines(self) -> list[bytes]:
        return self.data[:-1].split(b"\n") if len(self) else []

    def line(self, frame: int) -> bytes:
        start = int(self.ends[frame - 1]) + 1 if frame else 0
        return self.data[start : int(self.ends[frame])]

    def one_node(self) -> int | None:
        """The node, if all of these are of one."""
        nodes = {envelope.node for envelope in self.envelopes}
        return nodes.pop() if len(nodes) == 1 else None

    def node(self) -> U32:
        return np.array([envelope.node for envelope in self.envelopes], np.uint32)[self.origin]

    def received(self) -> I64:
        """When each frame came to the hub, in µs."""
        return np.array([envelope.received_at for envelope in self.envelopes], np.int64)[self.origin]

    def suspect(self) -> U8:
        """The quality of each frame's readings whose time is the sender's."""
        marks = [0 if envelope.adopted else SUSPECT for envelope in self.envelopes]
        return np.array(marks, np.uint8)[self.origin]

    def options(self, name: str) -> list[str]:
        """One option of every envelope; empty where the request did not give it."""
        return [envelope.options.get(name, "") for envelope in self.envelopes]

    def pick(self, wanted: Mask) -> Frames:
        """The frames where `wanted` is true, as frames of the same envelopes."""
        if wanted.all():
            return self
        lengths = np.diff(self.ends, prepend=-1)
        data = self.raw[np.repeat(wanted, lengths)].tobytes()
        return Frames(data, np.cumsum(lengths[wanted]) - 1, self.origin[wanted], self.envelopes)


@dataclass(slots=True)
class Made:
    """What became of some frames. `reading_frame` and `log_frame` say of which frame a row is; `refused` says why."""

    keys: list[SeriesKey] = field(default_factory=list)
    readings: Readings = _NO_READINGS
    reading_frame: I64 = field(default_factory=lambda: _NO_FRAMES)
    logs: Logs = _NO_LOGS
    log_frame: I64 = field(default_factory=lambda: _NO_FRAMES)
    refused: dict[int, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


def join(envelopes: Sequence[Envelope]) -> Frames:
    """All the frames of all envelopes, in order."""
    if len(envelopes) == 1 and (one := _one_line(envelopes)) is not None:
        return one
    bodies = [body if body.endswith(b"\n") else body + b"\n" for body in [e.body for e in envelopes]]
    data = bodies[0] if len(bodies) == 1 else b"".join(bodies)
    if b"\r" in data:
        bodies = [body.replace(b"\r\n", b"\n") for body in bodies]
        data = b"".join(bodies)
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw == LF)
    if len(bodies) == 1:
        origin = np.zeros(len(ends), np.int64)
    else:
        sizes = np.cumsum(np.fromiter(map(len, bodies), np.int64, len(bodies)))
        origin = np.searchsorted(sizes, ends, side="right")
    frames = Frames(data, ends, origin, envelopes)
    return frames.pick(~_blank(frames))


def _one_line(envelopes: Sequence[Envelope]) -> Frames | None:
    """The usual request of a small sender, at a quarter of the price."""
    body = envelopes[0].body
    if 0 <= body.find(b"\n") < len(body) - 1 or b"\r" in body or not body.strip():
        return None
    body = body if body.endswith(b"\n") else body + b"\n"
    return Frames(body, np.array([len(body) - 1]), np.zeros(1, np.int64), envelopes)


def decode(envelopes: Sequence[Envelope], decoder: Callable[[Frames], Made]) -> Decoded:
    """Join, decode, finish: the whole of a line format."""
    frames = join(envelopes)
    return finish(frames, decoder(frames)) if len(frames) else Decoded([0] * len(envelopes))


def finish(frames: Frames, made: Made) -> Decoded:
    """Frame numbers become envelopes and offsets again."""
    counts = np.bincount(frames.origin, minlength=len(frames.envelopes))
    rejects = []
    if made.refused:
        firsts = np.concatenate(([0], np.cumsum(counts)))
        for frame in sorted(made.refused):
            envelope = int(frames.origin[frame])
            excerpt = frames.line(frame)[:EXCERPT]
            rejects.append(Reject(envelope, frame - int(firsts[envelope]), made.refused[frame], excerpt))
    return Decoded(counts.tolist(), made.keys, made.readings, made.logs, rejects, made.units)


def timed(frames: Frames, frame: I64, at: I64 | None, told: Mask | None = None) -> tuple[I64, U8]:
    """Time and quality of rows of the given frames: `at` where it was told, else when the frame came to the hub.

    `told` None means that `at` holds for all rows, `at` None that it holds for none.
    """
    quality = frames.suspect()[frame]
    if at is None:
        return frames.received()[frame], quality | np.uint8(HUB_TIME)
    if told is None or told.all():
        return at, quality
    return np.where(told, at, frames.received()[frame]), quality | np.where(told, 0, HUB_TIME).astype(np.uint8)


def keyed(
    frames: Frames, frame: I64, name: I64, names: int, keys: Callable[[I64, I64], list[SeriesKey]]
) -> tuple[list[SeriesKey], U32]:
    """The series of rows: `frame` gives a row's node, `name` its place among `names` names.

    `keys(nodes, places)` is asked once, for the pairs that occur. Answers the keys and each row's place among them.
    """
    only = frames.one_node()
    if only is not None:
        nodes, code = np.array([only], np.int64), name
    else:
        nodes, place = np.unique(frames.node(), return_inverse=True)
        code = place[frame] * names + name
    used, series = _dense(code, len(nodes) * names)
    return keys(nodes[used // names], used % names), series


def picked(cells: list[bytes], places: I64) -> list[bytes]:
    """The cell of each place; quicker than asking a list ten thousand times."""
    column = np.empty(len(cells), object)
    column[:] = cells
    chosen: list[bytes] = column[places].tolist()
    return chosen


def rows(keys: list[SeriesKey], series: U32, timing: tuple[I64, U8], value: F64, frame: I64) -> Made:
    """Readings and nothing else."""
    return Made(keys, Readings(series, timing[0], value, timing[1]), frame)


def _dense(code: I64, limit: int) -> tuple[I64, U32]:
    """The distinct codes and each row's place among them; a table where that is cheaper than sorting."""
    if limit > 4 * len(code) + 65536:
        used, places = np.unique(code, return_inverse=True)
        return used, places.astype(np.uint32)
    present = np.zeros(limit, np.bool_)
    present[code] = True
    table = np.cumsum(present, dtype=np.uint32)
    table -= np.uint32(1)
    return np.flatnonzero(present), table[code]


def _blank(frames: Frames) -> Mask:
    """Which lines hold nothing but white space. Only those that begin and end with it are looked at one by one."""
    raw, starts = frames.raw, frames.starts
    blank: Mask = frames.ends == starts
    if not len(blank):
        return blank
    suspects = _BLANK[raw[starts]] & ~blank
    suspects &= _BLANK[raw[frames.ends - 1]]
    for frame in np.flatnonzero(suspects).tolist():
        blank[frame] = not frames.line(frame).strip()
    return blank
