"""Many short texts within one body, read eight bytes at a time: numbers, and which of them are the same.

A text is a pair of places in the body, and no Python object is made of it: a column of five thousand costs some ten
calls into numpy for every eight bytes of its longest text. What is not plain (an exponent, twenty digits) is told
apart, never guessed. Digits are joined as in D. Lemire, "Quickly parsing eight digits" (2022).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wacket.records import F64, I64

U64 = NDArray[np.uint64]
Mask = NDArray[np.bool_]

_BEFORE, _AFTER = bytes(24), bytes(8)  # words may begin before the first byte and end behind the last
_MOST_DIGITS = 19  # three words; int64 ends within the nineteenth
_LONGEST_SAME = 512  # bytes; longer texts are compared one by one
_ROUNDS = 8
_SLAB = 8192  # rows that are read at once: as many as fit into the processor's nearer cache


def _each(byte: int) -> np.uint64:
    return np.uint64(byte * 0x0101010101010101)


_ZEROS, _DOTS, _ONES, _TOPS, _OVER_NINE = _each(ord("0")), _each(ord(".")), _each(1), _each(0x80), _each(0x80 - 10)
# The last n bytes of a word (a word's first byte is its lowest), and the first n.
_LAST = np.array([(1 << 64) - (1 << 8 * (8 - n)) for n in range(9)], np.uint64)
_FIRST = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)
_PLACE = np.uint64(sum(n << 8 * (7 - n) for n in range(8)))  # times 1 << 8 * n has n in its top byte
_TENS = 10.0 ** np.arange(23)  # all exact
_EXACT = 2.0**53
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Words:
    """The words of `data`, one beginning at each of its bytes. Places are given as in `data`."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.raw = np.frombuffer(data, np.uint8)
        self._words: U64 = np.ndarray((len(data) + 25,), "<u8", _BEFORE + data + _AFTER, strides=(1,))

    def places(self, of: bytes) -> I64:
        """Where any of these bytes stands."""
        found = self.raw == of[0]
        for byte in of[1:]:
            found |= self.raw == byte
        return np.flatnonzero(found)

    def whole_numbers(self, starts: I64, ends: I64) -> tuple[I64, Mask]:
        """The texts as numbers, and which of them are digits only, 1 to 19 and within int64."""
        width = ends - starts
        good = (width > 0) & (width <= _MOST_DIGITS)
        total, wrong = np.zeros(len(width), np.uint64), np.zeros(len(width), np.uint64)
        for back in range(0, min(int(width.max(initial=0)), 24), 8):
            digits = (self._before(ends - back) ^ _ZEROS) & _LAST[np.clip(width - back, 0, 8)]
            wrong |= (digits + _OVER_NINE) | digits
            total += _joined(digits) * np.uint64(10**back)
        good &= (wrong & _TOPS == 0) & (total < np.uint64(1 << 63))
        return total.view(np.int64), good

    def digits_before(self, places: I64) -> I64:
        """How many digits stand right before each place; 24 for as many or more."""
        count, only_digits = np.zeros(len(places), np.int64), np.ones(len(places), np.bool_)
        for back in (0, 8, 16):
            digits = self._before(places - back) ^ _ZEROS
            others = ((digits + _OVER_NINE) | digits) & _TOPS
            last_other = (np.frexp(others.astype(np.float64))[1] - 1) >> 3  # -1 where there is none
            count += np.where(only_digits, 7 - last_other, 0)
            only_digits &= others == 0
        return count

    def decimals(self, starts: I64, ends: I64) -> tuple[F64, Mask]:
        """The texts as numbers, and which of them are plain: digits with perhaps a minus before and a dot within, few
        enough that the result is the float64 nearest to the text."""
        if len(starts) > _SLAB:
            slabs = [
                self.decimals(starts[at : at + _SLAB], ends[at : at + _SLAB]) for at in range(0, len(starts), _SLAB)
            ]
            return np.concatenate([value for value, _ in slabs]), np.concatenate([good for _, good in slabs])
        minus = self.raw[np.minimum(starts, len(self.raw) - 1)] == ord("-")
        starts = starts + minus
        behind = self._behind_dot(starts, ends)
        dotted = behind >= 0
        places = np.maximum(behind, 0)
        whole, good = self.whole_numbers(starts, ends - places - dotted)
        value = whole.astype(np.float64)
        if dotted.any():
            part, part_good = self.whole_numbers(ends - places, ends)
            good |= (ends - places - dotted == starts) & part_good  # ".5"
            good &= ~dotted | part_good | (places == 0)  # "5."
            scale = _TENS[np.minimum(places, 22)]
            value = value * scale + part
            good &= ~dotted | (value < _EXACT)
            value /= scale
        return np.negative(value, out=value, where=minus), good

    def distinct(self, starts: I64, ends: I64) -> tuple[list[bytes], I64]:
        """The different texts in the order in which they first come, and each text's place among them."""
        width = ends - starts
        same = self._same_as(starts, width) if int(width.max(initial=0)) <= _LONGEST_SAME else None
        if same is None:
            return distinct(self.cells(starts, ends))
        firsts = np.flatnonzero(same == np.arange(len(same)))
        place = np.empty(len(same), np.int64)
        place[firsts] = np.arange(len(firsts))
        return self.cells(starts[firsts], ends[firsts]), place[same]

    def cells(self, starts: I64, ends: I64) -> list[bytes]:
        """The texts themselves."""
        data = self.data
        return [data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]

    def _same_as(self, starts: I64, width: I64) -> I64 | None:
        """For each text the first that is equal to it; None if hashes will not tell."""
        least, most = (int(width.min()), int(width.max())) if len(width) else (0, 0)
        words = []
        code = width.astype(np.uint64)
        for at in range(0, most, 8):
            word = self._from(starts + at)
            if at + 8 > least:
                word &= _FIRST[np.clip(width - at, 0, 8)]
            words.append(word)
            code = (code ^ word) * _MIX
            code ^= code >> np.uint64(32)
        same = _first_equal(code)
        if same is None or (width[same] != width).any() or any((word[same] != word).any() for word in words):
            return None
        return same

    def _behind_dot(self, starts: I64, ends: I64) -> I64:
        """How many bytes stand behind the dot (the last one); -1 where there is none. Looks at the last 24 bytes."""
        width = ends - starts
        behind = np.full(len(width), -1, np.int64)
        for back in range(0, min(int(width.max(initial=0)), 24), 8):
            other = (self._before(ends - back) ^ _DOTS) | ~_LAST[np.clip(width - back, 0, 8)]
            dots = (other - _ONES) & ~other & _TOPS
            place = ((dots & (~dots + np.uint64(1))) >> np.uint64(7)) * _PLACE >> np.uint64(56)
            found = (dots != 0) & (behind < 0)
            behind = np.where(found, np.int64(back + 7) - place.view(np.int64), behind)
        return behind

    def _from(self, places: I64) -> U64:
        words: U64 = self._words[np.minimum(places, len(self.data)) + 24]
        return words

    def _before(self, places: I64) -> U64:
        words: U64 = self._words[places + 16]
        return words


