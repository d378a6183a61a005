"""Up to where a file was read, as it survives a restart of the agent. Pure.

A file is known by its device and inode, under whatever name, and by how it begins: inodes are used again, and a file
may be emptied and filled anew.
"""

from __future__ import annotations

import json
import zlib
from typing import NamedTuple, Tuple

MEASURED = 256  # bytes at the beginning of a file that tell it from another one
LONGEST_PATH = 4096

Identity = Tuple[int, int]  # device, inode


class Place(NamedTuple):
    """`head` is the checksum of the first `measured` bytes. `skipping`: the offset is inside a line to be let go."""

    offset: int = 0
    skipping: bool = False
    measured: int = 0
    head: int = 0
    path: str = ""

    def text(self) -> str:
        return json.dumps(self._replace(path=self.path[:LONGEST_PATH]))


def parse(text: str) -> Place | None:
    """None for what is no place: the file is then read as one never seen."""
    try:
        offset, skipping, measured, head, path = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    numbers = (offset, measured, head)
    if not all(type(number) is int and 0 <= number < 2**63 for number in numbers) or type(skipping) is not bool:
        return None
    if type(path) is not str or measured > MEASURED:
        return None
    return Place(offset, skipping, measured, head, path)


def name_of(identity: Identity) -> str:
    return f"{identity[0]}:{identity[1]}"


def parse_name(text: str) -> Identity | None:
    device, _, inode = text.partition(":")
    if not (device.isdecimal() and inode.isdecimal() and len(text) < 64):
        return None
    return int(device), int(inode)


def checksum(beginning: bytes) -> int:
    return zlib.crc32(beginning)
