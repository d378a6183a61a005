"""Puts together what belongs together: the lines of a stack trace are one message. Pure.

A line that begins with a blank goes on with the one before it; so do Java's `Caused by:` and the last line of a
Python traceback. Only lines that were read at once are joined: waiting for more would delay every line.
"""

from __future__ import annotations

from typing import Sequence

from wacket_agent.logs.cutting import Line
from wacket_agent.logs.levels import TRACEBACK

MOST_LINES = 500
LONGEST = 16000  # characters
_JAVA = ("Caused by: ", "Suppressed: ")


def join(lines: Sequence[Line]) -> list[Line]:
    joined: list[Line] = []
    group = _Group()
    for line in lines:
        if group.lines and not group.takes(line):
            joined.append(group.joined())
            group = _Group()
        group.add(line)
    if group.lines:
        joined.append(group.joined())
    return joined


class _Group:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._size = 0
        self._in_traceback = False  # its frames are indented, and the line that ends it is not

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self._size += len(line.text) + 1
        if TRACEBACK in line.text:
            self._in_traceback = True
        elif not line.text[0].isspace():
            self._in_traceback = False

    def takes(self, line: Line) -> bool:
        if len(self.lines) >= MOST_LINES or self._size + len(line.text) > LONGEST:
            return False
        ends_traceback = self._in_traceback and self.lines[-1].text[0].isspace()
        return line.text[0].isspace() or line.text.startswith(_JAVA) or ends_traceback

    def joined(self) -> Line:
        if len(self.lines) == 1:
            return self.lines[0]
        return Line("\n".join(line.text for line in self.lines), sum(line.cut for line in self.lines))
