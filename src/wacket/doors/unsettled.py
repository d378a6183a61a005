"""What one connection has taken from its socket and cannot yet answer for, in the order in which it came.

Pure bookkeeping: pieces may be stored out of order or fail and be offered again, yet answers are given in order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from wacket.framing import lines
from wacket.framing.lines import Dropped
from wacket.records import Receipt

NEW, OFFERED, FAILED, STORED = range(4)


class Piece:
    """Some whole lines, or one refused line. `first` is the number of its first line, from 0, where it is needed."""

    __slots__ = ("body", "first", "receipt", "refusal", "state")

    def __init__(self, body: bytes, refusal: str | None, first: int) -> None:
        self.body, self.refusal, self.first = body, refusal, first
        self.state = NEW
        self.receipt: Receipt | None = None


class Unsettled:
    """Pieces from the oldest that is not answered to the newest.

    Lines are counted on the way in only for senders that number them; otherwise the receipts tell how many there were.
    """

    __slots__ = ("answered_lines", "bytes", "numbered", "pieces", "taken")

    def __init__(self) -> None:
        self.pieces: deque[Piece] = deque()
        self.bytes = 0
        self.numbered = False
        self.taken = 0  # lines so far, if `numbered`
        self.answered_lines = 0

    def add(self, body: bytes, refusal: str | None) -> None:
        self.pieces.append(Piece(body, refusal, self.taken))
        self.bytes += len(body)
        if self.numbered:
            self.taken += 1 if refusal is not None else lines.count(body)

    def to_offer(self) -> Iterator[Piece]:
        """Those that the intake does not have, oldest first."""
        return (piece for piece in list(self.pieces) if piece.state in (NEW, FAILED))

    def answered(self) -> Iterator[Piece]:
        """Take out, oldest first, the pieces that are stored and have nothing unstored before them."""
        while self.pieces and self.pieces[0].state == STORED:
            piece = self.pieces.popleft()
            self.bytes -= len(piece.body)
            yield piece
            if piece.receipt is not None:
                self.answered_lines += piece.receipt.stored + piece.receipt.rejected


def in_order(chunk: bytes, dropped: Sequence[Dropped], limit: int) -> list[tuple[bytes, str | None]]:
    """Whole lines and those that were too long, as pieces (body, why it is refused) in the order of the stream."""
    frames = lines.frames(chunk)
    pieces: list[tuple[bytes, str | None]] = []
    done = 0
    for long in dropped:
        if long.before > done:
            pieces.append((b"\n".join(frames[done : long.before]) + b"\n", None))
        pieces.append((long.excerpt, f"the line is longer than {limit} bytes"))
        done = long.before
    if len(frames) > done:
        pieces.append((b"\n".join(frames[done:]) + b"\n", None))
    return pieces
