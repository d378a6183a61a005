"""Text lines as log records, one a line, kept as they are.

What is not UTF-8 becomes U+FFFD. A level near the start of the line gives the severity; times in the text are left in
the text, because their zone is anybody's guess: the time is the hub's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wacket.formats import _severity
from wacket.formats._frames import LF, Frames, Made
from wacket.formats._frames import decode as decode_frames
from wacket.records import Decoded, Envelope, Logs, StringColumn

SUMMARY = "Any lines of text: each is kept as a log record, with its level recognised."
MEDIA_TYPES = ("text/plain",)


def decode(envelopes: Sequence[Envelope]) -> Decoded:
    return decode_frames(envelopes, made)


def made(frames: Frames) -> Made:
    """Every frame as a log record."""
    count = len(frames)
    received = frames.received()
    nothing = StringColumn.constant("", count)
    logs = Logs(received, received, frames.node(), nothing, _severity.of_lines(frames), bodies(frames), nothing)
    return Made(logs=logs, log_frame=np.arange(count))


def bodies(frames: Frames) -> StringColumn:
    """The lines as a column: the bytes as they came, less the line feeds."""
    data, ends = frames.data, frames.ends
    if not valid(data):
        data = data.decode("utf-8", "replace").encode()
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == LF)
    offsets = np.zeros(len(ends) + 1, np.int32)
    offsets[1:] = ends - np.arange(len(ends))
    return StringColumn(data.replace(b"\n", b""), offsets)


def valid(data: bytes) -> bool:
    """Whether the whole is UTF-8; quick for ASCII."""
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
