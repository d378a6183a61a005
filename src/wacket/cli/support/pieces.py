"""Cuts a file into pieces of whole lines, each with a key that says which piece of which file it is.

Where a piece ends follows from the lines before it alone, and its key from everything up to its end. So the same file
gives the same pieces and keys every time, a file that has grown gives the same ones except for its last, incomplete
piece, and a file that differs anywhere gives others from there on. Sends nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from wacket.cli.support.errors import Misused
from wacket.cli.support.recognise import TRIPLES, triples_to_ndjson

LINES = 1000  # in a piece; so many may be stored twice when a file has grown
PIECE = 1024 * 1024  # bytes, before compression, that end a piece sooner
LONGEST = 16 * 1024 * 1024  # bytes of a line
BOM = b"\xef\xbb\xbf"


class Piece(NamedTuple):
    """`body` is what is sent; `first_line` the number, from 1, of its first data line in the file."""

    body: bytes
    key: str
    first_line: int
    taken: int  # bytes of the file


class Manner(NamedTuple):
    """How a file is sent: the format that the hub is told, and what turns the file's lines into it."""

    form: str

    @property
    def hub_format(self) -> str:
        return "ndjson" if self.form == TRIPLES else self.form

    @property
    def has_heading(self) -> bool:
        return self.form == "csv"


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """The file, decompressed if its name ends in .gz; `-` is standard input."""
    if path == "-":
        yield sys.stdin.buffer
    elif path.endswith(".gz"):
        with gzip.open(path, "rb") as packed:
            yield cast("BinaryIO", packed)
    else:
        with Path(path).open("rb") as file:
            yield file


def pieces(file: BinaryIO, manner: Manner, salt: str, lines: int = LINES, size: int = PIECE) -> Iterator[Piece]:
    """The file from where it stands, in pieces. `salt` makes keys of other destinations different.

    Raises Misused for a line that is too long for any hub.
    """
    identity = hashlib.sha256(salt.encode() + b"\0")
    number, read = 1, _line(file, 1)
    start = len(read) - len(read.removeprefix(BOM))
    heading, first = b"", read[start:]
    if manner.has_heading:
        heading, start, number = first.rstrip(b"\r\n") + b"\n", len(read), 2
        first = _line(file, 2)
    while first:
        chunk = [first]
        taken = len(first)
        while len(chunk) < lines and taken < size and (more := _line(file, number + len(chunk))):
            chunk.append(more)
            taken += len(more)
        body = heading + converted(b"".join(chunk), manner)
        identity.update(body)
        yield Piece(body, f"push-{identity.hexdigest()[:40]}", number, start + taken)
        start, number = 0, number + len(chunk)
        first = _line(file, number)


def _line(file: BinaryIO, number: int) -> bytes:
    line = file.readline(LONGEST + 1)
    if len(line) > LONGEST:
        raise Misused(
            f"line {number} is longer than {LONGEST // 1024**2} MiB; it and what follows were not sent",
            "Is this really a file of lines? Each reading or log is one line.",
        )
    return line


def converted(chunk: bytes, manner: Manner) -> bytes:
    """Whole lines as the hub takes them."""
    if manner.form != TRIPLES:
        return chunk
    return "\n".join(triples_to_ndjson(chunk.decode("utf-8", "replace").splitlines())).encode()
