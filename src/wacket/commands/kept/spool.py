"""The files of one command's output: the head, and as much of the tail as is kept.

The head is `NODE.records` in the folder of its job. What follows is in `NODE.tail/OFFSET-OUT-ERR.records`, named after
the place of its first record: what lies between two files was left out, and their names tell how much of each stream.
Writes what it is given, reads what is there, and keeps no file open between two rounds.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from wacket.commands.kept.pieces import CUT, ERR, FURTHEST, OUT, Extent, Piece, between, pieces
from wacket.errors import BadRequest
from wacket.writing import sync

SUFFIX = ".records"
READ = 1024 * 1024  # bytes


class Segment(NamedTuple):
    """One file, and the place of its first record."""

    path: Path
    start: Extent


class Place(NamedTuple):
    """Where the output of one command lies: in the folder of its job, under the number of its node."""

    folder: Path
    node: int

    @property
    def tail(self) -> Path:
        return self.folder / f"{self.node}.tail"

    def segment(self, start: Extent) -> Segment:
        if start == Extent():
            return Segment(self.folder / f"{self.node}{SUFFIX}", start)
        return Segment(self.tail / ("-".join(f"{number:x}" for number in start) + SUFFIX), start)

    def segments(self) -> list[Segment]:
        """Those that are there, in order."""
        head = self.segment(Extent())
        if not head.path.exists():
            return []
        found = [head]
        for path in self.tail.glob(f"*{SUFFIX}"):
            numbers = path.name.removesuffix(SUFFIX).split("-")
            found.append(Segment(path, Extent(*(int(number, 16) for number in numbers))))
        return sorted(found, key=lambda segment: segment.start)


class Spool:
    """Used in the writer's thread only, but for `recover`."""

    def __init__(self, place: Place, head: int, tail: int) -> None:
        self.place, self._head, self._tail = place, head, tail
        self._segments: list[Segment] = []
        self._sizes: list[int] = []
        self.end = Extent()
        self._unsynced: set[int] = set()
        self._hashes = {OUT: hashlib.sha256(), ERR: hashlib.sha256()}
        self._exact = True  # the hashes are those of all that was ever said
        self.made: set[Path] = set()  # folders with new names in them, which are not on disk yet

    def recover(self, before: int = FURTHEST) -> Extent:
        """Go on behind what is on disk, as far as it lies before an offset; the rest is removed. A record that was torn
        by a crash was never told, and is cut off."""
        for segment in self.place.segments():
            if segment.start.offset >= before:
                segment.path.unlink()
                continue
            self._exact &= segment.start == self.end
            self.end, size = segment.start, 0
            for piece in read_file(segment, 0):
                if piece.offset >= before:
                    break
                self._count(piece)
                size += piece.size
            os.truncate(segment.path, size)
            self._segments.append(segment)
            self._sizes.append(size)
        self._unsynced = set(range(len(self._segments)))
        return self.end

    def write(self, fresh: list[Piece]) -> None:
        """What follows on what was written. Written again after an error, it goes to where it was to go."""
        before = self.end, list(self._segments), list(self._sizes), {k: h.copy() for k, h in self._hashes.items()}
        try:
            for number, start, data in self._shared_out(fresh):
                _write_at(self._segments[number].path, start, data)
                self._unsynced.add(number)
        except OSError:
            self.end, self._segments, self._sizes, self._hashes = before
            raise

    def sync(self) -> None:
        for number in self._unsynced:
            with contextlib.suppress(FileNotFoundError):  # removed by age meanwhile
                sync(self._segments[number].path)

    def settle(self) -> None:
        """All is on disk: the middle can go, up to the last file but one of the tail."""
        self._unsynced.clear()
        self.made.clear()
        while len(self._segments) > 3:
            self._segments.pop(1).path.unlink(missing_ok=True)
            self._sizes.pop(1)

    def digest(self) -> str:
        """Equal where everything said on either stream is equal. "" for nothing said."""
        if self.end == Extent():
            return ""
        both = b"".join(self._hashes[kind].digest() for kind in (OUT, ERR))
        # What is no longer all there cannot be compared, so it is like no other.
        own = b"" if self._exact else f"{self.place.folder.name}/{self.place.node}".encode()
        return hashlib.sha256(both + own).hexdigest()

    def _shared_out(self, fresh: list[Piece]) -> list[tuple[int, int, bytes]]:
        """(number of the file, place in it, bytes) of each run of records, new files begun where one is full."""
        runs: list[tuple[int, int, list[bytes]]] = []
        for piece in fresh:
            if not self._segments or self._sizes[-1] + piece.size > self._room(len(self._segments) - 1):
                self._add_segment()
            if not runs or runs[-1][0] != len(self._segments) - 1:
                runs.append((len(self._segments) - 1, self._sizes[-1], []))
            runs[-1][2].append(piece.record())
            self._sizes[-1] += piece.size
            self._count(piece)
        return [(number, start, b"".join(records)) for number, start, records in runs]

    def _room(self, number: int) -> int:
        return self._tail if number else self._head

    def _add_segment(self) -> None:
        segment = self.place.segment(self.end)
        if not segment.path.parent.exists():
            segment.path.parent.mkdir(parents=True, exist_ok=True)
            self.made.add(segment.path.parent.parent)
        self.made.add(segment.path.parent)
        self._segments.append(segment)
        self._sizes.append(0)

    def _count(self, piece: Piece) -> None:
        self.end = self.end.behind(piece)
        for kind in (OUT, ERR) if piece.kind == CUT else (piece.kind,):
            self._hashes[kind].update(piece.payload)


class Reader:
    """Reads the output of one command from its beginning, as far as it is there; what was left out comes as a cut."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._segment: Segment | None = None
        self._position = 0  # in the file
        self._at = Extent()

    def read(self, until: int | None = None, most: int = READ) -> list[Piece]:
        """The next records before the offset `until`, about `most` bytes of memory; none when there are no more."""
        found: list[Piece] = []
        for piece in self._following():
            if most <= 0 or (until is not None and piece.next > until):
                break
            most -= piece.weight
            found.append(piece)
            self._at = self._at.behind(piece)
            self._position += piece.size
        return found

    def _following(self) -> Iterator[Piece]:
        """From where it was read to. Files that are removed meanwhile are left out, as the writer left them out."""
        for segment in self._place.segments():
            if self._segment is not None and segment.start < self._segment.start:
                continue
            if segment != self._segment:
                if segment.start != self._at:
                    yield between(self._at, segment.start)
                self._segment, self._position = segment, 0
            yield from read_file(segment, self._position, self._at.offset)


def read_file(segment: Segment, position: int, offset: int | None = None) -> Iterator[Piece]:
    """The whole records of a file from a position on, whose first is at `offset`."""
    place = segment.start.offset if offset is None else offset
    rest = b""
    try:
        with segment.path.open("rb") as file:
            file.seek(position)
            while data := file.read(READ):
                rest += data
                used = 0
                for piece in pieces(rest, place):
                    yield piece
                    used, place = used + piece.size, piece.next
                rest = rest[used:]
    except (FileNotFoundError, BadRequest):  # removed meanwhile, or what a crash has left is no record
        return


def _write_at(path: Path, position: int, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while data:
            written = os.pwrite(file, data, position)
            position, data = position + written, data[written:]
    finally:
        os.close(file)
