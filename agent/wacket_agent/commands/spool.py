"""Writes the output of a program to segments, bounded: beyond `keep` bytes the middle is left out, and counted.

Of what the agent has not begun to send the first half is kept, and the newest, at least one segment. When the disk
takes nothing the program is read on, so that it does not hang, and what could not be kept is counted as left out too.
Nothing is synced: what a power cut takes is told as lost with the command.
"""

# ruff: noqa: PTH108, PTH118

from __future__ import annotations

import contextlib
import os

from wacket_agent.commands import notes, records, segments

SEGMENT = 1 << 20
LEAST_KEPT = 1 << 16


class Segment:
    __slots__ = ("err", "out", "size", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.size = self.out = self.err = 0

    @property
    def end(self) -> int:
        return self.start + self.size


class Spool:
    """`end` is the length of the sequence, `out` and `err` count what the program wrote of each."""

    def __init__(self, folder: str, keep: int) -> None:
        self._folder = folder
        self._keep = max(keep, LEAST_KEPT)
        self._limit = min(SEGMENT, self._keep // 8)
        self._segments: list[Segment] = []  # in order; the last one is being written while `_file` is open
        self._file: int | None = None
        self._left_out: Segment | None = None  # a Segment too: the newest cut, while nobody has touched it
        self._gap: Segment | None = None  # what the disk did not take, not noted yet
        self.end = self.out = self.err = 0

    def add(self, kind: int, at: int, data: bytes) -> None:
        """Keep what was read, at most 65,536 bytes. Never raises for a disk that takes nothing."""
        size = records.HEAD + len(data)
        if self._file is not None and self._is_full(self._segments[-1], size):
            self._close_segment()
        if not self._append(records.head(kind, at, len(data)), data):
            self._gap = self._gap or Segment(self.end)
            self._count(self._gap, kind, size, len(data))
        elif self._gap and not self._note_gap(self._gap):
            self._undo()
            self._count(self._gap, kind, size, len(data))
        else:
            self._count(self._segments[-1], kind, size, len(data))
        self.end += size
        if kind == records.OUT:
            self.out += len(data)
        else:
            self.err += len(data)

    def close(self) -> None:
        """Nothing follows. Where the disk takes not even a note of what is missing, the reader will find a hole."""
        if self._gap:
            self._widen(self._gap)
            self._note_gap(self._gap)
        self._close_segment()

    def _is_full(self, segment: Segment, size: int) -> bool:
        return segment.size + size > self._limit and segment.size >= records.LEAST_CUT

    def _append(self, head: bytes, data: bytes) -> bool:
        """Whether the disk has the whole record now; otherwise nothing of it."""
        try:
            file = self._file if self._file is not None else self._open_segment()
            before = self._segments[-1].size
            if os.write(file, head + data) == len(head) + len(data):
                return True
            os.ftruncate(file, before)
        except OSError:
            pass
        self._close_segment()
        return False

    def _open_segment(self) -> int:
        if not self._segments:
            notes.reserve(os.path.join(self._folder, "cut.spare"))
            segments.reserve_touched(self._folder)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | segments.BINARY
        self._file = os.open(segments.path_of(self._folder, segments.SEGMENT, self.end), flags, 0o600)
        self._segments.append(Segment(self.end))
        return self._file

    def _close_segment(self) -> None:
        if self._file is None:
            return
        os.close(self._file)
        self._file = None
        if self._segments[-1].size == 0:
            self._remove(self._segments.pop())
        if sum(segment.size for segment in self._segments) > self._keep:
            self._leave_out()

    def _undo(self) -> None:
        """Take back a record that would stand behind a gap that nobody knows of."""
        if self._file is not None:
            os.close(self._file)
        self._file = None
        self._remove(self._segments.pop())

    def _count(self, segment: Segment, kind: int, size: int, length: int) -> None:
        segment.size += size
        if kind == records.OUT:
            segment.out += length
        else:
            segment.err += length

    def _note_gap(self, gap: Segment) -> bool:
        if gap.size < records.LEAST_CUT:
            return False
        try:
            segments.write_cut(self._folder, gap.start, gap.end, gap.out, gap.err)
        except OSError:
            return False
        self._gap = None
        return True

    def _widen(self, gap: Segment) -> None:
        """A cut is itself a record, so what it stands for must be as long as one."""
        missing = max(0, records.LEAST_CUT - gap.size)
        gap.size += missing
        self.end += missing

    def _leave_out(self) -> None:
        with segments.touched(self._folder) as state:
            if state is None:
                return
            touched, _ = state
            present = set(segments.starts(self._folder, segments.SEGMENT))
            self._segments = [segment for segment in self._segments if segment.start in present]
            if self._left_out and self._left_out.start <= touched:
                self._left_out = None
            free = [segment for segment in self._segments if segment.start > touched]
            kept = sum(segment.size for segment in free)
            while kept > self._keep:
                victim = self._victim(free)
                if victim is None or not self._cut(victim):
                    return
                kept -= victim.size
                free.remove(victim)

    def _victim(self, free: list[Segment]) -> Segment | None:
        """The oldest segment behind the first half, or behind what was left out already; None if all are in use. Never
        the newest, even where records are so long that it does not fit in beside the first half.
        """
        cut, first = self._left_out, 0
        for segment in free[:-1]:
            extends = cut and cut.end == segment.start
            behind = segment.start > cut.start if cut else first >= self._keep // 2
            if behind and (extends or segment.size >= records.LEAST_CUT):
                return segment
            first += segment.size
        return None

    def _cut(self, victim: Segment) -> bool:
        """The note comes first: if we are killed in between, the cut stands for what is still there."""
        cut = self._left_out
        if cut is None or cut.end != victim.start:
            cut = Segment(victim.start)
        out, err = cut.out + victim.out, cut.err + victim.err
        try:
            segments.write_cut(self._folder, cut.start, victim.end, out, err)
        except OSError:
            return False
        cut.size, cut.out, cut.err = victim.end - cut.start, out, err
        self._left_out = cut
        self._segments.remove(victim)
        self._remove(victim)
        return True

    def _remove(self, segment: Segment) -> None:
        with contextlib.suppress(OSError):
            os.unlink(segments.path_of(self._folder, segments.SEGMENT, segment.start))
