"""One command on its way to the hub: its output, then the files that are brought back, then its end.

Each goes on from where the hub is, after any break; a window bounds what is on its way, so that a command that writes
a lot costs little memory and holds up no other. What the hub seems not to have got is sent again (`look`), and a file
that it does not take is given up, so that every command has its end. Sends when told to (`step`), decides nothing.
"""

from __future__ import annotations

import os
from typing import Any

from wacket_agent.commands.reading import SpoolReader
from wacket_agent.commands.results import without_paths
from wacket_agent.commands.segments import BINARY

WINDOW = 1 << 20
PIECE = 1 << 18
PATIENCE = 10.0  # seconds without progress until the hub is sent the same again
TRIES = 3  # for a file; then the hub will tell that it did not come whole


class Progress:
    """Whether the hub gets on with what it is sent."""

    def __init__(self) -> None:
        self._have, self._since = -1, 0.0
        self.stalls = 0

    def has_stalled(self, sent: int, have: int, moment: float) -> bool:
        """Asked now and then, `moment` in seconds: true once each time that `PATIENCE` is over."""
        if sent <= have or have != self._have:
            self._have, self._since, self.stalls = have, moment, 0
        elif moment >= self._since + PATIENCE:
            self._since = moment
            self.stalls += 1
            return True
        return False


class Sending:
    """`end` is the message of the end state once there is one."""

    def __init__(self, command: str, folder: str) -> None:
        self._command = command
        self._reader = SpoolReader(folder)
        self._have = 0
        self._files: list[FileSending] = []
        self._may_send = False
        self._told = False
        self._progress = Progress()
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

    def look(self, moment: float) -> None:
        """To be called now and then."""
        if not self._may_send:
            return
        if self._progress.has_stalled(self._reader.place, self._have, moment):
            self.begin(self._have)
        for file in self._files:
            file.look(moment)

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
        offset, end = self._reader.place, self.end["end"] if self.end else None
        if offset - self._have >= WINDOW or offset == end:
            return False
        data = self._reader.read(PIECE, end)
        if data:
            link.send_bytes({"t": "output", "id": self._command, "offset": offset}, data)
        return bool(data)

    def _send_end(self, link: Any) -> bool:
        if self.end is None or self._told or self._reader.place < self.end["end"]:
            return False
        if not all(file.is_done for file in self._files):
            return self._send_files(link)
        link.send(without_paths(self.end))
        self._told = True
        return True

    def _send_files(self, link: Any) -> bool:
        """One window for all: the hub refuses what it cannot write as fast as it comes."""
        waiting = 0
        for file in self._files:
            waiting += file.waiting
            if waiting >= WINDOW:
                return False
            if file.step(link):
                return True
        return False


class FileSending:
    """One file that is brought back."""

    def __init__(self, command: str, file: dict[str, Any]) -> None:
        self.name: str = file["name"]
        self._size: int = file["size"]
        self._path: str = file["path"]
        self._head = {"t": "file", "id": command, "name": self.name, "size": self._size, "sha256": file["sha256"]}
        self._have = self._sent = 0
        self._began = self._given_up = False
        self._file = -1
        self._progress = Progress()

    @property
    def waiting(self) -> int:
        """Bytes that the hub has not confirmed."""
        return 0 if self._given_up else self._sent - self._have

    @property
    def is_done(self) -> bool:
        """Whether the hub has it, or will not get it."""
        return self._given_up or (self._began and self._have >= self._size)

    def again(self) -> None:
        self._sent, self._began, self._given_up = self._have, False, False

    def heard(self, offset: int) -> None:
        """The hub may have less than it had, after a crash of its machine."""
        offset = min(offset, self._size)
        self._sent = offset if offset < self._have else max(self._sent, offset)
        self._have = offset

    def look(self, moment: float) -> None:
        if not self._began or not self._progress.has_stalled(self._sent, self._have, moment):
            return
        self._sent = self._have
        self._given_up = self._progress.stalls >= TRIES

    def step(self, link: Any) -> bool:
        if self._given_up or (self._began and self._sent >= self._size):
            return False
        data = self._read()
        link.send_bytes({**self._head, "offset": self._sent}, data)
        self._began = True
        self._sent += len(data)
        if not data and self._size:
            self._given_up = True  # it is gone: the hub sees that it is not whole
        if self._sent >= self._size:
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
