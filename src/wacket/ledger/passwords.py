"""Passwords as Argon2id PHC strings (RFC 9106; the memory, passes and lanes that OWASP asks for, 2024).

One call takes about 50 ms and 19 MiB by design: call it in a thread. Limits nobody;
what it stores it stores in memory, for ten minutes.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field

from wacket.errors import BadRequest

MEMORY_KIB, PASSES, LANES, LENGTH, SALT = 19 * 1024, 2, 1, 32, 16
SHORTEST, LONGEST = 8, 256  # characters; the upper end bounds the work that a stranger can ask for

# For names that nobody has: verifying against it takes as long as against a real one, and never succeeds,
# because its tag is not the hash of anything known.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$d2Fja2V0LW5vYm9keS4uLg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def make(password: str, salt: bytes) -> str:
    """The PHC string to store. Raises BadRequest if the password is too short or too long."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    if not SHORTEST <= len(password) <= LONGEST:
        raise BadRequest(f"a password has {SHORTEST} to {LONGEST} characters", "password")
    return Argon2id(
        salt=salt, length=LENGTH, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB
    ).derive_phc_encoded(_bytes(password))


def fits(password: str, phc: str) -> bool:
    """Whether this is the password. Takes the same time either way."""
    from cryptography.exceptions import InvalidKey
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        Argon2id.verify_phc_encoded(_bytes(password[:LONGEST]), phc)
    except InvalidKey:
        return False
    return len(password) <= LONGEST


def _bytes(password: str) -> bytes:
    # The same letter can be typed as one or as two code points, depending on the keyboard (RFC 8265 §4.2).
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@dataclass(slots=True)
class Proved:
    """Which names and passwords were right a moment ago, so that boards that show theirs with each request do
    not cost 50 ms each. Holds a keyed hash only, and only as long as the stored password is the same.
    """

    key: bytes
    keep: int = 600_000_000  # µs
    most: int = 1000
    _until: dict[tuple[bytes, str], int] = field(default_factory=dict)

    def holds(self, name: str, password: str, phc: str, now: int) -> bool:
        return self._until.get((self._digest(name, password), phc), 0) > now

    def add(self, name: str, password: str, phc: str, now: int) -> None:
        if len(self._until) >= self.most:
            del self._until[next(iter(self._until))]
        self._until[self._digest(name, password), phc] = now + self.keep

    def _digest(self, name: str, password: str) -> bytes:
        return hashlib.blake2b(f"{name}\0{password}".encode("utf-8", "replace"), key=self.key).digest()
