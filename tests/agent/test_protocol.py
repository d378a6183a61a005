"""Messages, what is signed, short codes and tokens."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket_agent import protocol
from wacket_agent.protocol import MAX_HEAD, MAX_PAYLOAD, MAX_TEXT, Malformed, Token

SECRET, HUB = bytes(range(16)), "ab" * 32
TOKEN = "wjt_AQAAAAcAAQIDBAUGBwgJCgsMDQ4Pq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"
PROOF = "c8639542cdf28d345a58ee492441c932a3d20401e05b0238c78c87f5be302e83"
CODE = "Q8FWZ-9Y0G2"
MACHINE = "4755c7f3ed8773b20454688b6dd2e3a24ed5ae2162000c2286ec6ad21aebc523"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
MESSAGES = st.dictionaries(st.text(), JSON, max_size=4).map(lambda members: {**members, "t": "x"})


@pytest.mark.slow
@given(MESSAGES, st.binary(max_size=100))
def test_what_is_encoded_is_decoded(message: dict[str, object], payload: bytes) -> None:
    assert protocol.decode(protocol.encode(message)) == message
    assert protocol.unpack(protocol.pack(message, payload)) == (message, payload)


@pytest.mark.slow
@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_malformed(data: bytes) -> None:
    for read in (protocol.decode, protocol.unpack):
        try:
            read(data)
        except Malformed:
            continue


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b"{}",
        b'{"t": 1}',
        b'{"t": "x", "n": NaN}',
        b'{"t": "x"',
        b"[" * 60_000,
        '{"t": "x"}'.encode("utf-16"),
        b'{"t": "' + b"x" * MAX_TEXT + b'"}',
    ],
)
def test_what_is_no_text_message(data: bytes) -> None:
    with pytest.raises(Malformed):
        protocol.decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0",
        b"\0\0\0\x09{}",
        b"\xff\xff\xff\xff" + b'{"t": "x"}',
        (MAX_HEAD + 20).to_bytes(4, "big") + b'{"t": "x"}'.ljust(MAX_HEAD + 20),
        b'\0\0\0\x09{"t":"x"}' + bytes(MAX_PAYLOAD + 1),
    ],
)
def test_what_is_no_binary_message(data: bytes) -> None:
    with pytest.raises(Malformed):
        protocol.unpack(data)


def test_the_largest_messages_pass() -> None:
    assert len(protocol.decode(b'{"t":"' + b"x" * (MAX_TEXT - 8) + b'"}')["t"]) == MAX_TEXT - 8
    head = {"t": "x" * (MAX_HEAD - 8)}
    assert protocol.unpack(protocol.pack(head, bytes(MAX_PAYLOAD))) == (head, bytes(MAX_PAYLOAD))


def test_a_message_of_ours_that_is_too_long_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="too many"):
        protocol.encode({"t": "x" * MAX_TEXT})
    with pytest.raises(ValueError, match="too many"):
        protocol.pack({"t": "x" * MAX_HEAD}, b"")
    with pytest.raises(ValueError, match="too many"):
        protocol.pack({"t": "x"}, bytes(MAX_PAYLOAD + 1))


@pytest.mark.parametrize("text", ["", "AB" * 32, "ab" * 31, "ab" * 33, "xy" * 32, 7, None, "٣" * 64])
def test_hexadecimal_is_lower_case_and_of_the_right_length(text: object) -> None:
    with pytest.raises(Malformed):
        protocol.unhex(text, 32)


def test_what_is_signed() -> None:
    assert protocol.hub_text("1", "2", "c") == b"wacket agent v1 hub\n1\n2\nc"
    assert protocol.node_text("h", "2", "1", "") == b"wacket agent v1 node\nh\n2\n1\n"
    assert protocol.command_key_text("k", "h") == b"wacket command key v1\nk\nh"
    assert protocol.command_text('{"v":1}') == b'wacket command v1\n{"v":1}'


def test_proofs_and_codes_stay_as_they_are() -> None:
    """Both ends compute them: a change here is a change of the protocol."""
    assert protocol.join_proof(SECRET, HUB, "2", "1", "c", "k") == PROOF
    assert protocol.short_code("h", "k") == CODE
    assert protocol.machine_hash("m") == MACHINE


@given(st.text(max_size=5), st.text(max_size=5))
def test_a_short_code_can_be_read_out(hub: str, key: str) -> None:
    first, second = protocol.short_code(hub, key).split("-")
    assert len(first) == len(second) == 5
    assert set(first + second) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_a_short_code_has_the_most_significant_bits_of_the_digest_first() -> None:
    number = int.from_bytes(hashlib.sha256(b"wacket code v1\nh\nk").digest(), "big") >> (256 - 50)
    digits = [("0123456789ABCDEFGHJKMNPQRSTVWXYZ")[number >> shift & 31] for shift in range(45, -1, -5)]
    assert protocol.short_code("h", "k").replace("-", "") == "".join(digits)


def test_a_token_is_read() -> None:
    assert protocol.parse_token(f"  {TOKEN}\n") == Token(7, SECRET, HUB)


@given(st.text(max_size=90) | st.text("wjt_AQ-", max_size=90).map("wjt_".__add__))
def test_any_text_is_a_token_or_refused(text: str) -> None:
    try:
        protocol.parse_token(text)
    except ValueError as error:
        assert "token" in str(error)


@pytest.mark.parametrize("text", ["", "wjt_", TOKEN[:-1], TOKEN + "A", TOKEN.replace("wjt_", "wkt_"), TOKEN + "="])
def test_what_is_no_token(text: str) -> None:
    with pytest.raises(ValueError, match="begins with wjt_"):
        protocol.parse_token(text)


def test_a_token_of_a_newer_version() -> None:
    newer = "wjt_" + base64.urlsafe_b64encode(b"\2" + bytes(52)).decode().rstrip("=")
    with pytest.raises(ValueError, match="newer"):
        protocol.parse_token(newer)


def test_messages_are_written_without_spaces() -> None:
    assert protocol.encode({"t": "x", "a": [1, 2]}) == json.dumps({"t": "x", "a": [1, 2]}).replace(" ", "").encode()
