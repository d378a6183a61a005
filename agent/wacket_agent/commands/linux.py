"""What Linux can do and Python does not offer: being the parent of all orphans below, and dying with one's parent.

On other systems nothing happens, and the answer is False.
"""

from __future__ import annotations

import signal

_SET_PDEATHSIG = 1
_SET_CHILD_SUBREAPER = 36

try:
    import ctypes

    _prctl = ctypes.CDLL(None).prctl
except (ImportError, OSError, AttributeError, TypeError):
    _prctl = None  # type: ignore[assignment]


def adopt_orphans() -> bool:
    """Processes below this one whose parent ends become its children, instead of those of process 1."""
    return _ask(_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> bool:
    """Holds through exec, but not through a change of account: that must come before."""
    return _ask(_SET_PDEATHSIG, int(signal.SIGKILL))


def _ask(what: int, value: int) -> bool:
    return _prctl is not None and bool(_prctl(what, value, 0, 0, 0) == 0)
