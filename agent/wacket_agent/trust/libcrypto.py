"""Ed25519 by the OpenSSL that Python's own `hashlib` uses, where it can be reached: some ten times as fast as ours, and
constant in time. Nothing is loaded for it that is not in memory already.

`load` gives None where there is none, or one that does not do it right; a method gives None where it could not tell.
signatures.py then does without.
"""

from __future__ import annotations

import ctypes
from typing import Any

_ED25519 = 1087  # as OpenSSL numbers it (obj_mac.h)
_SEED, _TEXT = bytes(range(32)), b"\0wacket"


class Library:
    """Raises AttributeError for a library that lacks something: OpenSSL before 1.1.1, and others."""

    def __init__(self, library: Any) -> None:
        pointer, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
        raw = (number, pointer, ctypes.c_char_p, size)
        init = (pointer,) * 5
        self._new_public = _function(library.EVP_PKEY_new_raw_public_key, pointer, *raw)
        self._new_private = _function(library.EVP_PKEY_new_raw_private_key, pointer, *raw)
        self._get_public = _function(library.EVP_PKEY_get_raw_public_key, number, pointer, pointer, pointer)
        self._free_key = _function(library.EVP_PKEY_free, None, pointer)
        self._new_context = _function(library.EVP_MD_CTX_new, pointer)
        self._free_context = _function(library.EVP_MD_CTX_free, None, pointer)
        self._init_verify = _function(library.EVP_DigestVerifyInit, number, *init)
        self._init_sign = _function(library.EVP_DigestSignInit, number, *init)
        texts = (ctypes.c_char_p, size)
        self._verify = _function(library.EVP_DigestVerify, number, pointer, *texts, *texts)
        self._sign = _function(library.EVP_DigestSign, number, pointer, pointer, pointer, *texts)

    def public_key(self, seed: bytes) -> bytes | None:
        with self._key(self._new_private, seed) as key:
            public, size = ctypes.create_string_buffer(32), ctypes.c_size_t(32)
            return public.raw if key and self._get_public(key, public, ctypes.byref(size)) == 1 else None

    def sign(self, seed: bytes, text: bytes) -> bytes | None:
        with self._key(self._new_private, seed) as key, self._context() as context:
            if not key or not context or self._init_sign(context, None, None, None, key) != 1:
                return None
            signature, size = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
            done = self._sign(context, signature, ctypes.byref(size), text, len(text))
            return signature.raw if done == 1 and size.value == 64 else None

    def accepts(self, public: bytes, signature: bytes, text: bytes) -> bool | None:
        with self._key(self._new_public, public) as key, self._context() as context:
            if not key or not context or self._init_verify(context, None, None, None, key) != 1:
                return None
            return {0: False, 1: True}.get(self._verify(context, signature, len(signature), text, len(text)))

    def is_right(self) -> bool:
        public, signature = self.public_key(_SEED), self.sign(_SEED, _TEXT)
        if public is None or signature is None:
            return False
        wrong = signature[:-1] + bytes((signature[-1] ^ 1,))
        return bool(self.accepts(public, signature, _TEXT)) and self.accepts(public, wrong, _TEXT) is False

    def _key(self, make: Any, raw: bytes) -> _Freed:
        return _Freed(make(_ED25519, None, raw, len(raw)), self._free_key)

    def _context(self) -> _Freed:
        return _Freed(self._new_context(), self._free_context)


def load() -> Library | None:
    try:
        import _hashlib

        library = Library(ctypes.CDLL(_hashlib.__file__))
        return library if library.is_right() else None
    except (ImportError, OSError, AttributeError, TypeError):
        return None


class _Freed:
    """What OpenSSL made, or None where it could not; given back at the end."""

    def __init__(self, made: int | None, free: Any) -> None:
        self._made, self._free = made, free

    def __enter__(self) -> int | None:
        return self._made

    def __exit__(self, *_: object) -> None:
        if self._made:
            self._free(self._made)


def _function(found: Any, result: Any, *arguments: Any) -> Any:
    found.restype, found.argtypes = result, arguments
    return found
