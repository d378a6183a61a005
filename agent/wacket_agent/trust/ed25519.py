"""Ed25519 (RFC 8032) in pure Python, quick enough for an agent: half a millisecond to sign or to verify. Used where
there is no OpenSSL (libcrypto.py).

Multiplying a point that is known beforehand needs no doubling: with a table of 1..15 times P, 16·P, 256·P … it is one
addition for each hexadecimal digit of the factor. The table of the base point is made at the first use, that of a
public key with its `Verifier`; each takes some 8 ms and 0.3 MB.

Not constant in time: how long signing takes may tell something of the key to who can measure it finely. The agent signs
once for each connection, over nonces of both sides, and who runs programs beside it on its machine is kept out by
accounts; nobody gets a series of exact times. Do not use this where somebody may ask for signatures.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Iterable, List, Tuple

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493  # the order of the base point
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)

Point = Tuple[int, int, int, int]  # X, Y, Z, T: x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 section 5.1.4)
Addend = Tuple[int, int, int]  # y + x, y - x, 2dxy of a point with Z = 1: what an addition needs of it
Table = List[List[Addend]]  # [i][n] is n times 16**i times the point

ZERO: Point = (0, 1, 1, 0)
DIGITS = 64  # hexadecimal ones of a factor below 2**256


def public_key(seed: bytes) -> bytes:
    """The 32 public bytes of a key whose 32 secret ones are `seed`."""
    return _encode(_multiply(_base(), _secrets(seed)[0]))


def sign(seed: bytes, text: bytes) -> bytes:
    factor, prefix = _secrets(seed)
    public = _encode(_multiply(_base(), factor))
    nonce = _number(prefix, text)
    point = _encode(_multiply(_base(), nonce))
    return point + ((nonce + _number(point, public, text) * factor) % L).to_bytes(32, "little")


class Verifier:
    """Judges signatures of one key. Raises ValueError if `public` is no point of the curve, written as it should be."""

    def __init__(self, public: bytes) -> None:
        x, y, z, t = _decode(public)
        self.public = public
        self._negative = _table((P - x, y, z, P - t))

    def accepts(self, signature: bytes, text: bytes) -> bool:
        """R is not decoded: what it should be is computed, and has one way only to be written."""
        factor = int.from_bytes(signature[32:], "little")
        if len(signature) != 64 or factor >= L:
            return False
        point = signature[:32]
        expected = _multiply(_base(), factor)
        expected = _multiply(self._negative, _number(point, self.public, text), expected)
        return _encode(expected) == point


def require_point(public: bytes) -> None:
    """Raises ValueError if this is no public key."""
    _decode(public)


def _secrets(seed: bytes) -> tuple[int, bytes]:
    if len(seed) != 32:
        raise ValueError("a seed has 32 bytes")
    digest = hashlib.sha512(seed).digest()
    factor = int.from_bytes(digest[:32], "little")
    return (factor & ((1 << 254) - 8)) | (1 << 254), digest[32:]


def _number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def _multiply(table: Table, factor: int, start: Point = ZERO) -> Point:
    """`start` and `factor` times the point of the table. The addition is written out: a call costs as much as it."""
    x, y, z, t = start
    for row in table:
        digit = factor & 15
        factor >>= 4
        if not digit:
            continue
        plus, minus, product = row[digit]
        a = (y - x) * minus
        b = (y + x) * plus
        c = t * product
        e = (b - a) % P
        f = (z + z - c) % P
        g = (z + z + c) % P
        h = (b + a) % P
        x, y, z, t = e * f % P, g * h % P, f * g % P, e * h % P
    return x, y, z, t


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0])
    b = (one[1] + one[0]) * (other[1] + other[0])
    c = 2 * D * one[3] * other[3]
    d = 2 * one[2] * other[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


@lru_cache(maxsize=1)
def _base() -> Table:
    y = 4 * pow(5, P - 2, P) % P
    return _table(_decode(y.to_bytes(32, "little")))


def _table(point: Point) -> Table:
    points = []
    for _ in range(DIGITS):
        multiple = ZERO
        for _ in range(16):
            points.append(multiple)
            multiple = _add(multiple, point)
        point = multiple
    addends = [
        ((y + x) * inverse % P, (y - x) * inverse % P, 2 * D * t * inverse % P)
        for (x, y, _, t), inverse in zip(points, _inverses([point[2] for point in points]))
    ]
    return [addends[start : start + 16] for start in range(0, len(addends), 16)]


def _inverses(numbers: list[int]) -> Iterable[int]:
    """1 / n of each (Montgomery's trick: one power in all, three products for each)."""
    products = [1]
    for number in numbers:
        products.append(products[-1] * number % P)
    rest = pow(products.pop(), P - 2, P)
    found = []
    while numbers:
        found.append(rest * products.pop() % P)
        rest = rest * numbers.pop() % P
    return reversed(found)


def _encode(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    return ((y * inverse % P) | (x * inverse % P & 1) << 255).to_bytes(32, "little")


def _decode(encoded: bytes) -> Point:
    number = int.from_bytes(encoded, "little")
    y, odd = number & ((1 << 255) - 1), number >> 255
    x = _root(y) if len(encoded) == 32 and y < P else None
    if x is None or (x == 0 and odd):
        raise ValueError("this is no Ed25519 public key")
    if x & 1 != odd:
        x = P - x
    return x, y, 1, x * y % P


def _root(y: int) -> int | None:
    """An x that goes with y on the curve, or None (RFC 8032 section 5.1.3)."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_M1 % P
    return None if (x * x - square) % P else x
