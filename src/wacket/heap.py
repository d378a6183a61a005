"""Says to the C library how to deal with freed memory: keep it for what comes next, but not what the start took.

Columns of megabytes come and go with every request. By default each of them is asked of the system anew and zeroed page
by page, which can take longer than what is done with it. Only glibc is spoken to; elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3)
_LARGEST_KEPT = 32 << 20  # glibc takes no more
_MOST_KEPT = 128 << 20


def keep_freed() -> None:
    """Keep what is freed for the next column. Call once, at start."""
    libc = _libc()
    if libc is not None:
        libc.mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT)
        libc.mallopt(_TRIM_THRESHOLD, _MOST_KEPT)


def give_back() -> None:
    """Return to the system what is free. Takes some milliseconds."""
    libc = _libc()
    if libc is not None:
        libc.malloc_trim(0)


def _libc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
