"""How hub and agent prove themselves to each other: the texts that are signed, their checks, and what people compare.

Pure: keys, nonces and times are arguments. Who is let in is decided in enrolment.py.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wacket.errors import BadRequest

BEGINS = "wjt_"
TOKEN_VERSION = 1
SECRET_BYTES = 16
_TOKEN_BYTES = 1 + 4 + SECRET_BYTES + 32
_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE32_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_AS_CODE = str.maketrans(_BASE32_LETTERS, _CODE_LETTERS)


class Meeting(NamedTuple):
    """What both ends know of one connection, all as the messages have it."""

    hub: str  # the hub's public key
    agents_nonce: str
    hubs_nonce: str
    certificate: str  # the digest of the one that the agent was shown, or ""

    def of_the_hub(self) -> bytes:
        return _text("wacket agent v1 hub", self.agents_nonce, self.hubs_nonce, self.certificate)

    def of_the_node(self) -> bytes:
        return _text("wacket agent v1 node", self.hub, self.hubs_nonce, self.agents_nonce, self.certificate)

    def of_the_token(self, key: str) -> bytes:
        return _text("wacket agent v1 join", self.hub, self.hubs_nonce, self.agents_nonce, self.certificate, key)


def vouching(command_key: str, hub: str) -> bytes:
    """What the hub key signs, so that agents believe in the command key."""
    return _text("wacket command key v1", command_key, hub)


# Points of small order: with such a key anybody can sign anything, so it proves nobody.
_WEAK_KEYS = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


def signed_by(key: str, signature: str, text: bytes) -> bool:
    """Whether the owner of a public key has signed this."""
    public = bytes.fromhex(key)
    if public[:-1] + bytes([public[-1] & 0x7F]) in _WEAK_KEYS:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def proved_by(secret_hash: str, proof: str, text: bytes) -> bool:
    """Whether who made this proof has the secret of a join token. The hub has its SHA-256 only."""
    expected = hmac.new(bytes.fromhex(secret_hash), text, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, proof)


def key_id(key: str) -> str:
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()


def short_code(hub: str, key: str) -> str:
    """What people compare at both ends, for example 7KQ2M-9XFAB."""
    digest = hashlib.sha256(_text("wacket code v1", hub, key)).digest()
    code = base64.b32encode(digest).decode().translate(_AS_CODE)
    return f"{code[:5]}-{code[5:10]}"


class JoinToken(NamedTuple):
    """What a person pastes on the new machine."""

    id: int
    secret: bytes
    fingerprint: bytes  # of the hub's key, so that the first contact cannot be somebody else's

    def __str__(self) -> str:
        raw = bytes([TOKEN_VERSION]) + self.id.to_bytes(4, "big") + self.secret + self.fingerprint
        return BEGINS + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    @classmethod
    def parse(cls, text: str) -> JoinToken:
        """Raises BadRequest."""
        coded = text.strip().removeprefix(BEGINS)
        try:
            raw = base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raw = b""
        if not text.strip().startswith(BEGINS) or len(raw) != _TOKEN_BYTES or raw[0] != TOKEN_VERSION:
            raise BadRequest("this is not a whole join token; copy it again, from wjt_ to its end", "token")
        return cls(int.from_bytes(raw[1:5], "big"), raw[5 : 5 + SECRET_BYTES], raw[5 + SECRET_BYTES :])


def _text(*lines: str) -> bytes:
    return "\n".join(lines).encode()
