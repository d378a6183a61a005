"""Whatever an agent says, it is a bounded message or it is Malformed."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wacket.fleet import messages
from wacket.fleet.messages import (
    About,
    Auth,
    Beat,
    Hi,
    Join,
    Malformed,
    Report,
    Skip,
    Streams,
    understood,
    with_payload,
)

SHAPES = (Hi, Auth, Join, messages.AboutNow, Beat, Report, Skip, Streams)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(["v", "nonce", "cert", "key", "sig", "about", "at", "epoch", "seq", "to", "streams", "name"])


@pytest.mark.slow
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_nonsense_is_malformed(raw):
    try:
        said = understood(raw)
    except Malformed:
        return
    assert isinstance(said.message["t"], str)


@pytest.mark.slow
@given(st.dictionaries(members, json_values), st.sampled_from(SHAPES))
def test_members_of_wrong_types_are_malformed(said, shape):
    try:
        understood(json.dumps(said | {"t": "x"})).members(shape)
    except Malformed as error:
        assert str(error).startswith("x: ")


@pytest.mark.slow
@given(st.dictionaries(st.text(max_size=8), json_values, max_size=4), st.binary(max_size=300))
def test_a_head_and_its_payload_come_apart_as_they_were(head, payload):
    said = understood(with_payload(head | {"t": "report"}, payload))
    assert said == ("report", json.loads(json.dumps(head | {"t": "report"})), payload)


@pytest.mark.parametrize(
    "raw",
    [
        "[]",
        "{}",
        '{"t": 1}',
        "x" * 70_000,
        "é" * 40_000,
        "[" * 60_000,
        '{"t":"x","a":' + "[" * 5000,
        b"",
        b"\0\0\0\2{",
        b"\xff\xff\xff\xff{}",
        (16_385).to_bytes(4, "big") + b" " * 20_000,
        b'\0\0\0\x09{"t":"x"}' + b"x" * ((1 << 20) + 1),
        "\ud800",
    ],
    ids=lambda raw: repr(raw[:16]),
)
def test_what_breaks_a_bound_is_malformed(raw):
    with pytest.raises(Malformed):
        understood(raw)


@pytest.mark.parametrize(
    ("shape", "member", "value"),
    [
        (Hi, "nonce", "AB" * 32),
        (Hi, "nonce", "ab" * 32 + "\n"),
        (Auth, "key", "ab" * 31),
        (Report, "epoch", ""),
        (Report, "epoch", "x" * 65),
        (Report, "seq", -1),
        (Report, "seq", 2**53),
        (Report, "seq", 1.5),
        (Streams, "streams", {str(n): {"epoch": "e", "first": 0, "last": 0} for n in range(9)}),
    ],
)
def test_each_member_is_bounded(shape, member, value):
    good = {"nonce": "ab" * 32, "v": 1, "key": "ab" * 32, "sig": "ab" * 64, "epoch": "e", "seq": 0, "format": "influx"}
    good["streams"] = {}
    said = json.dumps({"t": "x", **good})
    understood(said).members(shape)
    with pytest.raises(Malformed):
        understood(json.dumps({"t": "x", **good, member: value})).members(shape)


@pytest.mark.parametrize("field", ["agent", "python", "os", "system", "arch", "host", "machine", "boot", "instance"])
def test_a_huge_word_of_a_machine_about_itself_is_malformed(field):
    said = understood(json.dumps({"t": "about", "about": {field: "x" * 101}}))
    with pytest.raises(Malformed, match=field):
        said.members(messages.AboutNow)


def test_what_is_shown_steers_no_terminal_and_keeps_the_rest():
    about = msgspec.convert({"host": "<b>\x1b]0;x\x07\u202e", "accounts": ["a\nb"], "os": "linux"}, About)
    said = messages.shown(about)
    assert said["host"] == "<b>�]0;x��"
    assert (said["accounts"], said["os"]) == (["a�b"], "linux")
    assert not any(said["allows"].values())
