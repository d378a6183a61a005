"""Where one part may be put in the place of another: every Protocol with its promise. Read this first.

A seam is here only while it has two users: two implementations, or one and a test's stand-in that serves something
else. Shapes that travel through them are in records.py and history/shapes.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from wacket.history.shapes import Mark, StoredReceipt, View
    from wacket.records import Batch, Decoded, Envelope

Clock = Callable[[], int]  # microseconds since 1970 UTC


class Format(Protocol):
    """A module of formats/. Called by the intake on its decoding thread, with envelopes of this format only."""

    SUMMARY: str
    MEDIA_TYPES: tuple[str, ...]

    def decode(self, envelopes: Sequence[Envelope]) -> Decoded:
        """Columns of everything in the envelopes. Never raises for what a sender sent: that is a Reject."""
        ...


class Journal(Protocol):
    """What the intake needs of the history. Called from one thread at a time."""

    def append(
        self, batches: Sequence[Batch], marks: Sequence[Mark] = ..., receipts: Sequence[StoredReceipt] = ...
    ) -> list[int]:
        """All of it in one transaction, on disk when this returns: the first row id of each batch.

        Raises Unavailable; then nothing of it was kept, and the same may be offered again.
        """
        ...

    def load_marks(self) -> list[Mark]:
        """Those stored last at the end."""
        ...

    def load_receipts(self) -> list[StoredReceipt]:
        """Oldest first."""
        ...

    def forget_receipts(self, before_us: int) -> None: ...


class Past(Protocol):
    """What questions need of the history. Called from many threads."""

    def view(self) -> AbstractContextManager[View]:
        """Everything there is at this moment. Files named by it stay until the context ends."""
        ...

    def scratch(self, size: int) -> AbstractContextManager[IO[bytes]]:
        """A file without a name, for up to `size` bytes, gone when it is closed. Raises Unavailable."""
        ...

    def report_damage(self, path: str, error: str) -> None:
        """A file could not be read: leave it out of later views and name it."""
        ...


class Link(Protocol):
    """One connection of an agent that was let in. Used on the event loop only."""

    node: int
    key_id: str

    def send(self, message: Mapping[str, Any]) -> None:
        """Never blocks, and does nothing once it is closed. A link that is not read for 16 MiB is closed as `slow`."""
        ...

    def send_bytes(self, head: Mapping[str, Any], payload: bytes) -> None:
        """The same with a payload."""
        ...

    def pending_bytes(self) -> int:
        """What was sent and the network has not taken yet; who has much to send waits while it is large."""
        ...


class CommandedLinks(Protocol):
    """What the door of agents needs of those who command them. Called on the event loop; must not block."""

    def node_up(self, link: Link) -> None:
        """This node can be reached from now on, in place of any earlier link of it."""
        ...

    def node_down(self, node: int) -> None: ...

    async def room(self) -> None:
        """Return when another message may be heard: too much waits for the disk else."""
        ...

    def heard(self, link: Link, message: dict[str, Any], payload: bytes) -> None:
        """An agent spoke about commands: state, commands, output, file or need. Raises BadRequest if it is malformed;
        then its connection is closed."""
        ...


class Edge(Protocol):
    """Anything that takes in or gives out: health, /metrics and `wacket doctor` read only this."""

    def statistics(self) -> Mapping[str, Any]:
        """Counts since the start and present sizes, by name; nested mappings for groups."""
        ...
