"""What a simulated board is, and where the kinds of board are found."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from random import Random
from typing import Literal, Protocol

Way = Literal["tcp", "udp", "http"]


class Board(Protocol):
    """Each file in boards/ has a class `Board` of this shape, made with its source of chance.

    `node` is the name it speaks under, `way` the door it uses, `format` what it names there ("" where the hub is to
    find out by itself), `every` the seconds between two frames. `frame(now)` is pure but for the chance: the whole
    lines, each ended, that the board sends at `now` (µs since 1970).
    """

    node: str
    way: Way
    format: str
    every: float

    def frame(self, now: int) -> bytes: ...


def kinds() -> list[str]:
    """The names of the kinds of board, by the files in boards/."""
    from wacket.demo import boards

    return sorted(found.name for found in iter_modules(boards.__path__))


def fleet(seed: int = 1) -> list[Board]:
    """One board of every kind."""
    return [import_module(f"wacket.demo.boards.{kind}").Board(Random(f"{seed}/{kind}")) for kind in kinds()]  # noqa: S311
