"""Ed25519, our own and by way of OpenSSL, against the vectors of RFC 8032 and the library that the hub uses."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent.trust import ed25519, libcrypto, signatures
from wacket_agent.trust.ed25519 import L, P

# RFC 8032 section 7.1: seed, public key, message, signature
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
SEED = bytes(range(32))
TEXT = b"wacket"
both = pytest.mark.parametrize("by", [ed25519, signatures])


@both
@pytest.mark.parametrize(("seed", "public", "text", "signature"), VECTORS)
def test_the_vectors_of_the_rfc(by: Any, seed: str, public: str, text: str, signature: str) -> None:
    assert by.public_key(bytes.fromhex(seed)).hex() == public
    assert by.sign(bytes.fromhex(seed), bytes.fromhex(text)).hex() == signature
    assert by.Verifier(bytes.fromhex(public)).accepts(bytes.fromhex(signature), bytes.fromhex(text))


@both
@pytest.mark.slow
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_it_agrees_with_the_library_of_the_hub(by: Any, seed: bytes, text: bytes) -> None:
    theirs = Ed25519PrivateKey.from_private_bytes(seed)
    signature = by.sign(seed, text)
    assert signature == theirs.sign(text)
    theirs.public_key().verify(signature, text)
    verifier = by.Verifier(theirs.public_key().public_bytes_raw())
    assert verifier.accepts(signature, text)
    assert not verifier.accepts(signature, text + b".")


@both
@pytest.mark.slow
@given(st.integers(0, 511))
def test_a_signature_with_one_wrong_bit_is_refused(by: Any, bit: int) -> None:
    wrong = bytearray(by.sign(SEED, TEXT))
    wrong[bit // 8] ^= 1 << bit % 8
    assert not by.Verifier(by.public_key(SEED)).accepts(bytes(wrong), TEXT)


@both
@pytest.mark.slow
@given(st.binary(max_size=130))
def test_what_is_no_signature_is_refused(by: Any, signature: bytes) -> None:
    assert not by.Verifier(by.public_key(SEED)).accepts(signature, TEXT)


@both
def test_the_same_signature_written_in_another_way_is_refused(by: Any) -> None:
    """Otherwise one command would have several signatures, and who keeps a list of them could be deceived."""
    signature = by.sign(SEED, TEXT)
    larger = int.from_bytes(signature[32:], "little") + L
    assert not by.Verifier(by.public_key(SEED)).accepts(signature[:32] + larger.to_bytes(32, "little"), TEXT)


@both
def test_the_signature_of_another_key_is_refused(by: Any) -> None:
    assert not by.Verifier(by.public_key(SEED)).accepts(by.sign(bytes(32), TEXT), TEXT)


@both
@pytest.mark.parametrize(
    "public",
    [
        b"",
        bytes(31),
        bytes(33),
        (P + 1).to_bytes(32, "little"),  # the identity, not written in the shortest way
        (1 | 1 << 255).to_bytes(32, "little"),  # x is 0 and said to be odd
        (2).to_bytes(32, "little"),  # no point of the curve has this y
    ],
)
def test_what_is_no_public_key_is_refused(by: Any, public: bytes) -> None:
    with pytest.raises(ValueError, match="public key"):
        by.Verifier(public)


@both
@pytest.mark.slow
@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_are_a_key_or_refused(by: Any, public: bytes) -> None:
    try:
        decoded = by.Verifier(public)
    except ValueError:
        return
    Ed25519PublicKey.from_public_bytes(public)
    assert decoded.public == public


@both
def test_a_seed_has_32_bytes(by: Any) -> None:
    with pytest.raises(ValueError, match="32"):
        by.sign(b"short", TEXT)


def test_openssl_is_used_where_python_has_it() -> None:
    pytest.importorskip("_hashlib")
    assert libcrypto.load() is not None


class Silent:
    """An OpenSSL that may not, as where only approved algorithms are allowed."""

    def public_key(self, seed: bytes) -> None:
        return None

    def sign(self, seed: bytes, text: bytes) -> None:
        return None

    def accepts(self, public: bytes, signature: bytes, text: bytes) -> None:
        return None


@pytest.mark.parametrize("library", [None, Silent()])
def test_our_own_is_used_where_openssl_does_not(library: Silent | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "_library", library)
    signature = signatures.sign(SEED, TEXT)
    assert signature == ed25519.sign(SEED, TEXT)
    verifier = signatures.Verifier(signatures.public_key(SEED))
    assert verifier.accepts(signature, TEXT)
    assert not verifier.accepts(signature, b"other")


@pytest.mark.parametrize("wrong", ["public_key", "sign", "accepts"])
def test_an_openssl_that_does_it_wrong_is_none(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("_hashlib")
    monkeypatch.setattr(libcrypto.Library, wrong, lambda *_: b"\1" * 64)
    assert libcrypto.load() is None
