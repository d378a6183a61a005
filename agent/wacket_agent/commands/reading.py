"""Reads the output of one command from its segments, for the hub: whole records from any place on, cuts included.

It goes along while the runner writes. Where something is missing that nobody noted (the machine lost power, the disk
was full to the last byte) it says so with a cut of its own, as soon as the runner has ended, so that every output has
an end. Offsets of the hub are not trusted.
"""

# ruff: noqa: PTH108, PTH110, PTH123

from __future__ import annotations

import bisect
import contextlib
import os
from typing import NamedTuple

from wacket_agent.commands import records, segments
from wacket_agent.commands.segments import CUT, SEGMENT


class Extent(NamedTuple):
    """How much there is: the length of the sequence, and the bytes of each stream."""

    end: int
    out: int
    err: int


class SpoolReader:
    """`place` is where the next record begins."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._file = -1
        self._start = 0
        self.place = 0

    def read(self, most: int, end: int | None = None) -> bytes:
        """Whole records from `place` on, of about `most` bytes; empty if there are none yet, or none any more.

        `end` is the length of the sequence when it is known: then what is missing until there is cut.
        """
        data = self._read_segment(most)
        if data:
            return data
        if self._open(self.place) and self._start == self.place:
            return self._read_segment(most)
        return self._read_cut() or (self._read_hole(end) if end is not None else b"")

    def go_to(self, place: int, end: int) -> None:
        """To the last beginning of a record that is at most `place`, or to `end` if that is beyond it."""
        self.close()
        self.place = place
        if place >= end or not self._open(place):
            return
        with open(self._path(), "rb", buffering=0) as file:
            offset = place - self._start
            found = records.start_of(file.read(offset + records.HEAD + records.LONGEST), offset)
        self.place = self._start + found

    def release(self, place: int) -> None:
        """Remove what lies before `place` as a whole: the hub has it."""
        known = sorted([(start, SEGMENT) for start in self._starts(SEGMENT)] + [(s, CUT) for s in self._starts(CUT)])
        for (start, kind), (following, _) in zip(known, known[1:]):
            if following <= place and start < self.place:
                _remove(segments.path_of(self._folder, kind, start))

    def extent(self) -> Extent:
        """What is there when nobody writes any more, because the runner was killed. A torn end is not counted."""
        end = out = err = 0
        for start in self._starts(CUT):
            cut = segments.read_cut(self._folder, start)
            if cut:
                end, out, err = max(end, cut[0]), out + cut[1], err + cut[2]
        for start in self._starts(SEGMENT):
            with open(segments.path_of(self._folder, SEGMENT, start), "rb", buffering=0) as file:
                size, more_out, more_err = records.whole(file.read())
            end, out, err = max(end, start + size), out + more_out, err + more_err
        return Extent(end, out, err)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _read_segment(self, most: int) -> bytes:
        if self._file < 0:
            return b""
        os.lseek(self._file, self.place - self._start, os.SEEK_SET)  # Windows has no pread
        data = os.read(self._file, max(most, records.HEAD + records.LONGEST))
        size, _, _ = records.whole(data, most)
        self.place += size
        return data[:size]

    def _open(self, place: int) -> bool:
        """Open the segment that `place` is in, unless a cut stands for it or the runner just works on it."""
        starts = self._starts(SEGMENT)
        index = bisect.bisect_right(starts, place) - 1
        if index < 0 or (self._file >= 0 and starts[index] == self._start):
            return False
        if self._is_cut(starts[index]) or not self._touch(starts[index]):
            return False
        self.close()
        self._start = starts[index]
        self._file = os.open(self._path(), os.O_RDONLY | segments.BINARY)
        return True

    def _touch(self, start: int) -> bool:
        """From now on the runner leaves it as it is, for the hub may get a part of it. False: try again later."""
        with segments.touched(self._folder) as state:
            if state is None or not os.path.exists(segments.path_of(self._folder, SEGMENT, start)):
                return False
            touched, touch = state
            if touched < start:
                touch(start)
            return True

    def _read_cut(self) -> bytes:
        with segments.touched(self._folder) as state:
            cut = segments.read_cut(self._folder, self.place) if state else None
            if state is None or cut is None or cut[0] - self.place < records.LEAST_CUT:
                return b""
            touched, touch = state
            if touched < self.place:
                touch(self.place)
        end, out, err = cut
        return self._cut_to(end, out, err)

    def _read_hole(self, end: int) -> bytes:
        """What nobody noted: up to the next thing that is there, or to the end."""
        known = [start for kind in (SEGMENT, CUT) for start in self._starts(kind) if start > self.place]
        following = min([*known, end])
        if following - self.place < records.LEAST_CUT:
            self.place = max(self.place, end)  # nothing that could even be said
            return b""
        return self._cut_to(following, 0, 0)

    def _cut_to(self, end: int, out: int, err: int) -> bytes:
        record = records.cut(0, out, err, end - self.place)
        self.place = end
        return record

    def _is_cut(self, start: int) -> bool:
        """A cut is noted before what it stands for is removed."""
        return any(
            before <= start < (segments.read_cut(self._folder, before) or (0,))[0] for before in self._starts(CUT)
        )

    def _starts(self, kind: str) -> list[int]:
        try:
            return segments.starts(self._folder, kind)
        except OSError:
            return []

    def _path(self) -> str:
        return segments.path_of(self._folder, SEGMENT, self._start)


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
