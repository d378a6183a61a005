"""A lock on an open file that its process cannot forget to give back: it goes with the process."""

from __future__ import annotations

import os

_FAR = 1 << 30  # Windows locks bytes, and keeps others from reading them: one that no file here ever has

if os.name == "nt":
    import msvcrt

    def try_lock(file: int) -> bool:
        """Whether `file`, a descriptor, is locked now. Closing it unlocks."""
        os.lseek(file, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def try_lock(file: int) -> bool:
        """Whether `file`, a descriptor, is locked now. Closing it unlocks."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
