"""Follows a changing set of files: new ones, renamed ones, deleted ones; what was read is remembered over restarts.

A file that got another name is still the same file, and is finished before the one that took its name is begun. Where
to look is said at each turn by whoever uses it (files.py, programs.py); what lines mean is decided there too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, Mapping, NamedTuple

from wacket_agent.logs import places
from wacket_agent.logs.cutting import Line
from wacket_agent.logs.places import Identity, Place
from wacket_agent.logs.tail import Manner, Opener, Tail

LEAVING_SECONDS = 10.0  # a program may go on writing into a file that was given another name
SLEEP_SECONDS = 60.0  # without a change; then the file is closed until it changes
RETRY_SECONDS = 60.0  # for a file that may not be read
MOST_OPEN = 256  # files at a time; from half of them on, each is closed as soon as it is read
MOST_SEARCHED = 5000  # names in a folder, for a file that got another one


class Found(NamedTuple):
    """A file that is to be followed: what a look at its name gave. `changed` is its own time, in ns."""

    identity: Identity
    size: int
    changed: int


def found(info: os.stat_result) -> Found:
    return Found((info.st_dev, info.st_ino), info.st_size, info.st_mtime_ns)


class Piece(NamedTuple):
    """Lines of one file and the mark to keep with them; `left_out` is in bytes, before these lines."""

    tail: Tail
    lines: list[Line]
    left_out: int
    marks: Mapping[str, str]


class Following:
    """`saved` has the marks of the last time, without prefix. `at_end`: files that are there already are not read."""

    def __init__(self, prefix: str, saved: Mapping[str, str], manner: Manner, opener: Opener, at_end: bool) -> None:
        self.refused: dict[str, str] = {}  # path → why it cannot be read
        self._prefix, self._manner, self._opener = prefix, manner, opener
        self._at_end = at_end
        self._listed: set[Identity] = set()
        self._open = 0
        self._retry_at: dict[Identity, float] = {}
        self._tails: dict[Identity, Tail] = {}
        for name, text in saved.items():
            identity, place = places.parse_name(name), places.parse(text)
            if identity and place:
                self._tails[identity] = Tail(identity, place, manner, now=0.0)

    def __len__(self) -> int:
        return len(self._tails)

    def look(self, listed: Mapping[str, Found], now: float) -> Iterator[Piece]:
        """What there is to read now, a piece at a time: stop when there is no room for more, and come again."""
        self.refused = {path: why for path, why in self.refused.items() if path in listed}
        begun = self._list(listed, now)
        if self._at_end:
            self._at_end = False
            yield from self._at_ends(begun, now)
        by_identity = {one.identity: one for one in listed.values()}
        self._open = sum(tail.is_open for tail in self._tails.values())
        for tail in self._in_order():
            if tail.identity in by_identity:
                yield from self._read_listed(tail, by_identity[tail.identity], now)
            else:
                yield from self._read_leaving(tail, now)

    def has_all(self, one: Found) -> bool:
        tail = self._tails.get(one.identity)
        return tail is not None and tail.has_read(one.size)

    def close(self) -> None:
        for tail in self._tails.values():
            tail.close()

    def _list(self, listed: Mapping[str, Found], now: float) -> list[Tail]:
        """Note where each file is now; the new ones."""
        self._listed = {one.identity for one in listed.values()}
        begun = []
        for path, one in reversed(list(listed.items())):  # of two names of one file the first counts
            tail = self._tails.get(one.identity)
            if tail is None:
                tail = Tail(one.identity, self._known_as(path, one.identity), self._manner, now)
                self._tails[one.identity] = tail
                begun.append(tail)
            tail.path = path
        return begun

    def _known_as(self, path: str, identity: Identity) -> Place:
        """Where to begin. Some file systems get another device number each time that they are mounted."""
        for known, tail in self._tails.items():
            is_elsewhere = known in self._listed or tail.is_open
            if known[1] == identity[1] and not is_elsewhere and _name(tail.path) == _name(path):
                return tail.place._replace(path=path)
        return Place(path=path)

    def _at_ends(self, tails: list[Tail], now: float) -> Iterator[Piece]:
        for tail in tails:
            if self._opened(tail, now):
                tail.go_to_end()
                yield Piece(tail, [], 0, {self._mark(tail): tail.place.text()})

    def _in_order(self) -> list[Tail]:
        """Those that leave first; then whoever waited longest."""
        return sorted(self._tails.values(), key=lambda tail: (tail.identity in self._listed, tail.changed))

    def _read_listed(self, tail: Tail, one: Found, now: float) -> Iterator[Piece]:
        if not tail.is_open and (tail.asleep_since == one.changed or not self._opened(tail, now)):
            return
        yield from self._pieces(tail, now)
        may_sleep = now - tail.changed >= SLEEP_SECONDS or self._open > MOST_OPEN // 2
        if may_sleep and tail.is_open and tail.has_read(one.size):
            tail.close()
            tail.asleep_since = one.changed
            self._open -= 1

    def _read_leaving(self, tail: Tail, now: float) -> Iterator[Piece]:
        if tail.is_open or self._found_again(tail):
            yield from self._pieces(tail, now)
            if tail.changed and now - tail.changed < LEAVING_SECONDS:
                return
        tail.close()
        del self._tails[tail.identity]
        self._retry_at.pop(tail.identity, None)
        yield Piece(tail, [], 0, {self._mark(tail): ""})

    def _pieces(self, tail: Tail, now: float) -> Iterator[Piece]:
        while True:
            place, reached = tail.place, tail.reached
            try:
                lines = tail.read(now)
            except OSError as error:
                self._refuse(tail, error, now)
                return
            if lines or tail.place != place:
                left_out, tail.left_out = tail.left_out, 0
                yield Piece(tail, lines, left_out, {self._mark(tail): tail.place.text()})
            elif tail.reached == reached:
                return

    def _opened(self, tail: Tail, now: float) -> bool:
        if now < self._retry_at.get(tail.identity, 0.0) or self._open >= MOST_OPEN:
            return False
        try:
            is_open = tail.open(self._opener(tail.path))
            self._open += is_open
            return is_open
        except OSError as error:
            self._refuse(tail, error, now)
            return False

    def _refuse(self, tail: Tail, error: OSError, now: float) -> None:
        tail.close()
        self.refused[tail.path] = error.strerror or str(error)
        self._retry_at[tail.identity] = now + RETRY_SECONDS

    def _found_again(self, tail: Tail) -> bool:
        """A file that got another name while nobody watched is looked for in its folder."""
        try:
            path = _with_inode(Path(tail.path).parent, tail.identity[1])
            # Another file that has its inode now is none that anybody asked for.
            return bool(path) and tail.open(self._opener(path)) and tail.is_continued()
        except OSError:
            return False

    def _mark(self, tail: Tail) -> str:
        return self._prefix + places.name_of(tail.identity)


def _name(path: str) -> str:
    return Path(path).name


def _with_inode(folder: Path, inode: int) -> str:
    with os.scandir(folder) as entries:
        for _, entry in zip(range(MOST_SEARCHED), entries):
            if entry.inode() == inode:
                return entry.path
    return ""
