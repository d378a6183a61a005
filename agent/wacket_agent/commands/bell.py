"""Tells the agent that something is new about a command: a named pipe in the state folder.

A ring names a command and nothing else; what is new stands in the command's folder. Rings may be lost, when nobody
listens or the pipe is full, so the desk looks by itself now and then.
"""

# ruff: noqa: PTH110

from __future__ import annotations

import os

SIZE = 27  # an id and LF: a pipe takes so few bytes as a whole, or not at all


def ring(path: str, command: str) -> None:
    try:
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return
    try:
        os.write(pipe, f"{command}\n".encode())
    except OSError:
        pass
    finally:
        os.close(pipe)


class Bell:
    """The listening end. `fileno` is readable when it rang."""

    def __init__(self, path: str) -> None:
        if not os.path.exists(path):
            os.mkfifo(path, 0o600)
        # Opened for writing too, so that it never ends when the last runner closes it.
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def fileno(self) -> int:
        return self._pipe

    def rung(self) -> list[str]:
        """The commands that it rang for, each once."""
        try:
            data = os.read(self._pipe, 1000 * SIZE)
        except BlockingIOError:
            return []
        return list(dict.fromkeys(data.decode("ascii", "replace").split()))

    def close(self) -> None:
        os.close(self._pipe)
