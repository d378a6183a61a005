"""The plain function, and the one writer that everything in a process shares."""

from __future__ import annotations

import time

from wacket_log import lines
from wacket_log.writer import Writer

_shared: list[Writer] = []


def shared() -> Writer:
    """Made when it is first needed. Two threads that need it first at once may make two files, which does no harm."""
    if not _shared:
        _shared.append(Writer())
    return _shared[0]


def log(text: object, /, level: str = "info", **fields: object) -> None:
    """One line. `level` is trace, debug, info, notice, warn, error, critical, alert or fatal; fields are kept as texts.

    Never raises and never waits.
    """
    write(shared(), text, level, fields)


def write(writer: Writer, text: object, level: str, fields: dict[str, object]) -> None:
    try:
        line = lines.line(time.time_ns() // 1000, level, text, fields)
    except Exception:
        line = b'{"level":"error","message":"(a line that cannot be written)"}\n'
    writer.write(line)


def statistics() -> dict[str, int]:
    """Lines written and lost, and files made, in this process."""
    return shared().statistics()
