"""The hub's own key, by which agents know it whatever its address or certificate. Made at the first start, then kept.

The file is the identity: a hub that gets another key is a stranger to every agent, so one that cannot be read stops the
start instead of being replaced.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wacket import keyfile

FILE = "hub.key"
CURE = (
    "put a backup of it in its place. Without it every agent must join again; to go on so, delete it, "
    "and the hub makes another"
)


class HubKey:
    """`public` is hexadecimal, as messages have it; `fingerprint` is what agents pin."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._key.public_key().public_bytes_raw()
        self.public = raw.hex()
        self.fingerprint = hashlib.sha256(raw).digest()

    @classmethod
    def open(cls, folder: Path) -> HubKey:
        """The key in `folder`, made if there is none. Raises BadSettings if the file is not what it should be."""
        return cls(keyfile.seed_in(folder / FILE, "the hub's key", CURE))

    def sign(self, text: bytes) -> str:
        return self._key.sign(text).hex()
