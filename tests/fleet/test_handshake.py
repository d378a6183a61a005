"""The proofs of both ends, held against vectors and against what an agent makes by itself."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.agents import JoinToken as AgentsToken
from tests.support.agents import NodeKey

from wacket.errors import BadRequest
from wacket.fleet.handshake import JoinToken, Meeting, key_id, proved_by, short_code, signed_by

KEY = NodeKey(bytes(range(32)))
MEETING = Meeting("aa" * 32, "bb" * 32, "cc" * 32, "dd" * 32)
TEXTS = (MEETING.of_the_hub(), MEETING.of_the_node(), MEETING.of_the_token(KEY.public.hex()))
hexes = st.binary(min_size=32, max_size=32).map(bytes.hex)


def test_the_text_of_a_join_token_is_the_one_that_agents_know():
    token = JoinToken(7, bytes(range(16)), b"\xab" * 32)
    text = str(token)
    assert text == "wjt_AQAAAAcAAQIDBAUGBwgJCgsMDQ4Pq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"
    assert AgentsToken.read(text) == (7, bytes(range(16)), "ab" * 32)


@pytest.mark.slow
@given(st.integers(0, 2**32 - 1), st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32))
def test_a_join_token_is_read_as_it_was_written(number, secret, fingerprint):
    token = JoinToken(number, secret, fingerprint)
    assert JoinToken.parse(f" {token}\n") == token


@pytest.mark.slow
@given(st.text(max_size=100) | st.text("wjt_ABCab01-=", max_size=100).map("wjt_".__add__))
def test_what_is_no_join_token_is_refused_in_words(text):
    with pytest.raises(BadRequest, match="join token"):
        JoinToken.parse(text)


def test_the_text_of_each_proof_is_as_the_page_has_it():
    a, b, c, d, key = "aa" * 32, "bb" * 32, "cc" * 32, "dd" * 32, KEY.public.hex()
    assert (
        f"wacket agent v1 hub\n{b}\n{c}\n{d}".encode(),
        f"wacket agent v1 node\n{a}\n{c}\n{b}\n{d}".encode(),
        f"wacket agent v1 join\n{a}\n{c}\n{b}\n{d}\n{key}".encode(),
    ) == TEXTS


@pytest.mark.parametrize("place", range(4))
def test_a_signature_holds_for_one_meeting_only(place):
    signature = KEY.sign(*MEETING.of_the_node().decode().split("\n"))
    assert signed_by(KEY.public.hex(), signature, MEETING.of_the_node())
    other = Meeting(*("ee" * 32 if number == place else part for number, part in enumerate(MEETING)))
    assert not signed_by(KEY.public.hex(), signature, other.of_the_node())


@pytest.mark.slow
@given(hexes, st.binary(min_size=64, max_size=64).map(bytes.hex), st.binary(max_size=50))
def test_what_nobody_signed_is_signed_by_nobody(key, signature, text):
    assert not signed_by(key, signature, text)


@pytest.mark.parametrize("key", [f"{y:02x}" + "00" * 31 for y in (0, 1)] + ["ec" + "ff" * 30 + "7f", "ee" + "ff" * 31])
def test_a_key_that_fits_every_text_is_nobodys(key):
    assert not any(signed_by(key, r + "00" * 32, text) for text in TEXTS for r in (key, "01" + "00" * 31, "00" * 32))


def test_a_proof_needs_the_secret():
    secret = bytes(16)
    digest = hashlib.sha256(secret).hexdigest()
    assert not proved_by(digest, "00" * 32, TEXTS[2])
    assert not proved_by(hashlib.sha256(b"another").hexdigest(), digest, TEXTS[2])


def test_what_people_compare_is_short_and_of_both_keys():
    code = short_code("aa" * 32, "bb" * 32)
    digest = hashlib.sha256(f"wacket code v1\n{'aa' * 32}\n{'bb' * 32}".encode()).digest()
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    bits = int.from_bytes(digest, "big") >> (256 - 50)
    said = "".join(letters[bits >> (45 - 5 * place) & 31] for place in range(10))
    assert code == f"{said[:5]}-{said[5:]}"
    assert code != short_code("bb" * 32, "aa" * 32)
    assert key_id(KEY.public.hex()) == KEY.id
