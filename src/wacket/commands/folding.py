"""Many names as one short text, `demo-[01-03,05-16]`, and back.

Pure. The last number of a name is folded. Names are those of nodes: letters, digits and . _ @ : - only.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from typing import NamedTuple, TypeVar

from wacket.errors import BadRequest

MOST_NAMES = 10_000  # that one text may stand for
SET = re.compile(r"\[(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)\]")
_LAST_NUMBER = re.compile(r"(.*?)(\d{1,15})(\D*)", re.DOTALL)
_COMMA = re.compile(r",(?![^\[]*\])")  # not one within brackets

T = TypeVar("T")


class _Run(NamedTuple):
    """The numbers from `first` to `last`, as they are written."""

    first: str
    last: str

    def text(self) -> str:
        return self.first if self.first == self.last else f"{self.first}-{self.last}"


def fold(names: Iterable[str]) -> str:
    """All names in one text, numbers gathered; `unfold` gives them back."""
    families: dict[tuple[str, str] | str, list[str]] = {}
    for name in sorted(set(names)):
        found = _LAST_NUMBER.fullmatch(name)
        families.setdefault((found[1], found[3]) if found else name, []).append(found[2] if found else "")
    return ",".join(_family(about, numbers) for about, numbers in families.items())


def unfold(text: str) -> list[str]:
    """The names that a text of `fold` stands for. Raises BadRequest where they are too many or a range runs back."""
    names = [name for part in split(text) for name in expand(part, MOST_NAMES)]
    if len(names) > MOST_NAMES:
        raise _too_many(text)
    return names


def split(text: str) -> list[str]:
    """The parts between commas, without empty ones; commas within brackets do not count."""
    return [part.strip() for part in _COMMA.split(text) if part.strip()]


def expand(part: str, most: int = MOST_NAMES) -> list[str]:
    """One part with each `[01-03,7]` in it written out."""
    names = [""]
    place = 0
    for found in SET.finditer(part):
        numbers = _numbers(found[1], part)
        if len(names) * len(numbers) > most:
            raise _too_many(part)
        names = [name + part[place : found.start()] + number for name in names for number in numbers]
        place = found.end()
    return [name + part[place:] for name in names]


def alike(answers: Iterable[tuple[T, Hashable]]) -> list[list[T]]:
    """Those with equal answers together, the largest group first, otherwise in the order of their coming."""
    groups: dict[Hashable, list[T]] = {}
    for one, answer in answers:
        groups.setdefault(answer, []).append(one)
    return sorted(groups.values(), key=len, reverse=True)


def _family(about: tuple[str, str] | str, numbers: list[str]) -> str:
    if isinstance(about, str):
        return about
    before, behind = about
    if len(numbers) == 1:
        return before + numbers[0] + behind
    runs = ",".join(run.text() for run in _runs(numbers))
    return f"{before}[{runs}]{behind}"


def _runs(numbers: list[str]) -> list[_Run]:
    runs: list[_Run] = []
    for number in sorted(numbers, key=lambda number: (len(number), number)):
        if runs and _goes_on(runs[-1], number):
            runs[-1] = _Run(runs[-1].first, number)
        else:
            runs.append(_Run(number, number))
    return runs


def _goes_on(run: _Run, number: str) -> bool:
    """9 is followed by 10 and 09 by 10, but 99 is followed by 100 only where the run has no leading zeros."""
    if int(run.last) + 1 != int(number):
        return False
    return len(run.last) == len(number) or (_is_plain(run.first) and _is_plain(number))


def _is_plain(number: str) -> bool:
    return number == "0" or not number.startswith("0")


def _numbers(inside: str, part: str) -> list[str]:
    numbers: list[str] = []
    for piece in inside.split(","):
        first, _, last = piece.partition("-")
        low, high = int(first[:16]), int((last or first)[:16])
        if high < low:
            raise BadRequest(
                f"{part[:80]!r}: the range {piece[:40]} runs back; write the smaller number first", "target"
            )
        if high - low >= MOST_NAMES:
            raise _too_many(part)
        width = 1 if _is_plain(first) else len(first)
        numbers += [f"{number:0{width}}" for number in range(low, high + 1)]
    return numbers


def _too_many(part: str) -> BadRequest:
    return BadRequest(f"{part[:80]!r} stands for more than {MOST_NAMES} names", "target")
