"""One command on its way to the hub: its output, then the files that are brought back, then its end.

Each goes on from where the hub is, after any break; a window bounds what is on its way, so that a command that writes
a lot costs little memory and holds up no other. Sends when told to (`step`), decides nothing.
"""

from __future__ import annotations

import os
from typing import Any

from wacket_agent.commands.reading import SpoolReader
from wacket_agent.commands.results import without_paths
from wacket_agent.commands.segments import BINARY

WINDOW = 1 << 20
PIECE = 1 << 18


class Sending:
    """`end` is the message of the end state once there is one."""

    def __init__(self, command: str, folder: str) -> None:
        self._command = command
        self._reader = SpoolReader(folder)
        self._have = 0
        self._files: list[FileSending] = []
        self._may_send = False
        self._told = False
        self.end: dict[str, Any] | None = None

    def ended(self, message: dict[str, Any]) -> None:
        self.end = message
        self._files = [FileSending(self._command, file) for file in message["files"]]

    def stop(self) -> None:
        """The connection broke; the hub will say where it is."""
        self._may_send = False
        self._reader.close()

    def begin(self, have: int = 0) -> None:
        """The hub has everything before `have`, and a connection that can take more."""
        self._may_send, self._told = True, False
        self._have = have
        self._reader.go_to(have, self.end["end"] if self.end else have + 1)
        for file in self._files:
            file.again()

    def heard(self, have: int) -> None:
        if not self._may_send or have > self._reader.place:
            self.begin(have)
        self._have = max(self._have, have)
        self._reader.release(self._have)

    def heard_file(self, name: object, offset: int) -> None:
        for file in self._files:
            if file.name == name:
                file.heard(offset)

    def tell_again(self) -> None:
        self._told = False

    def step(self, link: Any) -> bool:
        """Send one piece; whether there was one."""
        if not self._may_send:
            return False
        return self._send_output(link) or self._send_end(link)

    def close(self) -> None:
        self.stop()
        for file in self._files:
            file.close()

    def _send_output(self, link: Any) -> bool:
        offset = self._reader.place
        if offset - self._have >= WINDOW:
            return False
        data = self._reader.read(PIECE, self.end["end"] if self.end else None)
        if data:
            link.send_bytes({"t": "output", "id": self._command, "offset": offset}, data)
        return bool(data)

    def _send_end(self, link: Any) -> bool:
        if self.end is None or self._told or self._reader.place < self.end["end"]:
            return False
        for file in self._files:
            if not file.is_sent:
                return file.step(link)
        link.send(without_paths(self.end))
        self._told = True
        return True


class FileSending:
    """One file that is brought back."""

    def __init__(self, command: str, file: dict[str, Any]) -> None:
        self.name: str = file["name"]
        self._size: int = file["size"]
        self._path: str = file["path"]
        self._head = {"t": "file", "id": command, "name": self.name, "size": self._size, "sha256": file["sha256"]}
        self._have = self._sent = 0
        self._began = False
        self._file = -1

    @property
    def is_sent(self) -> bool:
        return self._began and self._sent >= self._size

    def again(self) -> None:
        self._sent, self._began = self._have, False

    def heard(self, offset: int) -> None:
        self._have = max(self._have, min(offset, self._size))
        self._sent = max(self._sent, self._have)

    def step(self, link: Any) -> bool:
        if self._sent - self._have >= WINDOW:
            return False
        data = self._read()
        link.send_bytes({**self._head, "offset": self._sent}, data)
        self._began = True
        self._sent += len(data)
        if not data:
            self._sent = self._size  # it is gone: the hub sees that it is not whole
        if self.is_sent:
            self.close()
        return True

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _read(self) -> bytes:
        try:
            if self._file < 0:
                self._file = os.open(self._path, os.O_RDONLY | BINARY)
            os.lseek(self._file, self._sent, os.SEEK_SET)
            return os.read(self._file, PIECE)
        except OSError:
            return b""
