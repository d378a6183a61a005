"""Notes how long the write-ahead log has been, so that it is told when it was lost or cut off: SQLite takes a log that
ends early for one that never was longer. Knows nothing of what is in it.

The note may lag behind by `_STEP`, and is never ahead of what is on disk. While the log is in use it never shrinks.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from wacket.writing import sync

_STEP = 64 * 1024


class Extent:
    def __init__(self, log: Path) -> None:
        self._log, self._file = log, log.with_name(log.name + ".length")
        self._noted = 0

    def missing(self) -> str:
        """What to say if the log is shorter than it was. Raises OSError."""
        try:
            noted = int(self._file.read_bytes() or b"0")
        except (FileNotFoundError, ValueError):
            return ""
        length = self._length()
        if length >= noted:
            return ""
        return f"its write-ahead log has {length} bytes instead of {noted} or more; what was at its end is lost"

    def note(self) -> None:
        """Call when something was committed. A note that cannot be written is no reason to stop."""
        with contextlib.suppress(OSError):
            length = self._length()
            if length >= self._noted + (_STEP if self._noted else 1):
                self._file.write_text(str(length))
                self._noted = length

    def forget(self) -> None:
        """Call before the log is emptied on purpose. On disk on return; raises OSError."""
        self._noted = 0
        self._file.write_text("0")
        sync(self._file)

    def _length(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0
