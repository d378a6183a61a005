"""PURE: text for terminals.

What devices send is shown as text only: control characters become visible, so that no reading can move the cursor,
change a title or hide another line.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_EXACT = 1e15  # below, a float holds every whole number
LAYOUT = "\n\t"  # what a text of several lines may hold


def plain(text: object, keep: str = "") -> str:
    """`text` with control and direction characters written out as \\x1b and the like, except those in
    `keep`.
    """
    return _CONTROL.sub(lambda hit: hit[0] if hit[0] in keep else _written(hit[0]), str(text))


def decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    """UTF-8 that may be cut anywhere, made harmless for a terminal."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for piece in pieces:
        yield plain(decoder.decode(piece), keep=LAYOUT)
    yield plain(decoder.decode(b"", final=True), keep=LAYOUT)


def _written(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def width(text: str) -> int:
    """Columns that `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fitted(text: str, columns: int) -> str:
    """`text` cut to `columns`, with … where something was cut."""
    if width(text) <= columns:
        return text
    kept = text[: max(0, columns - 1)]
    while width(kept) > columns - 1:
        kept = kept[:-1]
    return kept + "…"


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool], limit: int | None = None) -> list[str]:
    """Lines with columns two spaces apart, none longer than `limit`; `right[i]` sets column i to the
    right.
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            " " * (w - width(cell)) + cell if to_right else cell + " " * (w - width(cell))
            for cell, w, to_right in zip(row, widths, right, strict=True)
        ]
        line = "  ".join(cells).rstrip()
        lines.append(fitted(line, limit) if limit else line)
    return lines


def number(value: object) -> str:
    """A number as people write it: no trailing zeros, nine digits at most unless it is whole; a missing one is –."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    return str(value) if isinstance(value, int) else f"{value:.9g}"


def amount(count: float, unit: str = "B") -> str:
    """1234567 → 1.2 MB."""
    for prefix in ("", "k", "M", "G"):
        if abs(count) < 1000:
            return f"{count:.0f} {prefix}{unit}" if not prefix else f"{count:.1f} {prefix}{unit}"
        count /= 1000
    return f"{count:.1f} T{unit}"


def folded(count: int, one: str, many: str = "") -> str:
    """ "1 line", "3 lines", "12,000 lines"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