def distinct(cells: list[bytes]) -> tuple[list[bytes], I64]:
    """The different cells in the order in which they first come, and each cell's place among them."""
    different = list(dict.fromkeys(cells))
    places = dict(zip(different, range(len(different)), strict=True))
    return different, np.fromiter(map(places.__getitem__, cells), np.int64, len(cells))


def _joined(digits: U64) -> U64:
    """The number that eight digits, 0 to 9 each, make."""
    pairs = (digits * np.uint64(10 << 8 | 1) >> np.uint64(8)) & np.uint64(0x00FF00FF00FF00FF)
    fours = (pairs * np.uint64(100 << 16 | 1) >> np.uint64(16)) & np.uint64(0x0000FFFF0000FFFF)
    return fours * np.uint64(10000 << 32 | 1) >> np.uint64(32)


def _first_equal(codes: U64) -> I64 | None:
    """For each code the place of the first that is equal. None when too many of them fall together."""
    same = np.empty(len(codes), np.int64)
    rest = np.arange(len(codes))
    bits = max(4, (4 * len(codes)).bit_length())
    table = np.empty(1 << bits, np.int64)
    for _ in range(_ROUNDS):
        slots = codes[rest] >> np.uint64(64 - bits)
        table[slots[::-1]] = rest[::-1]  # of several, the last that is written stays: the first
        found = table[slots]
        equal = codes[found] == codes[rest]
        same[rest[equal]] = found[equal]
        rest = rest[~equal]
        if not len(rest):
            return same
        codes = codes * _MIX
    return None
