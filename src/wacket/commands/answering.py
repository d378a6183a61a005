"""What commands said, for reading: bytes of one stream or of both, and equal answers of many nodes folded into one.

Reads what kept/outputs.py has written; blocking, for threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from wacket.commands.folding import alike, fold
from wacket.commands.kept.outputs import Outputs
from wacket.commands.kept.pieces import CUT, ERR, OUT, Cut
from wacket.commands.kept.spool import Place, Reader
from wacket.ledger.commands import CommandRow

CHOICES = {"out": (OUT,), "err": (ERR,), "both": (OUT, ERR)}
SHOWN = 64 * 1024  # bytes of each stream in a folded answer
LINE = 200  # characters of its first line


def said(place: Place, stream: str) -> Iterator[bytes]:
    """The bytes of a stream; where some are not there, a line says how many."""
    kinds, reader = CHOICES[stream], Reader(place)
    while pieces := reader.read():
        chosen = [piece for piece in pieces if piece.kind in kinds or piece.kind == CUT]
        if data := b"".join(_cut_line(piece.cut, kinds) if piece.kind == CUT else piece.payload for piece in chosen):
            yield data


def answers(
    rows: Sequence[CommandRow], outputs: Outputs, name: Callable[[int], str], most: int = SHOWN
) -> list[dict[str, Any]]:
    """Groups of nodes that answered the same: state, exit code, reason and all that they said.

    What has ended otherwise than most of those that ended `differs`.
    """
    groups = alike((row, (row.state, row.exit, row.signal, row.reason, row.digest)) for row in rows)
    usual = next((group for group in groups if group[0].ended is not None), None)
    return [
        _answer(group, outputs, name, most) | {"differs": group[0].ended is not None and group is not usual}
        for group in groups
    ]


def _answer(group: list[CommandRow], outputs: Outputs, name: Callable[[int], str], most: int) -> dict[str, Any]:
    one = group[0]
    found: dict[str, Any] = {"nodes": fold(name(row.node) for row in group), "count": len(group), "state": one.state}
    found |= {"exit": one.exit, "signal": one.signal, "reason": one.reason}
    place = outputs.place(one.job, one.node)
    texts = {stream: _text(place, stream, most) for stream in ("out", "err")}
    return found | texts | {f"{stream}_line": _first_line(text) for stream, text in texts.items()}


def _first_line(text: str) -> str:
    """The first line that says something, cut to what stands in a row of a table."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:LINE]


def _text(place: Place, stream: str, most: int) -> str:
    head = b""
    for data in said(place, stream):
        head += data
        if len(head) > most:
            return head[:most].decode("utf-8", "replace") + f"\n… cut here: the first {most} bytes\n"
    return head.decode("utf-8", "replace")


def _cut_line(cut: Cut, kinds: tuple[int, ...]) -> bytes:
    missing = cut.out * (OUT in kinds) + cut.err * (ERR in kinds)
    return f"\n… {missing} bytes are cut out here …\n".encode() if missing else b""
