"""Reads the one line with which a TCP sender may introduce itself. Pure; decides nothing about who may speak."""

from __future__ import annotations

from typing import NamedTuple

from wacket import formats
from wacket.errors import BadRequest

WORD = b"hello "
KNOWN = ("node", "token", "ack", "format", "epoch", "seq")


class Hello(NamedTuple):
    """What a sender said of itself, and how it wants to be read and answered."""

    node: str | None = None
    token: str | None = None
    ack: bool = False
    format: str = "auto"
    epoch: str | None = None
    sequence: int = 0


def parse(line: bytes) -> Hello:
    """The parts of `hello node=NAME token=… ack=yes format=… epoch=… seq=…`, in any order, all of them optional.

    Raises BadRequest naming the part.
    """
    parts = dict(part.partition("=")[::2] for part in line.decode("utf-8", "replace").split()[1:])
    for name in parts:
        if name not in KNOWN:
            raise BadRequest(f"hello has no part {name[:40]!r}; known: {', '.join(KNOWN)}", name[:40])
    if parts.get("ack", "no") not in ("yes", "no"):
        raise BadRequest("ack is yes or no", "ack")
    wanted = parts.get("format", "auto")
    if formats.is_whole(formats.find(wanted)):
        raise BadRequest(f"format {wanted} needs a whole body with its header; send it over HTTP", "format")
    sequence, epoch = parts.get("seq", "0"), parts.get("epoch")
    if not sequence.isascii() or not sequence.isdigit() or len(sequence) > 15:
        raise BadRequest("seq is the number of the first line that follows, at most 15 digits", "seq")
    if "seq" in parts and not epoch:
        raise BadRequest("seq needs epoch: a word that changes when the sender starts counting anew", "epoch")
    if epoch and len(epoch) > 64:
        raise BadRequest("epoch is at most 64 characters", "epoch")
    return Hello(parts.get("node"), parts.get("token"), parts.get("ack") == "yes", wanted, epoch or None, int(sequence))
