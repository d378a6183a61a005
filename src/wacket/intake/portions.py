"""How much is decoded at once. A line costs many times its bytes on the way, so many short ones go in portions.

What no decoder can read without running out of stack is halved until the frame that does it stands alone, and that one
is refused: a format that forgets the limit costs its sender one line, and nobody else anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wacket.formats import is_whole
from wacket.records import Decoded, Envelope, Reject
from wacket.seams import Format

MOST_LINES = 1 << 16
EXCERPT = 256

Portion = Sequence[tuple[int, Envelope]]  # envelopes, or whole lines of them, with the place of each in its group


def cut(some: Portion, form: Format) -> Iterator[Portion]:
    """Portions of about MOST_LINES lines at most, all in the order in which they came."""
    if sum([envelope.body.count(b"\n") for _, envelope in some]) + len(some) <= MOST_LINES:
        yield some
        return
    portion: list[tuple[int, Envelope]] = []
    lines = 0
    for place, envelope in some:
        for piece in [envelope] if is_whole(form) else _pieces(envelope):
            more = piece.body.count(b"\n") + 1
            if portion and lines + more > MOST_LINES:
                yield portion
                portion, lines = [], 0
            portion.append((place, piece))
            lines += more
    if portion:
        yield portion


def decode(portion: Portion, form: Format) -> Iterator[tuple[Portion, Decoded]]:
    """What came of a portion, whole or in parts. The formats never raise for bad data but where the stack ends."""
    try:
        decoded = form.decode([envelope for _, envelope in portion])
    except RecursionError:
        halves = _halves(portion, form)
        if not halves:
            body = portion[0][1].body.strip()[:EXCERPT]
            yield portion, Decoded([1], rejects=[Reject(0, 0, "nested too deeply to be read", body)])
        for half in halves:
            yield from decode(half, form)
    else:
        yield portion, decoded


def _halves(portion: Portion, form: Format) -> list[Portion]:
    """Nothing for what cannot be divided."""
    if len(portion) > 1:
        middle = len(portion) // 2
        return [portion[:middle], portion[middle:]]
    place, envelope = portion[0]
    halves = [] if is_whole(form) else _halved(envelope)
    return [[(place, half)] for half in halves]


def _pieces(envelope: Envelope) -> list[Envelope]:
    halves = _halved(envelope) if envelope.body.count(b"\n") > MOST_LINES else []
    return [piece for half in halves for piece in _pieces(half)] or [envelope]


def _halved(envelope: Envelope) -> list[Envelope]:
    """Two halves of whole lines; nothing for a single line."""
    body = envelope.body
    middle = body.find(b"\n", len(body) // 2, len(body) - 1) + 1 or body.rfind(b"\n", 0, len(body) // 2) + 1
    return [replace(envelope, body=body[:middle]), replace(envelope, body=body[middle:])] if middle else []
