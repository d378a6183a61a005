"""Cuts a file into pieces of whole lines, each with a key that says which piece of which file it is.

The same file gives the same pieces and keys every time, so that sending it again doubles nothing. Sends
nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from wacket.cli.support.recognise import TRIPLES, triples_to_ndjson

PIECE = 1024 * 1024  # bytes, before compression
LONGEST = 65536  # bytes of a line, as in the hub
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


def pieces(file: BinaryIO, manner: Manner, salt: str, size: int = PIECE) -> Iterator[Piece]:
    """The file from where it stands, in pieces. `salt` makes keys of other destinations different."""
    heading, line, position = b"", 1, 0
    first = file.readline(LONGEST).removeprefix(BOM) if manner.has_heading else b""
    if first:
        heading, line, position = first.rstrip(b"\r\n") + b"\n", 2, len(first)
    while chunk := file.read(size):
        # A piece ends with a line; a line without end is cut where the hub would refuse it anyway.
        chunk += file.readline(LONGEST)
        taken = len(chunk)
        if position == 0:
            chunk = chunk.removeprefix(BOM)
        body = heading + converted(chunk, manner)
        mark = hashlib.sha256(b"\0".join([salt.encode(), str(position).encode(), body])).hexdigest()
        yield Piece(body, f"push-{mark[:40]}", line, taken)
        position += taken
        line += chunk.count(b"\n")


def converted(chunk: bytes, manner: Manner) -> bytes:
    """Whole lines as the hub takes them."""
    if manner.form != TRIPLES:
        return chunk
    return "\n".join(triples_to_ndjson(chunk.decode("utf-8", "replace").splitlines())).encode()
