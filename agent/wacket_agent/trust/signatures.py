"""Ed25519 for the rest of the agent: by the OpenSSL of this Python if it can be reached, else by our own.

Both are strict in the same way; what each does is in libcrypto.py and ed25519.py.
"""

from __future__ import annotations

from wacket_agent.trust import ed25519, libcrypto

_library = libcrypto.load()


def public_key(seed: bytes) -> bytes:
    """The 32 public bytes of a key whose 32 secret ones are `seed`."""
    return (_library and _library.public_key(seed)) or ed25519.public_key(seed)


def sign(seed: bytes, text: bytes) -> bytes:
    return (_library and _library.sign(seed, text)) or ed25519.sign(seed, text)


class Verifier:
    """Judges signatures of one key. Raises ValueError if `public` is no point of the curve, written as it should be."""

    def __init__(self, public: bytes) -> None:
        ed25519.require_point(public)
        self.public = public
        self._own: ed25519.Verifier | None = None

    def accepts(self, signature: bytes, text: bytes) -> bool:
        found = _library.accepts(self.public, signature, text) if _library else None
        if found is not None:
            return found
        self._own = self._own or ed25519.Verifier(self.public)
        return self._own.accepts(signature, text)
