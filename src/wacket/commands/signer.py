"""The command key: what it signs, nodes do. It lies in a file of its own, so that no copy of the ledger has it.

Signs whatever it is given: who may ask for what is decided before (control.py).
"""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wacket.keyfile import seed_in

FILE = "command.key"
CURE = "put a backup in its place, or delete it: the hub makes another, which agents learn when they connect"


class Signer:
    """`public` is the 32 bytes that nodes check signatures with."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    @classmethod
    def open(cls, folder: Path) -> Signer:
        """The key in `folder`, made if there is none. Raises BadSettings if the file is not what it should be."""
        return cls(seed_in(folder / FILE, "the hub's command key", CURE))

    def sign(self, text: bytes) -> bytes:
        return self._key.sign(text)
