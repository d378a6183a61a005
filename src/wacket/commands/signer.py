"""The command key: what it signs, nodes do. It lies in a file of its own, so that no copy of the ledger has it.

Signs whatever it is given: who may ask for what is decided before (control.py).
"""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wacket.commands.writing import write_whole
from wacket.errors import BadSettings

FILE = "command.key"


class Signer:
    """`public` is the 32 bytes that nodes check signatures with."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    @classmethod
    def open(cls, folder: Path) -> Signer:
        """The key in `folder`, made if there is none. Raises BadSettings if the file is not what it should be."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / FILE
        if not path.exists():
            write_whole(path, Ed25519PrivateKey.generate().private_bytes_raw().hex().encode() + b"\n")
        path.chmod(0o600)
        try:
            return cls(bytes.fromhex(path.read_text("ascii", "replace").strip()))
        except ValueError as error:
            cure = (
                "put a backup in its place, or delete it: the hub makes another, which agents learn when they connect"
            )
            raise BadSettings(f"{path} does not hold the hub's command key ({error}); {cure}") from error

    def sign(self, text: bytes) -> bytes:
        return self._key.sign(text)
